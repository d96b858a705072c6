import base64

from markupsafe import Markup

from odoo import models

from .site_visit import REPORT

KEPT = (*REPORT, "visit_shortfalls")


class Admission(models.Model):
    """The report of a visit stays in the chatter as it was handed in: revised, it may say something else (G9)."""

    _inherit = "kehu.admission"

    def _workflow_moved(self, move, sources, reason):
        if move.name == "report":
            self._keep_report()
        return super()._workflow_moved(move, sources, reason)

    def _keep_report(self):
        labels = self.fields_get(KEPT, ["string"])
        for admission in self.sudo():
            said = [
                (labels[name]["string"], admission._fields[name].convert_to_export(admission[name], admission) or "—")
                for name in KEPT
            ]
            file = admission.with_context(bin_size=False).visit_file
            admission.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("The report that was handed in:"),
                    Markup().join(Markup("<li>%s: %s</li>") % line for line in said),
                ),
                attachments=[(admission.visit_file_name or admission.number, base64.b64decode(file))] if file else [],
            )
