from lxml.builder import E

from odoo import api, models
from odoo.exceptions import UserError


class ApprovalButtons(models.AbstractModel):
    """Decision buttons and approval history in every form of a document with approvals."""

    _inherit = "kehu.approval.mixin"

    # === ACTIONS ===

    def action_approval_approve(self):
        """Agree to what the caller can decide on these documents (A6).

        :raise UserError: that is nothing, or not what the form showed
        """
        return self._approval_mine().approve()

    def action_approval_refuse(self):
        """Open the dialog that asks for the reason of the refusal."""
        return self._approval_mine().action_refuse()

    # === BUSINESS ===

    def _approval_mine(self):
        mine = self.env["kehu.approval"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("is_mine", "=", True)]
        )
        if not mine:
            raise UserError(self.env._("Nothing here is yours to decide now. The history shows who can decide."))
        shown = self.env.context.get("kehu_approvals_shown")
        if shown is not None and not {str(approval_id) for approval_id in mine.ids} <= {*str(shown).split(",")}:
            raise UserError(
                self.env._("This was asked for anew since you opened it. Reload and look before you decide.")
            )
        return mine

    @api.model
    def _workflow_add_header(self, arch):
        result = super()._workflow_add_header(arch)
        arch.find("header").addnext(
            E.div(
                self.env._("You decide here in the place of:"),
                " ",
                E.field(name="approval_in_place_of", nolabel="1"),
                {"class": "alert alert-info", "role": "alert", "invisible": "not approval_in_place_of"},
            )
        )
        header = arch.find("header")
        approve, refuse = self.env._("Approve"), self.env._("Refuse")
        for position, (name, label, style) in enumerate(
            [
                ("action_approval_approve", approve, "btn-primary"),
                ("action_approval_refuse", refuse, "btn-secondary"),
            ]
        ):
            button = E.button(name=name, type="object", string=label, invisible="not id or not approval_is_mine")
            button.set("class", style)
            button.set("context", "{'kehu_approvals_shown': approval_shown or ''}")
            header.insert(position, button)
        header.extend(E.field(name=name, invisible="1") for name in ("approval_is_mine", "approval_shown"))
        return result

    @api.model
    def _workflow_add_history(self, arch):
        super()._workflow_add_history(arch)
        if arch.find(".//field[@name='approval_decision_ids']") is not None:
            return
        page = self._workflow_history_page(arch)
        page.append(
            E.field(
                E.list(
                    *(
                        E.field(name=name)
                        for name in ("kind_label", "requester_id", "date", "step_id", "needed", "candidates")
                    ),
                    E.field(name="state", widget="badge"),
                ),
                name="approval_ids",
                readonly="1",
                invisible="not approval_ids",
            )
        )
        page.append(
            E.field(
                E.list(
                    *(E.field(name=name) for name in ("date", "step_id", "user_id", "principal_id")),
                    E.field(name="verdict", widget="badge"),
                    E.field(name="reason"),
                ),
                name="approval_decision_ids",
                readonly="1",
                invisible="not approval_decision_ids",
            )
        )
