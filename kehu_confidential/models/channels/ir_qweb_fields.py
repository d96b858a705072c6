"""What is printed of a hidden contact in a document that one may read: the label (X3)."""

from odoo import api, models


class Field(models.AbstractModel):
    _inherit = "ir.qweb.field"

    @api.private
    @api.model
    def record_to_html(self, record, field_name, options):
        # Reports and pages read a contact's fields in superuser mode.
        if (
            record._name == "res.partner"
            and not self._kehu_sees_labels()
            and (hidden := record.with_env(self.env)._kehu_hidden())
        ):
            return hidden[0].sudo().display_name if field_name in ("name", "display_name") else ""
        return super().record_to_html(record, field_name, options)


class Contact(models.AbstractModel):
    _inherit = "ir.qweb.field.contact"

    @api.private
    @api.model
    def value_to_html(self, value, options):
        # The address, too.
        if (
            isinstance(value, models.BaseModel)
            and value
            and not self._kehu_sees_labels()
            and (hidden := value.with_env(self.env)._kehu_hidden())
        ):
            return hidden[0].sudo().with_context(show_address=False).display_name
        return super().value_to_html(value, options)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        context = super()._get_rendering_context(report, docids, data)
        documents = context.get("docs")
        if not self.env.su and isinstance(documents, models.BaseModel) and documents._kehu_customer_fields():
            documents.check_access("read")
            clearance = self.env.user.kehu_clearance
            if any(document._kehu_highest_tier() > clearance for document in documents.sudo()):
                # A document for the customer is ordinary work. Its template reads the customer, who is shown by the
                # label.
                context["docs"] = documents.sudo()
        return context
