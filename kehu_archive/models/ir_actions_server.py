from odoo import models
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """Refuse to run on a record that is hidden from the user (X3).

        Core checks his rights only if the action names no groups and the context names its model; what the action does to
        the record, it does as superuser.

        :raise AccessError: naming neither the record nor its content
        """
        if not self.env.su:
            context = self.env.context
            several = context.get("active_ids")
            several = several if isinstance(several, (list, tuple)) else [several]
            ids = [record_id for record_id in (context.get("active_id"), *several) if record_id]
            are_ids = all(isinstance(record_id, int) for record_id in ids)  # PostgreSQL takes a text for a number, too
            for action in self.sudo():
                model = self.env[action.model_name]
                # Code may well expect the ids of another model.
                is_about = context.get("active_model") == model._name or action.state != "code"
                if is_about and model._kehu_is_protected() and not (are_ids and not model.browse(set(ids))._kehu_hidden()):
                    raise AccessError(self.env._(
                        "You cannot use a confidential record here that you may not read. Ask for access to it first."))
        return super().run()
