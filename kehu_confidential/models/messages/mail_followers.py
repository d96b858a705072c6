"""Who follows a document is told only to users who may read the document (X3, C8)."""

from collections.abc import Iterable

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS


class MailFollowers(models.Model):
    """Odoo lets each employee read all followers, which tells who has to do with what.

    Followers of our documents follow the whole right to read the document; those of other documents follow what
    confidentiality says of it. A follower who is hidden is so by the rule of partners.
    """

    _name = "mail.followers"
    _inherit = ["mail.followers", "kehu.document.rows"]

    _kehu_is_open_to_employees = True

    # === CRUD ===

    def _insert_followers(self, res_model, res_ids, partner_ids, *args, **kwargs):
        # All subscriptions end here. One who is hidden from the user would be told by the list of followers: ordinary
        # posting, which subscribes the customer of a document, goes on without them.
        if not self.env.su and partner_ids:
            hidden = set(self.env["res.partner"].browse(partner_ids)._kehu_hidden()._ids)
            partner_ids = [partner_id for partner_id in partner_ids if partner_id not in hidden]
        return super()._insert_followers(res_model, res_ids, partner_ids, *args, **kwargs)

    # === BUSINESS ===

    @api.model
    def _kehu_told_domain(self, domain):
        return self._kehu_shown_documents_domain(self._kehu_models_asked_for(domain))

    @api.model
    def _kehu_shown_documents_domain(self, names):
        """Return the domain of the rows of whose document, if it is of one of these models, the
        current user may know.
        """
        domain = Domain.TRUE
        for name in names:
            documents = self.env[name].with_context(active_test=False)
            if name.startswith(OURS):
                shown = documents._search([]) if documents.has_access("read") else []
            else:
                reachable = documents._kehu_domain()
                if reachable.is_true():
                    continue
                shown = documents.sudo()._search(reachable)
            domain &= Domain("res_model", "!=", name) | Domain("res_id", "in", shown)
        return domain

    @api.model
    def _kehu_models_asked_for(self, domain):
        """Return the names of the models of whose documents a domain may find rows, and that hide some.

        Odoo asks for one document, or for rows that it has found: only their models are looked at.
        """
        # Optimized: clients write the same condition in many ways.
        followed, conditions = self._kehu_followed_models(), list(domain.optimize(self))
        if "|" in conditions or "!" in conditions:
            return followed
        for name, operator, value in (condition for condition in conditions if isinstance(condition, tuple)):
            if operator != "in" or not isinstance(value, list):
                continue
            if name == "res_model":
                return [model for model in followed if model in value]
            if name == "id":
                models_found = {row[0] for row in self.sudo()._read_group([("id", "in", value)], ["res_model"])}
                return [model for model in followed if model in models_found]
        return followed

    @api.model
    @ormcache()
    def _kehu_followed_models(self):
        """Return the names of the models that have followers and may be hidden."""
        return tuple(
            name
            for name, model in self.env.registry.items()
            if "message_follower_ids" in model._fields
            and not model._abstract
            and (name.startswith(OURS) or self.env[name]._kehu_is_protected())
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _kehu_without_outsiders(self, partner_ids):
        """Return the ids of those whom a client may subscribe to confidential records: their own contacts, and
        colleagues (X3).

        What Odoo subscribes by itself, such as the recipients of a message or the followers of a project, goes on
        without the others.

        :raise AccessError: somebody else is named, who would get all that is said from now on
        """
        classified = self._kehu_classified() if not self.env.su and isinstance(partner_ids, Iterable) else ()
        if not classified:
            return partner_ids
        partner_ids = [partner_id for partner_id in partner_ids if isinstance(partner_id, int)]
        contacts = self.env["res.partner"].sudo().browse(partner_ids).exists().filtered("partner_share")
        outsiders = contacts.browse().union(
            *(contacts - document._kehu_filter_own_contacts(contacts) for document in classified)
        )
        if outsiders - self._kehu_named_contacts() and not self.env.context.get("mail_post_autofollow"):
            raise AccessError(
                self.env._("Only contacts of the customer and users who may read it can follow a confidential record.")
            )
        return [partner_id for partner_id in partner_ids if partner_id not in outsiders._ids]
