from odoo import fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind

_lt = LazyTranslate(__name__)


class TestNote(models.Model):
    """A second kind of document, with something else to ask for."""

    _name = "kehu.test.note"
    _description = "Test Note"
    _inherit = ["kehu.approval.mixin"]

    _approval_kinds = (ApprovalKind("publication", _lt("Publication")),)

    name = fields.Char(required=True)
    state = fields.Selection([("draft", "Draft")], default="draft")
