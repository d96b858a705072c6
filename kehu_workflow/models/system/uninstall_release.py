from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

DAYS = 1


class UninstallRelease(models.Model):
    """Addons that hold evidence can be uninstalled for one day, since somebody who answers for it says so. Append-only
    (A14).
    """

    _name = "kehu.uninstall.release"
    _description = "Release of Uninstalling"
    _inherit = ["mail.thread", "kehu.evidence.mixin"]
    _order = "id desc"
    _rec_name = "date"

    reason = fields.Text(required=True)
    user_id = fields.Many2one(
        "res.users", "Released By", required=True, readonly=True, default=lambda self: self.env.user
    )
    date = fields.Datetime("Released On", required=True, readonly=True, default=fields.Datetime.now)
    date_until = fields.Datetime(
        "Until", required=True, readonly=True, default=lambda self: fields.Datetime.now() + timedelta(days=DAYS)
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_release()
        if any(not (vals.get("reason") or "").strip() for vals in vals_list):
            raise UserError(self.env._("Say why the addons are uninstalled."))
        # Who and when is not for clients to say, by values or by defaults.
        self = self.with_env(self.env(context=clean_context(self.env.context)))
        releases = super().create([{"reason": vals["reason"].strip()} for vals in vals_list])
        for release in releases:
            release._tell_administrators()
        return releases

    def write(self, vals):
        if self:
            raise UserError(self.env._("A release of uninstalling is not changed."))
        return super().write(vals)

    # === BUSINESS ===

    @api.model
    def _check_may_release(self):
        """Refuse releases of uninstalling by users who may not give one.

        :raise AccessError: the caller is not among those who may release (hook)
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator releases uninstalling."))

    @api.model
    def _way(self):
        """Return the sentence that says who can release uninstalling, and where (hook)."""
        return self.env._(
            "An administrator can release it for one day: Workflow › Configuration › Release of Uninstalling."
        )

    @api.model
    def _is_released(self):
        return bool(self.sudo().search_count([("date_until", ">", fields.Datetime.now())], limit=1))

    def _tell_administrators(self):
        administrators = self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")
        self.sudo().message_notify(
            partner_ids=administrators.partner_id.ids,
            force_send=False,
            subject=self.env._("Uninstalling was released for one day"),
            body=self.env._("%(user)s: %(reason)s", user=self.user_id.name, reason=self.reason),
        )
