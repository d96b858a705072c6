from odoo import api, models

from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL

from ...groups import ARCHIVE_MANAGER

# Of a customer with an archive, not whoever may write contacts changes these, nor the fields that say who reads.
_KEPT = ("company_id", "is_company", "parent_id", "type")


class PartnerMerge(models.TransientModel):
    """What the guards of a customer with an archive keep stays that customer's, whichever contact remains (A1, A14)."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._kehu_archives(src_partners + dst_partner)._merge_customers(dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _kehu_merge_documents(self, partners):
        result = super()._kehu_merge_documents(partners)
        # Core moves the archive in SQL.
        archives = self._kehu_archives(partners)
        archives.modified(["partner_id"])
        archives._check_card()
        archives._approval_written(archives._approval_influences())
        return result

    def _kehu_customer(self, partners, remaining):
        """Return the only one with an archive, or else the one that remains."""
        filed = self._kehu_archives(partners).partner_id
        return filed if len(filed) == 1 else super()._kehu_customer(partners, remaining)

    def _kehu_keep_values(self, customer, partners):
        """Take off the other contacts what core would carry over to a customer with an archive, past what "write"
        refuses (A1).
        """
        super()._kehu_keep_values(customer, partners)
        if len(self._kehu_archives(partners).partner_id) != 1:
            return
        values = {
            name: customer._fields[name].convert_to_write(customer[name], customer)
            for name in (*customer._kehu_right_fields, *_KEPT)
        }
        for other in partners - customer:
            other.write(
                {
                    # Nobody comes to read a classified contact that becomes part of the customer.
                    name: False if name in other._kehu_right_fields and other.kehu_tier >= CONFIDENTIAL else value
                    for name, value in values.items()
                    if other[name] != customer[name]
                }
            )

    @api.model
    def _kehu_deciding_group(self):
        return ARCHIVE_MANAGER

    def _kehu_archives(self, partners):
        """Return the archives of contacts, in sudo: those of other companies, too."""
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)
        return archives.search([("partner_id", "in", partners.ids)])
