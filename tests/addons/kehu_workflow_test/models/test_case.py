from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)


class TestCase(models.Model):
    """What a customer process looks like to the mechanisms: people, money, dates, states."""

    _name = "kehu.test.case"
    _description = "Test Case"
    _inherit = ["kehu.impartial.mixin", "kehu.approval.mixin"]
    _impartial_roles = ("user_id",)

    _workflow_statusbar = ("new", "open", "closed")
    _workflow_moves = (
        Move(
            "open",
            _lt("Open"),
            source=("new",),
            target="open",
            groups=("kehu_workflow_test.group_clerk",),
            roles=("user_id",),
            required=("amount",),
            batch=True,
        ),
        Move(
            "close",
            _lt("Close"),
            source=("open",),
            target="closed",
            groups=("kehu_workflow_test.group_manager",),
            before="_before_close",
            after="_after_close",
        ),
        Move(
            "reopen",
            _lt("Reopen"),
            source=("closed",),
            target="open",
            roles=("partner_manager",),
            reason=True,
        ),
        Move(
            "submit",
            _lt("Submit"),
            source=("new",),
            target="pending",
            groups=("kehu_workflow_test.group_clerk",),
            approval="filing",
            batch=True,
        ),
        Move("grant", _lt("File"), source=("pending",), target="filed", granted="filing"),
        Move("send_back", _lt("Send Back"), source=("pending",), target="new", returned="filing"),
        Move(
            "revise",
            _lt("Revise"),
            source=("filed",),
            target="new",
            groups=("kehu_workflow_test.group_clerk",),
            reason=True,
        ),
        Move("expire", _lt("Expire"), source=("new", "open", "pending"), target="closed"),
    )

    _approval_kinds = (
        ApprovalKind("filing", _lt("Filing"), watched=("amount", "beneficiary_id", "child_ids.amount")),
        ApprovalKind("copy", _lt("Copy"), watched=("name",)),
        ApprovalKind("consent", _lt("Consent")),
    )

    name = fields.Char(required=True)
    amount = fields.Monetary()
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Handler")
    manager_id = fields.Many2one("res.users")
    beneficiary_id = fields.Many2one("res.users")
    is_secret = fields.Boolean("Secret")
    date_deadline = fields.Datetime("Deadline")
    parent_id = fields.Many2one("kehu.test.case")
    child_ids = fields.One2many("kehu.test.case", "parent_id", "Children")
    note = fields.Char()
    state = fields.Selection(
        [("new", "New"), ("open", "Open"), ("pending", "Pending"), ("filed", "Filed"), ("closed", "Closed")],
        default="new",
    )

    def _workflow_role_partner_manager(self):
        return {case.id: case.manager_id for case in self}

    def _impartial_recused(self):
        return {case.id: case.beneficiary_id for case in self}

    @api.model
    def _impartial_candidates(self):
        return self.env.ref("kehu_workflow_test.group_clerk").sudo().all_user_ids

    def _impartial_fillers(self):
        return {case.id: case.manager_id for case in self}

    def _before_close(self):
        self.note = "closing"

    def _after_close(self):
        for case in self:
            case.note = f"{case.note}, {case.state}"
