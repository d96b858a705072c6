from odoo import Command, api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

MONEY = ("price_cut", "refund", "damages")
ACCOUNTING = "account.group_account_invoice,account.group_account_readonly"


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    credit_note_ids = fields.One2many("account.move", "kehu_complaint_id", string="Credit Notes", groups=ACCOUNTING)
    credit_note_count = fields.Integer(compute="_compute_credit_note_count", groups=ACCOUNTING)
    has_money_to_pay = fields.Boolean(compute="_compute_has_money_to_pay")

    # === COMPUTE ===

    @api.depends("credit_note_ids")
    def _compute_credit_note_count(self):
        for complaint in self:
            complaint.credit_note_count = len(complaint.credit_note_ids)

    @api.depends("compensation_ids.kind", "compensation_ids.is_carried_out")
    def _compute_has_money_to_pay(self):
        for complaint in self:
            complaint.has_money_to_pay = any(line.kind in MONEY and not line.is_carried_out for line in complaint.compensation_ids)

    # === ACTIONS ===

    def action_create_credit_note(self):
        """Make a draft credit note for the approved price cuts, refunds and damages of each complaint (C5).

        Accounting posts and pays it, and is told if somebody else made it.

        :raise AccessError, UserError: see ``_payout_begin()``
        """
        moves = self._payout_create("account.move", MONEY, lambda complaint, lines: complaint._prepare_credit_note_values(lines))
        if not self.env.user.has_group("account.group_account_invoice"):
            moves._remind_accounting(_lt("Check the credit note for a complaint and post it"))
            return True
        return self.action_open_credit_notes()

    def action_open_credit_notes(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_refund_type"),
            "domain": [("kehu_complaint_id", "in", self.ids)],
            "context": {"create": False},
        }

    # === BUSINESS ===

    def _prepare_credit_note_values(self, lines):
        kinds = dict(lines._fields["kind"]._description_selection(self.env))
        return {
            "move_type": "out_refund",
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "partner_id": self.customer_id.id,
            "kehu_complaint_id": self.id,
            "invoice_line_ids": [
                Command.create({
                    "name": line.name or kinds[line.kind],
                    "product_id": line.product_id.id,
                    "quantity": 1,
                    "price_unit": line.amount,
                    # What was approved is what the customer gets; accounting splits off the tax.
                    "tax_ids": [Command.clear()],
                    "kehu_compensation_id": line.id,
                }) for line in lines],
        }
