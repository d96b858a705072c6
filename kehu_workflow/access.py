"""What several guards add to the access checks of Odoo; plain Python, no database."""


def refuse_also(records, operation, result, find):
    """Add records to those that ``_check_access()`` refuses.

    :param result: what ``super()._check_access(operation)`` returned
    :param find: function that takes the records which are not refused yet, and returns those of them to refuse
    :return: as ``_check_access()``: ``(refused records, function that returns the error)``, or none
    """
    if not (refused := find(records - result[0] if result else records)):
        return result
    if result:
        return result[0] + refused, result[1]
    return refused, lambda: records.env["ir.rule"]._make_access_error(operation, refused)
