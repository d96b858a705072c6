"""Change of custodian: made by the present custodian or an archive manager, with a reason (A1)."""
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.kehu_workflow.workflow import clean_reason

from .archive import MANAGERS
from .officers_mixin import OFFICERS
from .right_change import REASON


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD ===

    def write(self, vals):
        if "kehu_custodian_id" not in vals or self.env.su:
            return super().write(vals)
        archives = self._kehu_check_handover(self._kehu_right_id("kehu_custodian_id", vals["kehu_custodian_id"]))
        before = {archive.id: archive.partner_id.kehu_custodian_id for archive in archives}
        result = super().write(vals)
        archives._note_handover(before)
        return result

    # === BUSINESS ===

    def _kehu_check_handover(self, custodian_id):
        """Return the archives that get another custodian, in superuser mode.

        :raise AccessError: the current user is neither custodian, archive manager nor confidentiality officer
        :raise UserError: it was submitted or filed, and no reason is given
        """
        self.check_access("write")  # a refusal must not tell of whom one may not read
        # What an archive that is being written has cached is the new value.
        archives = self.sudo().filtered(
            lambda partner: partner.kehu_custodian_id and partner.kehu_custodian_id.id != custodian_id
        ).with_context(active_test=False).kehu_archive_ids
        user = self.env.user
        # A confidentiality officer takes a right to read away.
        if not any(map(user.has_group, MANAGERS + OFFICERS)):
            if others := archives.filtered(lambda archive: archive.partner_id.kehu_custodian_id != user):
                raise AccessError(self.env._(
                    "An archive is handed over by its custodian or by an archive manager. Ask one of them: %s",
                    ", ".join(f"{archive.name} ({archive.partner_id.kehu_custodian_id.name})" for archive in others)))
        filed = archives.filtered(lambda archive: archive.date_filed or archive.state != "preliminary")
        if filed and not clean_reason(self.env.context.get(REASON)):
            raise UserError(self.env._(
                "Use “Hand Over”, and say why: %s", ", ".join(filed.mapped("name"))))
        return archives


class Archive(models.Model):
    _inherit = "kehu.archive"

    # === ACTIONS ===

    def action_hand_over(self):
        """Open the dialog that gives these archives another custodian and asks for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "kehu.archive.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_archive_ids": self.ids},
        }

    # === BUSINESS ===

    def _note_handover(self, before):
        """Keep in the history who handed the archives to whom, and why.

        :param before: ``{archive id: custodian}``
        """
        reason = clean_reason(self.env.context.get(REASON)) or self.env._("no reason given")
        self._message_log_batch({
            archive.id: self.env._(
                "Handed over by %(before)s to %(after)s: %(reason)s",
                before=before[archive.id].name, after=archive.partner_id.kehu_custodian_id.name or "—", reason=reason)
            for archive in self if archive.partner_id.kehu_custodian_id != before[archive.id]})


class Handover(models.TransientModel):
    _name = "kehu.archive.handover"
    _description = "Hand Archives Over"

    archive_ids = fields.Many2many("kehu.archive", string="Archives", required=True)
    custodian_id = fields.Many2one("res.users", string="New Custodian", required=True, domain=[("share", "=", False)])
    reason = fields.Text(required=True)

    @api.constrains("reason")
    def _check_reason(self):
        if any(not clean_reason(dialog.reason) for dialog in self):
            raise UserError(self.env._("Say why the archives are handed over."))

    def action_apply(self):
        """Hand the archives over with the rights of the current user, and tell the new custodian."""
        for dialog in self:
            dialog.archive_ids.with_context(**{REASON: dialog.reason}).write({"kehu_custodian_id": dialog.custodian_id.id})
        return True
