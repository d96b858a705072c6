"""Where a colleague has a part, addresses that the colleague entered, and contacts that the colleague placed below the
customer, are not the customer's until another one confirms them (C8).
"""

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import email_normalize


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Of an address that was changed or confirmed since the contact was made. No user: the server or the contact did.
    kehu_email_user_ids = fields.Many2many(
        "res.users",
        "kehu_partner_email_user_rel",
        string="E-mail Entered or Confirmed By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        groups=NO_ACCESS,
    )
    kehu_email_date = fields.Datetime(string="E-mail Changed On", readonly=True, copy=False, groups=NO_ACCESS)
    # Of a contact that came below its present company since it was made.
    kehu_placed_user_ids = fields.Many2many(
        "res.users",
        "kehu_partner_placed_user_rel",
        string="Placed or Confirmed By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        groups=NO_ACCESS,
    )
    kehu_placed_date = fields.Datetime(string="Placed On", readonly=True, copy=False, groups=NO_ACCESS)
    kehu_email_in_doubt = fields.Boolean(string="E-mail in Doubt", compute="_compute_kehu_email_in_doubt")

    # === COMPUTE ===

    @api.depends("email", "kehu_email_unconfirmed", "commercial_partner_id")
    @api.depends_context("uid")
    def _compute_kehu_email_in_doubt(self):
        for partner in self:
            partner.kehu_email_in_doubt = (
                partner.kehu_email_unconfirmed
                or partner._origin._kehu_is_email_unseen()
                or any(
                    document._service_is_in_doubt(partner._origin) for document in partner._origin._kehu_open_services()
                )
            )

    # === CRUD ===

    def write(self, vals):
        if "email" not in vals and vals.get("kehu_email_unconfirmed", True):
            return super().write(vals)
        email = email_normalize(vals.get("email") or "")
        changed = self.sudo().filtered(lambda partner: "email" in vals and partner.email_normalized != email)
        is_own_word = self._kehu_is_own_word()
        if is_own_word:
            # Besides who stood for it before, or contacts would free themselves of them.
            changed._kehu_stand_for("kehu_email")
        elif self.env.uid != SUPERUSER_ID:
            (self.sudo() - changed)._kehu_vouch("kehu_email")
            self.sudo()._kehu_vouch("kehu_placed")
        result = super().write(vals)
        if not is_own_word:
            changed._kehu_keep_people("kehu_email")
        return result

    # === BUSINESS ===

    # What somebody stands for is named by the prefix of its fields: the address (kehu_email), or the place below the
    # company (kehu_placed).

    def _kehu_vouch(self, prefix):
        """Let the current user stand for what colleagues entered, or the contact typed, besides who does already."""
        typed = self.browse() if prefix == "kehu_placed" else self.filtered("kehu_email_unconfirmed")
        typed = typed.filtered(lambda partner: not partner._kehu_people(prefix))
        (typed | self.filtered(lambda partner: partner._kehu_people(prefix)))._kehu_stand_for(prefix)
        if typed:
            typed.write({"kehu_email_date": fields.Datetime.now()})

    def _kehu_stand_for(self, prefix):
        """Let the current user stand for these contacts, besides who does already. In sudo."""
        for partner in self:
            partner[f"{prefix}_user_ids"] = [Command.set((partner._kehu_entered(prefix) | self.env.user).ids)]

    def _kehu_keep_people(self, prefix):
        """Keep that the current user, or the server, entered this just now. In sudo."""
        users = [] if self.env.uid == SUPERUSER_ID else self.env.user.ids
        if self:
            self.write({f"{prefix}_user_ids": [Command.set(users)], f"{prefix}_date": fields.Datetime.now()})

    def _kehu_entered(self, prefix):
        """Return the users who entered or confirmed what one contact has, in sudo."""
        partner = self.sudo()
        return partner[f"{prefix}_user_ids"] or (
            partner.create_uid if not partner[f"{prefix}_date"] else partner.create_uid.browse()
        )

    def _kehu_people(self, prefix):
        """Return the colleagues among them; nobody if it came from the server or the contact."""
        return self._kehu_entered(prefix).filtered(lambda user: user.id != SUPERUSER_ID and not user.share)

    def _kehu_vouched(self):
        """Return who stands for one contact since when, in sudo: for its address, and for its place below its
        company.

        :return: ``[(users, date)]``
        """
        partner = self.sudo()
        return [
            (people, partner[f"{prefix}_date"] or partner.create_date)
            for prefix in ("kehu_email", "kehu_placed")
            if (people := partner._kehu_people(prefix))
        ]

    def _kehu_is_email_unseen(self):
        """Return whether one colleague changed the address of this contact and nobody else has confirmed it since: it
        opens nothing in the customer's name (C8).
        """
        partner = self.sudo()
        return bool(partner.kehu_email_date and len(partner.kehu_email_user_ids) == 1)

    def _kehu_keep_placer(self):
        """Keep who placed these contacts below their present company, in sudo; those who use the portal read its
        documents by that (X5).
        """
        if not self._kehu_is_own_word():
            self._kehu_keep_people("kehu_placed")
        self._kehu_log_portal()

    def _kehu_log_portal(self):
        """Note that the portal users of these contacts came to read the documents of a customer (X5)."""
        group = self.env.ref("base.group_portal").sudo().full_name
        for partner in self.sudo():
            users = partner.user_ids.filtered(lambda user: user.active and user._is_portal())
            note = f"+ {group} ({partner.email})"
            self.env["kehu.access.log"]._log_right(users.sudo(False), note)

    def _kehu_open_services(self):
        """Yield what is open of these contacts and their companies that the
        current user may read.
        """
        own = (self | self.commercial_partner_id).ids
        for documents in self.env["kehu.service.desk"]._intake_models():
            if own and documents.has_access("read"):
                yield from documents.search(
                    (Domain("customer_id", "in", own) | Domain("partner_id", "in", own))
                    & documents._impartial_open_domain()
                )


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    def _service_people_with_part(self):
        """Return who has, or had, a part in the document, and who the customer's salesperson is, in sudo."""
        document = self.sudo().with_context(active_test=False)
        return document.worked_user_ids.union(
            *(document[name] for name in self._impartial_roles),
            document.customer_id.user_id,
            document.partner_id.user_id,
        )

    def _service_is_in_doubt(self, partner):
        """Return whether a contact says nothing here.

        All who stand for its address, or for its place below the company, are accused in the document, or have a part
        in it, or are the customer's salesperson, and entered it since the document is there.
        """
        accused = self._impartial_recused()[self.id]
        return any(
            people <= (accused | self._service_people_with_part() if since >= self.sudo().create_date else accused)
            for people, since in partner._kehu_vouched()
        )

    @api.model
    def _service_in_doubt_domain(self, partner):
        """Return the domain, in sudo, of the documents for which :meth:`_service_is_in_doubt` says so."""

        def biased(user, since):
            parts = (*self._impartial_roles, "worked_user_ids", "customer_id.user_id", "partner_id.user_id")
            part = Domain.OR(Domain(name, "in", user.ids) for name in parts) & Domain("create_date", "<=", since)
            return self.with_user(user)._kehu_excluding_domain() | part

        return Domain.OR(
            Domain.AND(biased(user, since) for user in people) for people, since in partner._kehu_vouched()
        )


class PortalWizardUser(models.TransientModel):
    _inherit = "portal.wizard.user"

    # === ACTIONS ===

    def action_grant_access(self):
        """Leave a line in the access log: whoever gets portal access reads the customer's documents (X5)."""
        result = super().action_grant_access()
        self.partner_id._kehu_log_portal()
        return result
