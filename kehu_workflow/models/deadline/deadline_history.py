from odoo import api, fields, models


class DeadlinePause(models.Model):
    """When a clock stood still, why, and who stopped it (C7)."""

    _name = "kehu.deadline.pause"
    _description = "Pause of a Deadline"
    _inherit = ["kehu.trail.mixin"]
    _order = "date_from, id"
    _rec_name = "reason"

    deadline_id = fields.Many2one("kehu.deadline", required=True, readonly=True, index=True, ondelete="cascade")
    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True, readonly=True)
    date_from = fields.Datetime("From", required=True, readonly=True)
    date_to = fields.Datetime("Until", readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict")
    is_by_rule = fields.Boolean("By Its Rule", readonly=True)

    _open_uniq = models.UniqueIndex("(deadline_id) WHERE date_to IS NULL", "This clock is paused already.")
    _reason_given = models.Constraint("CHECK (is_by_rule OR reason IS NOT NULL)", "Say why the clock must stand still.")

    # === COMPUTE ===

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pause in self:
            pause.display_name = pause.reason or self.env._("The rule says so.")

    # === BUSINESS ===

    def _prepare_copy_values(self):
        """For the clock that goes on where this one ends."""
        self.ensure_one()
        return {
            "res_model": self.res_model,
            "res_id": self.res_id,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "reason": self.reason,
            "user_id": self.user_id.id,
            "is_by_rule": self.is_by_rule,
        }


class DeadlineEvent(models.Model):
    """What happened to a clock besides starting, pausing and ending: reminders, another date. Append-only."""

    _name = "kehu.deadline.event"
    _description = "History of a Deadline"
    _inherit = ["kehu.trail.mixin"]
    _evidence_lets_go = ("step_id",)
    _order = "id desc"
    _trail_is_paged = True
    _trail_append_only = True

    deadline_id = fields.Many2one("kehu.deadline", required=True, index=True, ondelete="cascade")
    res_model = fields.Char("Document Model", required=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("step", "Reminder"),
            ("nobody", "Nobody to Remind"),
            ("replan", "Planned Again"),
            ("error", "Reminder Failed"),
        ],
        "What",
        required=True,
    )
    name = fields.Char("Details", required=True)
    step_id = fields.Many2one("kehu.deadline.step", ondelete="set null", index="btree_not_null")
    due_before = fields.Datetime()
    due_after = fields.Datetime()

    # Whatever the sweep does wrong, the database lets no step happen twice (C10).
    _step_uniq = models.UniqueIndex(
        "(deadline_id, step_id) WHERE kind = 'step'", "This reminder has been sent already."
    )
