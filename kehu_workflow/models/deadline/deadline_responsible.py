from odoo import fields, models
from odoo.tools import SQL

from .deadline import OPEN


class Deadline(models.Model):
    """Who has to act before a clock runs out: whom the first reminder of its rule is for, as of now (C10)."""

    _inherit = "kehu.deadline"

    responsible_ids = fields.Many2many(
        "res.users",
        "kehu_deadline_responsible_rel",
        "deadline_id",
        "user_id",
        readonly=True,
        context={"active_test": False},
        help="For whom the first reminder of the rule is. Of a clock that has ended, who that was.",
    )

    # === BUSINESS ===

    def _start(self, starts):
        clocks = super()._start(starts)
        clocks._note_responsible()
        return clocks

    def _escalate(self):
        self._note_responsible()
        return super()._escalate()

    def _note_responsible(self):
        """Keep who has to act, all at once."""
        if not self:
            return
        wanted = {(clock_id, user.id) for clock_id, users in self._find_responsible().items() for user in users}
        kept = set(
            self.env.execute_query(
                SQL(
                    "SELECT deadline_id, user_id FROM kehu_deadline_responsible_rel WHERE deadline_id = ANY(%s)",
                    self.ids,
                )
            )
        )
        for statement, pairs in (
            (
                "DELETE FROM kehu_deadline_responsible_rel AS kept USING unnest(%s, %s) AS gone(deadline_id, user_id) "
                "WHERE kept.deadline_id = gone.deadline_id AND kept.user_id = gone.user_id",
                kept - wanted,
            ),
            (
                "INSERT INTO kehu_deadline_responsible_rel (deadline_id, user_id) SELECT * FROM unnest(%s, %s) "
                "ON CONFLICT DO NOTHING",
                wanted - kept,
            ),
        ):
            if pairs:
                clock_ids, user_ids = zip(*sorted(pairs), strict=True)
                self.env.cr.execute(SQL(statement, list(clock_ids), list(user_ids)))
        if kept != wanted:
            self.invalidate_recordset(["responsible_ids"], flush=False)

    def _find_responsible(self):
        """``{clock_id: users}``, in sudo."""
        found = {}
        for rule, clocks in self.sudo().grouped("rule_id").items():
            step = rule.step_ids.filtered(lambda step: step.action in ("activity", "mail"))[:1]
            documents = self.env[rule.model_name].sudo().browse(clocks.mapped("res_id")).exists()
            users = step._find_recipients(documents) if step else {}
            found |= {clock.id: users.get(clock.res_id, self.env["res.users"]) for clock in clocks}
        return found


class DeadlineMixin(models.AbstractModel):
    _inherit = "kehu.deadline.mixin"

    def _deadline_written(self, vals):
        result = super()._deadline_written(vals)
        if not self.env["kehu.deadline.rule"]._responsible_fields(self._name).isdisjoint(vals):
            clocks = self.env["kehu.deadline"].sudo()
            clocks.search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", OPEN)]
            )._note_responsible()
        return result
