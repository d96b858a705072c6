from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import EVALUATOR, GRADING_MANAGER
from ..evaluation.evaluation import MANAGERS, USERS
from ..evaluation.former_seller import LOOKED_BACK

_lt = LazyTranslate(__name__)

LONGEST = relativedelta(years=1)
REMIND = relativedelta(days=30)

_LOCKED_AFTER_DRAFT = frozenset(
    ("name", "partner_id", "company_id", "content", "discount_limit", "date_from", "date_to")
)


class SpecialTerms(models.Model):
    """What one customer gets beyond the policy of the grade: approved, for a year at most, then approved anew (G10)."""

    _name = "kehu.special.terms"
    _description = "Special Terms"
    _inherit = ["kehu.written.mixin", "kehu.confidential.mixin", "kehu.impartial.mixin", "kehu.approval.mixin"]
    _written_fields = _LOCKED_AFTER_DRAFT
    _order = "date_to desc, id desc"
    _check_company_auto = True

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("draft",),
            target="pending",
            groups=USERS,
            required=("partner_id", "content", "date_from", "date_to"),
            approval="terms",
        ),
        Move("grant", _lt("Approve"), source=("pending",), target="approved", granted="terms"),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="terms"),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=("pending",),
            target="draft",
            groups=MANAGERS,
            roles=("approval_requester",),
            reason=True,
        ),
        Move("end", _lt("End"), source=("approved",), target="ended", groups=MANAGERS, reason=True),
        Move("expire", _lt("Expire"), source=("approved",), target="ended"),
    )
    _approval_kinds = (
        ApprovalKind(
            "terms",
            _lt("Special terms"),
            watched=("partner_id", "name", "content", "discount_limit", "date_from", "date_to"),
        ),
    )
    _workflow_statusbar = ("draft", "pending", "approved", "ended")

    name = fields.Char(string="Subject", required=True, tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users", string="Asked For By", required=True, readonly=True, default=lambda self: self.env.user
    )
    content = fields.Text(tracking=True, help="What the customer gets, and for what in return.")
    discount_limit = fields.Float(
        string="Greatest Discount (%)",
        tracking=True,
        help="Of an order in all, where it is more than the grade allows. 0: as the grade says.",
    )
    date_from = fields.Date(string="Valid From", default=fields.Date.context_today, tracking=True, copy=False)
    date_to = fields.Date(
        string="Valid Until",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        copy=False,
        help="A year at most: then they are approved anew.",
    )
    previous_id = fields.Many2one(
        "kehu.special.terms", string="Continue", readonly=True, copy=False, ondelete="restrict"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("pending", "Under approval"), ("approved", "In force"), ("ended", "Ended")],
        string="Terms Status",
        default="draft",
        tracking=True,
    )
    is_reminded = fields.Boolean(readonly=True, copy=False)

    _discount_share = models.Constraint(
        "CHECK (discount_limit BETWEEN 0 AND 100)", "A discount lies between 0 and 100 %."
    )
    _until_idx = models.Index("(date_to) WHERE state = 'approved'")

    # === COMPUTE ===

    @api.depends("date_from")
    def _compute_date_to(self):
        for terms in self:
            terms.date_to = terms.date_from and terms.date_from + LONGEST - relativedelta(days=1)

    # === CONSTRAINT ===

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for terms in self:
            if terms.date_from and terms.date_to and not terms.date_from <= terms.date_to < terms.date_from + LONGEST:
                raise ValidationError(
                    self.env._("Special terms hold for a year at most, and end after their beginning.")
                )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"user_id", "previous_id", "is_reminded"}

    def write(self, vals):
        if not self.env.su and _LOCKED_AFTER_DRAFT & vals.keys():
            if any(terms.state != "draft" for terms in self.sudo()):
                raise UserError(
                    self.env._("These terms are submitted or approved: withdraw or renew them to change them.")
                )
            self._check_asker()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_own(self):
        self._check_asker()

    def _check_asker(self):
        """Refuse changes of terms that somebody else asked for.

        :raise AccessError: somebody else asked for them, and the caller does not manage the grading
        """
        if not self.env.su and self._asked_by_others():
            raise AccessError(
                self.env._(
                    "These terms were asked for by somebody else: add terms of your own, or ask a grading manager."
                )
            )

    def _asked_by_others(self):
        if self.env.user.has_group(GRADING_MANAGER):
            return self.browse()
        return self.filtered(lambda terms: terms.sudo().user_id != self.env.user)

    # === ACTIONS ===

    def action_renew(self):
        """Return the draft that continues these terms for another year."""
        self.ensure_one()
        if self.state not in ("approved", "ended"):
            raise UserError(self.env._("Only terms that were approved are renewed."))
        if not self.env.user.has_group(EVALUATOR):
            raise AccessError(self.env._("An evaluator renews special terms."))
        start = max(self.date_to + relativedelta(days=1), fields.Date.context_today(self))
        # In sudo: continuing the terms takes nothing out of the system.
        renewed = self.create(
            self.sudo().copy_data({"date_from": start, "date_to": start + LONGEST - relativedelta(days=1)})
        )
        renewed.sudo().previous_id = self  # stamped by the server
        return renewed._get_records_action()

    # === BUSINESS ===

    def _workflow_filter_movable_by_user(self, move):
        movable = super()._workflow_filter_movable_by_user(move)
        return movable - movable._asked_by_others() if move.name in ("submit", "withdraw") else movable

    def _approval_filter_binding(self):
        return self.filtered(lambda terms: terms.state in ("pending", "approved"))

    def _impartial_recused(self):
        sellers = self.env["kehu.former.seller"]._sellers_since(
            {terms: terms.create_date - LOOKED_BACK for terms in self.sudo()}
        )
        return {terms.id: users | terms.user_id | terms.writer_ids for terms, users in sellers.items()}

    def _approval_recused(self):
        """Users who came to sell to the customer by their own hand, even after they decided (G10)."""
        entered = self.env["kehu.former.seller"]._entered_since(self.sudo().partner_id)
        return {
            terms_id: users.filtered(
                lambda user, customer=self.browse(terms_id).sudo().partner_id: (customer, user) not in entered
            )
            for terms_id, users in self._impartial_recused().items()
        }

    # === CRON ===

    @api.model
    def _cron_expire(self):
        """End what is over, and remind once, a month before, of what is to be approved anew."""
        over, soon = self, self
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._kehu_today()
            approved = [("state", "=", "approved"), ("company_id", "=", company.id)]
            over += self.search([*approved, ("date_to", "<", today)])
            soon += self.search(
                [*approved, ("is_reminded", "=", False), ("date_to", "<=", today + REMIND), ("date_to", ">=", today)]
            )
        over._move("expire")
        for user, mine in soon.grouped("user_id").items():
            mine.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._(
                    "Special terms end soon: have them approved anew, or let them end"
                ),
            )
        soon.is_reminded = True
