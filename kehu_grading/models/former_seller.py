from odoo import api, fields, models
from odoo.fields import Domain


class FormerSeller(models.Model):
    """Who sold to a customer, and until when: stepping back for a while makes nobody impartial in what is under way (G3, G9)."""
    _name = "kehu.former.seller"
    _description = "Former Salesperson of a Customer"
    _inherit = ["kehu.server.rows.mixin"]
    _order = "date_until desc, id desc"
    _rec_name = "user_id"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", required=True, readonly=True, ondelete="cascade")
    date_until = fields.Datetime(string="Until", required=True, readonly=True, default=fields.Datetime.now)

    # === BUSINESS ===

    @api.model
    def _note(self, sellers):
        """Enter who is not the salesperson of a customer any more.

        :param sellers: ``{contact: user}`` of before
        """
        self.sudo().create([
            {"partner_id": partner.id, "user_id": user.id} for partner, user in sellers.items() if user and partner.user_id != user])

    @api.model
    def _sellers_since(self, dates):
        """Return ``{document: users}``: who sells to the customer of a document, or did on a day since it began.

        :param dates: ``{document: datetime}``, the documents in sudo and of one model
        """
        customers = next(iter(dates)).browse(document.id for document in dates).partner_id if dates else self.env["res.partner"]
        rows = self.sudo().search(
            Domain("partner_id", "in", customers.ids) & Domain("date_until", ">=", min(dates.values()).replace(microsecond=0))
        ).grouped("partner_id") if customers else {}
        return {
            document: document.partner_id.user_id | rows.get(document.partner_id, self).filtered(
                lambda row, begun=begun: row.date_until >= begun.replace(microsecond=0)).user_id
            for document, begun in dates.items()}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # Compared afterwards: what must be confirmed waits, and some salespeople stay for now.
        sellers = {partner: partner.user_id for partner in self.sudo()} if "user_id" in vals else {}
        result = super().write(vals)
        self.env["kehu.former.seller"]._note(sellers)
        return result


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        rows = [{"partner_id": dst_partner.id, "user_id": partner.user_id.id} for partner in src_partners.sudo() if partner.user_id]
        self.env["kehu.former.seller"].sudo().create(rows)
        return super()._update_foreign_keys(src_partners, dst_partner)
