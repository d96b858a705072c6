"""What an auditor reads instead of the names that programs use (X5)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

_LIST, _FORM, _CHANGE, _FIGURES = _lt("List"), _lt("Form"), _lt("Form, saved or filled in"), _lt("Figures and groups")
_LOOKUP, _EXPORT, _TALK, _FILE = _lt("Look-up"), _lt("Export"), _lt("Conversation"), _lt("File or picture")
_BUTTON = _lt("Button")

# By name of the method that was called.
WAYS = {
    "search_read": _LIST,
    "web_search_read": _LIST,
    "read": _FORM,
    "web_read": _FORM,
    "create": _CHANGE,
    "onchange": _CHANGE,
    "web_save": _CHANGE,
    "web_save_multi": _CHANGE,
    "write": _CHANGE,
    "formatted_read_group": _FIGURES,
    "formatted_read_grouping_sets": _FIGURES,
    "read_group": _FIGURES,
    "read_progress_bar": _FIGURES,
    "web_read_group": _FIGURES,
    "name_search": _LOOKUP,
    "web_name_search": _LOOKUP,
    "export_data": _EXPORT,
    "server": _lt("System or external program"),
}
# By beginning of the address or of the method.
BEGINNINGS = {
    "/mail/": _TALK,
    "/discuss/": _TALK,
    "message_": _TALK,
    "/web/export": _EXPORT,
    "/web/pivot": _EXPORT,
    "/web/content": _FILE,
    "/web/image": _FILE,
    "/report/": _lt("Print"),
    "/my": _lt("Customer portal"),
    "action_": _BUTTON,
    "workflow_move": _BUTTON,
}


class AccessLog(models.Model):
    _inherit = "kehu.access.log"

    model_label = fields.Char("What", compute="_compute_model_label")
    record_label = fields.Char("Record", compute="_compute_record_label")
    route_label = fields.Char("By Way Of", compute="_compute_route_label")

    # === COMPUTE ===

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        for name, entries in self.grouped("res_model").items():
            entries.model_label = self.env["ir.model"]._get(name).name or name

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid")
    def _compute_record_label(self):
        """The record's name, for those who may read it; nothing if it is gone, or the entry is about many."""
        for name, entries in self.grouped("res_model").items():
            labels = self._labels(self.env[name].browse(entries.mapped("res_id"))) if name in self.env else {}
            for entry in entries:
                entry.record_label = labels.get(entry.res_id)

    @api.model
    def _labels(self, records):
        """Return ``{id: name}`` of those that exist."""
        hidden = self.env._("(not readable by you)")
        existing = records.filtered("id").exists()
        labels = dict.fromkeys(existing.ids, hidden)
        for record in existing._filtered_access("read"):
            try:
                labels[record.id] = record.display_name
            except AccessError:  # it is named after another one, which is hidden
                labels[record.id] = hidden
        return labels

    @api.depends("route")
    @api.depends_context("lang")
    def _compute_route_label(self):
        for route, entries in self.grouped("route").items():
            label = WAYS.get(route) or next(
                (label for beginning, label in BEGINNINGS.items() if (route or "").startswith(beginning)), None
            )
            entries.route_label = self.env._(label) if label else route  # pylint: disable=gettext-variable
