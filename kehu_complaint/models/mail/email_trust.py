"""An address says who wrote only if somebody of ours entered it: customers can type any in the portal (C1, C14)."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.kehu_confidential.at_work import submitted_form


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_email_unconfirmed = fields.Boolean(
        string="E-mail Not Confirmed",
        readonly=True,
        copy=False,
        help="The contact entered this address, for instance in the portal. Mails from it are not taken for theirs "
        "until a colleague "
        "saves the address again or confirms it.",
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        is_own_word = self._kehu_is_own_word()
        return super().create(
            [
                {**vals, "kehu_email_unconfirmed": is_own_word or bool(vals.get("kehu_email_unconfirmed"))}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if not self._kehu_is_own_word():
            return super().write({"kehu_email_unconfirmed": False, **vals} if "email" in vals else vals)
        vals = {name: value for name, value in vals.items() if name != "kehu_email_unconfirmed"}
        email = email_normalize(vals.get("email") or "")
        changed = self.sudo().filtered(lambda partner: "email" in vals and partner.email_normalized != email)
        result = super().write(vals)
        super(ResPartner, changed).write({"kehu_email_unconfirmed": True})
        return result

    # === ACTIONS ===

    def action_kehu_confirm_email(self):
        """Take mails from the addresses of these contacts for theirs."""
        self.write({"kehu_email_unconfirmed": False})

    # === BUSINESS ===

    @api.model
    def _kehu_is_own_word(self):
        """Return whether somebody from outside writes; the routes of the portal write in sudo, in
        the name of its user, and forms of a website as OdooBot.
        """
        return bool(submitted_form()) or (self.env.uid != SUPERUSER_ID and not self.env.user._is_internal())

    @api.model
    def _kehu_confirmed_domain(self, emails):
        """Return the domain of the contacts who have one of these addresses for sure."""
        return Domain("email_normalized", "in", list(emails)) & Domain("kehu_email_unconfirmed", "=", False)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _partner_find_from_emails(
        self,
        records_emails,
        avoid_alias=True,
        ban_emails=None,
        filter_found=None,
        additional_values=None,
        no_create=False,
    ):
        me = self.env.user.partner_id

        def is_sure(partner):
            return (partner == me or not partner.sudo().kehu_email_unconfirmed) and (
                filter_found is None or filter_found(partner)
            )

        return super()._partner_find_from_emails(
            records_emails,
            avoid_alias=avoid_alias,
            ban_emails=ban_emails,
            filter_found=is_sure,
            additional_values=additional_values,
            no_create=no_create,
        )


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    @api.model
    def _service_tier_of_sender(self, email):
        """Return the highest tier of all who may have an address: what comes from it is kept as close until it is clear
        who wrote (X2).
        """
        partners = (
            self.env["res.partner"].with_context(active_test=False).search(Domain("email_normalized", "=", email))
            if email
            else self.env["res.partner"]
        )
        return max(partners.mapped(lambda partner: partner.kehu_tier or "0"), default="0")
