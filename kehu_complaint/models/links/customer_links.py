"""From a customer to their complaints: buttons on the contact and on the archive (C1)."""

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_complaint_count = fields.Integer(
        string="Complaints", compute="_compute_kehu_complaint_count", groups="base.group_user"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_kehu_complaint_count(self):
        counts = self._kehu_count_documents("kehu.complaint")
        for partner in self:
            partner.kehu_complaint_count = counts[partner.id]

    def _kehu_count_documents(self, model):
        """Return ``{contact id: how many documents of its customer}`` the user may read.

        :param model: name of a model with a ``customer_id``
        """
        # The archive reads its contact as superuser: the reader counts nevertheless.
        rows = (
            self.env[model]
            .sudo(False)
            ._read_group([("customer_id", "in", self.commercial_partner_id.ids)], ["customer_id"], ["__count"])
        )
        counts = {customer.id: count for customer, count in rows}
        return {partner.id: counts.get(partner.commercial_partner_id._origin.id, 0) for partner in self}

    def action_kehu_open_complaints(self):
        """Open the complaints of the customer, the closed ones, too."""
        return self._kehu_link(
            "kehu_complaint.kehu_complaint_action",
            [("customer_id", "in", self.commercial_partner_id.ids)],
            default_partner_id=self[:1].id,
        )


class Archive(models.Model):
    _inherit = "kehu.archive"

    def action_open_complaints(self):
        """Open the complaints of the customer, the closed ones, too."""
        return self.partner_id.action_kehu_open_complaints()
