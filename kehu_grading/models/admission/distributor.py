from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.kehu_archive.groups import ARCHIVE_MANAGER


class Archive(models.Model):
    """A customer becomes a distributor by an admission; an archive manager files those who were one before (G9)."""

    _inherit = "kehu.archive"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        archives = super().create(vals_list)
        archives._check_distributors()
        return archives

    def write(self, vals):
        if "type_id" not in vals:
            return super().write(vals)
        others = self.sudo().filtered(lambda archive: archive.party != "distributor").sudo(False)
        result = super().write(vals)
        others._check_distributors()
        return result

    # === BUSINESS ===

    def _check_distributors(self):
        """Note which of these archives are those of distributors who were never admitted.

        :raise AccessError: there are some, and the user manages no archives
        """
        distributors = self.sudo().filtered(lambda archive: archive.party == "distributor")
        if self.env.su or not distributors:
            return
        admitted = self.env["kehu.admission"].sudo()
        admitted = admitted.search([("state", "=", "admitted"), ("partner_id", "in", distributors.partner_id.ids)])
        found = {(admission.partner_id, admission.company_id) for admission in admitted}
        strange = distributors.filtered(lambda archive: (archive.partner_id, archive.company_id) not in found)
        if strange and not self.env.user.has_group(ARCHIVE_MANAGER):
            raise AccessError(
                self.env._(
                    "A customer becomes a distributor by an admission. An archive manager files those who were one before."
                )
            )
        strange.sudo(False)._message_log_batch(
            dict.fromkeys(strange.ids, self.env._("Filed as a distributor without an admission."))
        )


class ArchiveType(models.Model):
    _inherit = "kehu.archive.type"

    def write(self, vals):
        if vals.get("party") != "distributor":
            return super().write(vals)
        others = self.filtered(lambda kind: kind.party != "distributor")
        result = super().write(vals)
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)
        archives.search([("type_id", "in", others.ids)]).sudo(False)._check_distributors()
        return result
