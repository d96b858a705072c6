"""System parameters with a number, which administrators set to anything: the bounds hold where the number is used."""


def bounded_number(env, key, default, least, most):
    """Return the number of a system parameter, or the bound that it exceeds; ``default`` if it is none."""
    value = str(env["ir.config_parameter"].sudo().get_param(key) or "").strip()
    if not value.removeprefix("-").isdecimal():
        return default
    return min(max(int(value[:20]), least), most)
