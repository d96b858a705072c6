from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import OFFICER
from ..rule.tier import LOWERING_PERMIT, TIERS, LoweringPermit
from .tier_raising import REASON

_lt = LazyTranslate(__name__)


class TierLowering(models.Model):
    """A request to lower the tier of a customer or of a document about the customer (X1).

    Whoever may change a record raises its tier at once. Lowering opens what was closed, so another agrees first: one
    who is cleared for what it is now.
    """

    _name = "kehu.tier.lowering"
    _description = "Request to Lower a Tier"
    _inherit = ["kehu.approval.mixin"]
    _order = "id desc"

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("draft",),
            target="pending",
            roles=("create_uid",),
            before="_check_is_lower",
            approval="lowering",
        ),
        Move("apply", _lt("Apply"), source=("pending",), target="applied", granted="lowering", after="_after_apply"),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="lowering"),
    )
    _approval_kinds = (
        ApprovalKind(
            "lowering", _lt("Lowering a tier"), watched=("partner_id", "document", "tier_before", "tier", "reason")
        ),
    )

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("kehu_tier", ">", "0"), ("parent_id", "=", False)],
    )
    document = fields.Reference(
        lambda self: self._document_models(), help="Fill this if only a document about the customer is to be lowered."
    )
    tier_before = fields.Selection(TIERS, string="Present Tier", compute="_compute_tier_before")
    tier = fields.Selection(TIERS, string="New Tier", required=True)
    reason = fields.Text(required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("pending", "Under approval"), ("applied", "Applied")], default="draft"
    )

    # === COMPUTE ===

    @api.depends("partner_id.kehu_tier", "document")
    def _compute_tier_before(self):
        for request in self:
            request.tier_before = request.document.kehu_own_tier if request.document else request.partner_id.kehu_tier

    @api.depends("partner_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = self.env._("Lowering #%s", request._origin.id or "")

    @api.model
    def _document_models(self):
        documents = self.env.registry.descendants(["kehu.confidential.mixin"], "_inherit")
        return [
            (name, self.env["ir.model"]._get(name).name) for name in sorted(documents) if not self.env[name]._abstract
        ]

    # === CONSTRAINT ===

    @api.constrains("partner_id", "document")
    def _check_document(self):
        for request in self.sudo():
            document = request.document
            if document and document[document._kehu_customer_field].commercial_partner_id != (
                request.partner_id.commercial_partner_id
            ):
                raise UserError(self.env._("The document is not about this customer: choose one that is."))

    # === BUSINESS ===

    def _check_is_lower(self):
        if any(request.tier >= request.tier_before for request in self):
            raise UserError(self.env._("The new tier is not lower. A tier is raised on the record itself, at once."))

    def _approval_filter_binding(self):
        return self.browse()  # what waits is returned when a customer is merged, and what was applied is done

    def _approval_excluded_users(self):
        """Officers decide, on what they are cleared for, whomever a rule names (X1)."""
        officers = self.env.ref(OFFICER).sudo().all_user_ids
        everybody = self.env["res.users"].sudo().search([("share", "=", False)])
        return {
            request.id: everybody
            - officers.filtered(lambda user, tier=request.tier_before: user.kehu_clearance >= tier)
            for request in self
        }

    @api.model
    def _return_for_raised(self, records):
        """Return the requests to lower what was raised since: for a cause that they do not name.

        :param records: customers, or documents of one model
        """
        asked = Domain("partner_id", "in", records.ids) & Domain("document", "=", False)
        if records._name != "res.partner":
            asked = Domain("document", "in", [f"{record._name},{record.id}" for record in records])
        self.sudo().search(asked & Domain("state", "=", "pending"))._move(
            "return", self.env._("The tier was raised meanwhile.")
        )

    def _after_apply(self):
        for request in self.sudo().with_context(**{LOWERING_PERMIT: LoweringPermit()}):
            if request.document:
                request.document.kehu_own_tier = request.tier
            else:
                request.partner_id.commercial_partner_id.with_context(
                    **{REASON: request.reason}
                ).kehu_tier = request.tier
