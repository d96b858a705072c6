from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.caches import clear_caches


class ArchiveJournalKind(models.Model):
    """A kind of dealing with a customer: letter, call, meeting … (A9). Administrators add more."""

    _name = "kehu.archive.journal.kind"
    _description = "Kind of Dealing"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="The name under which documents ask for this kind.")
    sequence = fields.Integer(default=10)
    by_hand = fields.Boolean(
        string="Entered by Hand", default=True, help="Others are for the lines that documents leave of themselves."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "There is already a kind with this code.")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        clear_caches(self.env)
        return kinds

    def write(self, vals):
        if "code" in vals and any(kind.code != vals["code"] for kind in self):
            self._refuse_used()
        result = super().write(vals)
        if "code" in vals:
            clear_caches(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        clear_caches(self.env)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        self._refuse_used()

    def _refuse_used(self):
        codes = self.env["kehu.archive.journal"]._journal_models().values()
        for kind in self:
            if kind.code in codes:
                raise UserError(self.env._("Documents enter themselves as “%s”: it has to stay.", kind.name))

    # === BUSINESS ===

    @api.model
    def _get_by_code(self, code):
        """Return the kind with this code, also if it was archived."""
        return self.browse(self._get_id_by_code(code))

    @api.model
    @ormcache("code")
    def _get_id_by_code(self, code):
        return self.sudo().with_context(active_test=False).search([("code", "=", code)], limit=1).id
