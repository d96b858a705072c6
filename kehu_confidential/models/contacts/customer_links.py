"""From a customer to what there is about them: buttons on the contact (A1, A17)."""

from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _kehu_link(self, xml_id, domain, **context):
        """Return the action ``xml_id`` on the documents in ``domain``, open and closed ones.

        :param context: more keys, such as defaults
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        # By its path, a reload would show the documents of all customers.
        action.pop("path", None)
        return {**action, "domain": domain, "context": context}

    def action_kehu_open_grants(self):
        """Open the grants to read the customer (X2)."""
        customers = self.commercial_partner_id
        return self._kehu_link(
            "kehu_confidential.kehu_grant_action",
            [("partner_id", "in", customers.ids)],
            default_partner_id=customers[:1].id,
        )

    def action_kehu_open_activities(self):
        """Open the to-dos about the customer: on the contact, and every document that the user may read."""
        customers = self.commercial_partner_id
        found = {records._name: records for records in customers._kehu_read_alike()}
        found["res.partner"] = self.search([("id", "child_of", customers.ids)])
        for name in self.pool.descendants(["kehu.confidential.mixin"], "_inherit"):
            Model = self.env[name].with_context(active_test=False)
            if not Model._abstract and hasattr(Model, "activity_ids") and Model.has_access("read"):
                found[name] = Model.search([(Model._kehu_customer_field, "in", customers.ids)])
        domain = Domain.OR(
            Domain("res_model", "=", name) & Domain("res_id", "in", records.ids) for name, records in found.items()
        )
        return self._kehu_link("mail.mail_activity_action_my", list(domain), force_search_count=1)
