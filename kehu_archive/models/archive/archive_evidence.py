from odoo import models
from odoo.exceptions import UserError

from .archive import ENDED


class Archive(models.Model):
    """What of an archive is kept, and until when its contact stays (A3, A14)."""

    _inherit = "kehu.archive"

    def _filter_evidence(self):
        """What was ever filed, or has a journal or papers; an archive that was only entered by
        mistake goes (A3, A14).
        """
        journal = (
            self.env["kehu.archive.journal"]
            .sudo()
            ._read_group([("partner_id", "in", self.partner_id.ids)], ["partner_id"])
        )
        papers = (
            self.env["ir.attachment"]
            .sudo()
            ._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        )
        dealt_with, has_papers = {partner.id for (partner,) in journal}, {res_id for (res_id,) in papers}
        return super()._filter_evidence() | self.filtered(
            lambda archive: archive.date_filed or archive.partner_id.id in dealt_with or archive.id in has_papers
        )

    def _kehu_keeps_files(self):
        """Papers are exchanged as long as the archive is being entered, and was never submitted (A14)."""
        kept = super()._kehu_keeps_files()
        return kept.filtered(
            lambda archive: archive.date_filed or archive.sudo().workflow_log_ids or archive.sudo().approval_ids
        )

    def _check_closed(self):
        """Refuse to put the contact of a customer away whose archive is kept and not closed: closing takes a role and a
        reason (A3).

        :raise UserError: naming the archives, and the way
        """
        if open_archives := self.filtered(lambda archive: archive.state not in ENDED)._filter_evidence():
            raise UserError(
                self.env._(
                    "Close the archive first, with the reason; then the contact can be archived: %s",
                    open_archives._workflow_names(),
                )
            )
