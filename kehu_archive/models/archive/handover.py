"""Change of custodian: made by the present custodian or an archive manager, with a reason (A1). Who comes to look after
a customer is told.
"""

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_confidential.groups import OFFICERS
from odoo.addons.kehu_confidential.models.rights.right_change import REASON
from odoo.addons.kehu_workflow.workflow import clean_reason

from .archive import ENDED, MANAGERS

_lt = LazyTranslate(__name__)

# What the new custodian or salesperson is told.
_TOLD = {
    "kehu_custodian_id": _lt("This archive is handed over to you"),
    "user_id": _lt("You sell to this customer from now on"),
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD ===

    def write(self, vals):
        archives = self.env["kehu.archive"]
        if "kehu_custodian_id" in vals and not self.env.su:
            archives = self._kehu_check_handover(self._kehu_right_id("kehu_custodian_id", vals["kehu_custodian_id"]))
        before = {archive.id: archive.partner_id.kehu_custodian_id for archive in archives}
        given = {name: {partner.id: partner[name] for partner in self.sudo()} for name in _TOLD if name in vals}
        result = super().write(vals)
        if archives:
            archives._note_handover(before)
        if given and not self.env["kehu.right.change"]._is_servers_own():
            for name, users in given.items():
                self._kehu_tell_given(name, users)
        return result

    # === BUSINESS ===

    def _kehu_check_handover(self, custodian_id):
        """Return the archives that get another custodian, in superuser mode.

        :raise AccessError: the current user is neither custodian, archive manager nor confidentiality officer
        :raise UserError: it was submitted or filed, and no reason is given
        """
        self.check_access("write")  # a refusal must not tell of whom one may not read
        # What an archive that is being written has cached is the new value.
        archives = (
            self.sudo()
            .filtered(lambda partner: partner.kehu_custodian_id and partner.kehu_custodian_id.id != custodian_id)
            .with_context(active_test=False)
            .kehu_archive_ids
        )
        user = self.env.user
        # A confidentiality officer takes a right to read away.
        if not any(map(user.has_group, MANAGERS + OFFICERS)):
            if others := archives.filtered(lambda archive: archive.partner_id.kehu_custodian_id != user):
                raise AccessError(
                    self.env._(
                        "An archive is handed over by its custodian or by an archive manager. Ask one of them: %s",
                        ", ".join(
                            f"{archive.name} ({archive.partner_id.kehu_custodian_id.name})" for archive in others
                        ),
                    )
                )
        filed = archives.filtered(lambda archive: archive.date_filed or archive.state != "preliminary")
        if filed and not clean_reason(self.env.context.get(REASON)):
            raise UserError(self.env._("Use “Hand Over”, and say why: %s", ", ".join(filed.mapped("name"))))
        return archives

    def _kehu_tell_given(self, name, before):
        """Tell custodians or salespeople that customers are theirs now, also if an officer confirmed it.

        :param before: ``{partner id: user}``
        """
        given = self.sudo().filtered(lambda partner: partner[name] != before[partner.id])
        archives = given.with_context(active_test=False).kehu_archive_ids
        if archives := archives.filtered(lambda archive: archive.state not in ENDED):
            archives._workflow_remind(
                {archive.id: archive.partner_id[name] - self.env.user for archive in archives}, _TOLD[name]
            )


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
        self._message_log_batch(
            {
                archive.id: self.env._(
                    "Handed over by %(before)s to %(after)s: %(reason)s",
                    before=before[archive.id].name,
                    after=archive.partner_id.kehu_custodian_id.name or "—",
                    reason=reason,
                )
                for archive in self
                if archive.partner_id.kehu_custodian_id != before[archive.id]
            }
        )
