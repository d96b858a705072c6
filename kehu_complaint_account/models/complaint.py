from odoo import Command, api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import LazyTranslate, format_date

_lt = LazyTranslate(__name__)

MONEY = ("price_cut", "refund", "damages")
ACCOUNTING = "account.group_account_invoice,account.group_account_readonly"


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    credit_note_ids = fields.One2many("account.move", "kehu_complaint_id", string="Credit Notes", groups=NO_ACCESS)
    credit_note_count = fields.Integer(compute="_compute_credit_note_count", groups=ACCOUNTING)
    has_money_to_pay = fields.Boolean(compute="_compute_has_money_to_pay")

    # === COMPUTE ===

    @api.depends("credit_note_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_credit_note_count(self):
        # Which complaint a note is for, not everybody in accounting may ask.
        readable = self.sudo().credit_note_ids.sudo(False)._filtered_access("read")
        for complaint in self:
            complaint.credit_note_count = len(complaint.sudo().credit_note_ids & readable.sudo())

    @api.depends("compensation_ids.kind", "compensation_ids.is_carried_out", "compensation_ids.outcome")
    def _compute_has_money_to_pay(self):
        left = self.sudo().compensation_ids._payout_left().filtered(lambda line: line.kind in MONEY).complaint_id
        for complaint in self:
            complaint.has_money_to_pay = complaint in left

    # === ACTIONS ===

    def action_create_credit_note(self):
        """Make a draft credit note for the approved price cuts, refunds and damages of each complaint (C5).

        Accounting posts and pays it, and is told if somebody else made it.

        :raise AccessError, UserError: see ``_payout_begin()``
        """
        moves = self._payout_create(
            "account.move", MONEY, lambda complaint, lines: complaint._prepare_credit_note_values(lines)
        )
        moves._message_log_batch({move.id: move.kehu_complaint_id._credit_note_approval(move) for move in moves})
        if not self.env.user.has_group("account.group_account_invoice"):
            moves._remind_accounting(_lt("Check the credit note for a complaint and post it"))
            return moves._payout_announce()
        return self.action_open_credit_notes()

    def action_open_credit_notes(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_refund_type"),
            "domain": [("id", "in", self.sudo().credit_note_ids.ids)],
            "context": {"create": False},
        }

    # === BUSINESS ===

    def _credit_note_approval(self, move):
        """Return the sentence by which accounting checks the credit note: it names nothing of the complaint."""
        self.ensure_one()
        env = self.with_context(lang=move.company_id._kehu_lang()).env
        approval = self.approval_ids.filtered(
            lambda approval: approval.kind == "proposal" and approval.state == "approved"
        ).sorted("id")[-1:]
        return env._(
            "Approved on %(date)s by %(users)s: %(amount)s",
            date=format_date(env, approval.date_closed),
            users=", ".join(approval.decision_ids.user_id.mapped("name")),
            amount=move.currency_id.with_env(env).format(sum(move.line_ids.kehu_compensation_id.mapped("amount"))),
        )

    def _prepare_credit_note_values(self, lines):
        kinds = dict(lines._fields["kind"]._description_selection(self.env))
        return {
            "move_type": "out_refund",
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "partner_id": self.customer_id.id,
            "kehu_complaint_id": self.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        # Accounting reads it, whoever is kept from the complaint: the note stays there.
                        "name": kinds[line.kind],
                        "product_id": line.product_id.id,
                        "quantity": 1,
                        "price_unit": line.amount,
                        # What was approved is what the customer gets; accounting splits off the tax.
                        "tax_ids": [Command.clear()],
                        "kehu_compensation_id": line.id,
                    }
                )
                for line in lines
            ],
        }
