from odoo import SUPERUSER_ID, Command, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_archive.groups import ARCHIVE_MANAGER

from ...groups import STAFF

_lt = LazyTranslate(__name__)


class PartnerMerge(models.TransientModel):
    """Complaints of contacts that turn out to be one customer may repeat each other (C9); nobody moves those about them
    (C8).
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Who stood for a contact that is merged stands for none of the other. Its users, and the contacts below it, come to
        # where the other is (C8).
        sources, target = src_partners.sudo().with_context(active_test=False), dst_partner.sudo()
        placed = target if sources.user_ids else target.browse()
        placed |= sources.search(
            Domain("id", "child_of", sources.ids)
            & Domain("id", "not in", (sources | target).ids)
            & Domain("commercial_partner_id", "!=", target.commercial_partner_id.id)
        )
        sources.write({"kehu_email_user_ids": [Command.clear()], "kehu_placed_user_ids": [Command.clear()]})
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        placed.invalidate_recordset()
        placed._kehu_keep_placer()
        return result

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(getattr(partner_ids, "ids", partner_ids))
        about = Domain("partner_id", "in", partners.ids) | Domain("customer_id", "in", partners.ids)
        concerned = [
            model.sudo().with_context(active_test=False).search(about)
            for model in self.env["kehu.service.desk"]._intake_models()
        ]
        self._kehu_leave_to_colleague(
            any(
                self.env.user in accused
                for documents in concerned
                for accused in documents._impartial_recused().values()
            )
        )
        before = [{document.id: document._service_addressee() for document in documents} for documents in concerned]
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        for documents, former in zip(concerned, before):
            # Core moves documents in SQL, and their stored company with them only if that was merged, too.
            moved = documents.filtered(
                lambda document, former=former: document.partner_id != former[document.id].contact
            )
            self.env.add_to_compute(moved._fields["customer_id"], moved)
            moved.modified(["customer_id"])
            kept = {document.id: former[document.id].customer.exists() for document in moved}
            changed = moved.filtered(
                lambda document, kept=kept: kept[document.id] not in (document.customer_id, partners.browse())
            )
            self._kehu_leave_to_colleague(changed and not self._kehu_may_move(changed))
            changed._service_change_addressees(former)
            changed._journal_update()
            self._kehu_note_in(documents.filtered_domain(documents._impartial_open_domain()) | changed, partners)
        customers = partners.exists().sudo().commercial_partner_id
        self.env["kehu.complaint"].sudo().search([("customer_id", "in", customers.ids)])._find_repeats(customers)
        return result

    def _kehu_leave_to_colleague(self, is_refused):
        """Refuse a merge that only an impartial colleague may do (C8).

        :raise UserError: the user merges contacts of documents that are about the user, or not theirs to give another
            customer
        """
        if is_refused and self.env.uid != SUPERUSER_ID:
            raise UserError(self.env._("You cannot merge these contacts: leave it to a colleague of the service."))

    def _kehu_may_move(self, documents):
        user = self.env.user
        return (
            user.has_group(STAFF) and documents.with_user(user).has_access("write") or user.has_group(ARCHIVE_MANAGER)
        )

    def _kehu_note_in(self, documents, partners):
        """Leave a line about the merge in documents, and tell their handlers (C14)."""
        note = f"{self._kehu_merged(partners)} → {', '.join(partners.exists().sudo().mapped('display_name'))}"
        documents._message_log_batch(dict.fromkeys(documents.ids, note))
        documents._workflow_remind(
            {document.id: document.user_id - self.env.user for document in documents},
            _lt("Contacts of its customer were merged: see whether it is still theirs"),
        )
