from odoo import fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class TestCase(models.Model):
    """The test case with clocks."""

    _name = "kehu.test.case"
    _inherit = ["kehu.test.case", "kehu.deadline.mixin"]

    _deadline_hooks = {"note_violation": _lt("Note a violation")}

    priority = fields.Selection([("0", "Normal"), ("1", "High")], default="0")
    date_contact = fields.Date("First Contact")
    is_waiting = fields.Boolean("Waiting for the Customer")
    is_answered = fields.Boolean("Answered")
    violation_count = fields.Integer()

    def _deadline_pause_reasons(self):
        return {case.id: case.note for case in self}

    def _deadline_hook_note_violation(self, clocks, step):
        for case in self:
            if case.note == "broken":
                raise ValueError("this case cannot be noted")
            case.violation_count += 1


class TestMemo(models.Model):
    """Clocks without states."""

    _name = "kehu.test.memo"
    _description = "Test Memo"
    _inherit = ["mail.thread", "kehu.deadline.mixin"]

    _deadline_hooks = {"count_violation": _lt("Count a violation")}

    name = fields.Char(required=True)
    user_id = fields.Many2one("res.users")
    date_from = fields.Datetime()
    violation_count = fields.Integer()
    is_done = fields.Boolean()

    def _deadline_hook_count_violation(self, clocks, step):
        for memo in self:
            memo.violation_count += 1
