"""Users who come back read again what they read before: an officer confirms it like a new right (X2)."""

from odoo import fields, models
from odoo.fields import Domain

from ..rights.approval_lending import LENT
from ..rights.right_change import PERMIT, RightPermit
from ..rule.tier import CONFIDENTIAL
from .res_partner_tier import RETURNING


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD ===

    def write(self, vals):
        returning = self.filtered(lambda user: not (user.active or user.share)) if vals.get("active") else self.browse()
        Change = self.env["kehu.right.change"]
        if not returning or Change._is_servers_own():
            return super().write(vals)
        tiers, permit = returning._kehu_return_tiers(), self.env.context.get(PERMIT)
        reading = returning.filtered(lambda user: user.id in tiers)
        confirmed = reading.filtered(
            lambda user: isinstance(permit, RightPermit) and permit.covers(self._name, user.id, "active", user.id)
        )
        given = (reading - confirmed).filtered(lambda user: Change._may_give(user, tiers[user.id]))
        waiting = reading - confirmed - given
        if waiting:
            self.check_access("write")  # what waits must be the caller's to change
        result = super(ResUsers, self - waiting).write(vals)
        if waiting and (rest := {name: value for name, value in vals.items() if name != "active"}):
            super(ResUsers, waiting).write(rest)
        label = self.fields_get(["active"], ["string"])["active"]["string"]
        for user in confirmed:
            self.env["kehu.access.log"]._log_right(user, f"{label} ({permit.note})")
        for user in given | waiting:
            Change._keep(user, "active", user.id, user, tiers[user.id], is_direct=user in given)
        (returning - waiting)._kehu_note_deciding()
        return result

    # === BUSINESS ===

    def _kehu_opened_tiers(self, name):
        return self._kehu_return_tiers().values() if name == "active" else super()._kehu_opened_tiers(name)

    def _kehu_return_tiers(self):
        """Return ``{user id: tier}``: the strictest that those of ``self`` read, once they are active, by something
        else than a group.
        """
        lent = self.env["kehu.approval"].sudo().search([("state", "=", "pending"), (LENT, "in", self.ids)])
        documents = self.env.registry["kehu.confidential.mixin"]
        names = [
            name for name, model in self.env.registry.items() if issubclass(model, documents) and not model._abstract
        ]
        tiers = {}
        for user in self:
            found = [approval._kehu_tier() for approval in lent if user in approval[LENT]]
            for name in ("res.partner", *names):
                model = self.env[name].with_user(user).with_context(active_test=False, kehu_returning=RETURNING)
                related = model._kehu_relations_domain() if name == "res.partner" else model._kehu_readers_domain()
                found += model.sudo()._read_group(
                    Domain("kehu_tier", ">=", CONFIDENTIAL) & related, [], ["kehu_tier:max"]
                )[0]
            if tier := max(filter(None, found), default=None):
                tiers[user.id] = tier
        return tiers

    def _kehu_note_deciding(self):
        """Leave a line in the access log for steps that name users who are back, and for what was delegated to them
        (X5).
        """
        for step in self.env["kehu.approval.step"]._kehu_lending():
            if users := step.with_context(active_test=False).user_ids & self:
                self.env["kehu.access.log"]._log_right(users, f"+ {step.rule_id.name} / {step.name}")
        delegations = self.env["kehu.approval.delegation"].sudo()
        delegations.search([("delegate_id", "in", self.ids), ("date_to", ">=", fields.Date.today())])._kehu_note("+")
