import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...approval import ApprovalKind
from ...groups import WORKFLOW_MANAGER
from ...workflow import Move
from .rule_mixin import permitted, state_of, try_change, words_of

_lt = LazyTranslate(__name__)

MANAGERS = (WORKFLOW_MANAGER, "base.group_erp_manager")


class RuleChange(models.Model):
    """A change of a rule that somebody proposes and others approve; the server carries it out (A35).

    What is to be written is kept as data, beside the rule as it was: if the rule has become another one since, nothing is
    carried out.
    """

    _name = "kehu.rule.change"
    _description = "Proposed Change of a Rule"
    _inherit = ["kehu.derived.mixin", "kehu.approval.mixin", "kehu.server.rows.mixin"]
    _order = "id desc"
    _evidence_refusal = _lt("What was proposed is kept. Discard it instead:")

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("draft",),
            target="pending",
            groups=MANAGERS,
            required=("reason",),
            approval="change",
        ),
        Move("grant", _lt("Carry Out"), source=("pending",), target="done", granted="change", after="_carry_out"),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="change"),
        Move(
            "withdraw",
            _lt("Take Back"),
            source=("pending",),
            target="draft",
            roles=("approval_requester",),
            reason=True,
        ),
        Move("discard", _lt("Discard"), source=("draft",), target="discarded", groups=MANAGERS),
    )
    _approval_kinds = (
        ApprovalKind("change", _lt("Change of a rule"), watched=("name", "changes", "reason", "proposed", "present")),
    )
    _workflow_statusbar = ("draft", "pending", "done")

    name = fields.Char("Rule", required=True, readonly=True)
    res_model = fields.Char("Model of the Rule", required=True, readonly=True)
    res_id = fields.Many2oneReference("Rule ID", model_field="res_model", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    changes = fields.Text("What Changes", required=True, readonly=True)
    proposed = fields.Json("Values Proposed", readonly=True, help="As they are written when it is approved.")
    present = fields.Json("Rule When Proposed", readonly=True, help="If it is another one by then, nothing is written.")
    reason = fields.Text(help="Why the rule is to be changed.")
    state = fields.Selection(
        [("draft", "Draft"), ("pending", "Under approval"), ("done", "Carried out"), ("discarded", "Discarded")],
        string="Status of the Change",
        default="draft",
        tracking=True,
    )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {
            "name",
            "res_model",
            "res_id",
            "company_id",
            "changes",
            "proposed",
            "present",
        }

    # === ACTIONS ===

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposed Change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS ===

    def _approval_text(self, name, described, readable):
        # Nothing of what changes is cut off for who approves it.
        return self.changes if name == "changes" else super()._approval_text(name, described, readable)

    @api.model
    def _propose(self, record, vals, names):
        """Keep a change that somebody proposes; see ``kehu.rule.mixin``.

        :param names: the fields that make up the rule
        """
        vals = {name: value for name, value in vals.items() if name in names}
        record._kehu_check_stored_for_user(vals)  # lines of this rule alone: what is approved shows no others
        before, present = words_of(record, names), state_of(record, names)
        after, outcome = try_change(record, vals, names)
        if (after, outcome) == (before, present):  # wordings are those of a language
            raise UserError(self.env._("Nothing would change."))
        none = "—"
        lines = [
            f"{label}: {before.get(label) or none} → {after.get(label) or none}"
            for label in dict.fromkeys((*before, *after))
            if before.get(label, "") != after.get(label, "")
        ]
        if "active" in record._fields and not record.active:
            # Nobody has approved yet what an archived rule says.
            lines += [f"{label}: {text}" for label, text in after.items() if text and before.get(label) == text]
        company = record if record._name == "res.company" else record.company_id
        return (
            self.sudo()
            .create(
                {
                    "name": f"{self.env['ir.model'].sudo()._get(record._name).name}: {record.display_name}",
                    "res_model": record._name,
                    "res_id": record.id,
                    "company_id": company.id,
                    "changes": "\n".join(lines),
                    "proposed": {"values": json.loads(json.dumps(vals)), "lang": self.env.lang or "en_US"},
                    "present": present,
                }
            )
            .sudo(False)
        )

    def _carry_out(self):
        """Write what was approved, if the rule is still the one for which it was proposed.

        :raise UserError: the rule has been changed or deleted since
        """
        self._approval_check_unchanged()
        for change in self:
            rule = self.env[change.res_model].sudo().browse(change.res_id).exists()
            if not rule or state_of(rule, change.present) != change.present:
                raise UserError(
                    self.env._(
                        "%s has been changed since this was proposed. Return it, and have the change proposed anew.",
                        change.name,
                    )
                )
            permitted(rule).with_context(lang=change.proposed["lang"]).write(change.proposed["values"])
            if hasattr(rule, "_message_log"):
                rule._message_log(
                    body=self.env._(
                        "Changed as proposed by %(user)s: %(reason)s", user=change.create_uid.name, reason=change.reason
                    )
                )
