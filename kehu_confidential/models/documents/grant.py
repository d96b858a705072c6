from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_datetime

from odoo.addons.kehu_workflow.parameters import bounded_number

from ...groups import OFFICER

_lt = LazyTranslate(__name__)

LONGEST_PARAMETER = "kehu_confidential.grant_longest_days"
LONGEST_DEFAULT, LONGEST_MOST = 90, 366


class Grant(models.Model):
    """The right of one person to read one customer, for a purpose and a period (X4).

    Nothing of it is changed later: another period is another grant, and an end before its time is a revocation. It ends
    by the clock of each query, without waiting for a job.
    """

    _name = "kehu.grant"
    _description = "Access Grant"
    _inherit = ["kehu.evidence.mixin", "mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # a grant is changed by nobody
    _evidence_refusal = _lt("A grant is kept as evidence. Revoke it instead:")
    _order = "date_until desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", string="Granted To", required=True, index=True, ondelete="restrict", domain=[("share", "=", False)]
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("parent_id", "=", False)],
        help="The customer's contacts and addresses are included.",
    )
    purpose = fields.Text(required=True)
    request_id = fields.Many2one("kehu.access.request", ondelete="restrict", help="What the user had asked for.")
    reference = fields.Char(string="Request Number", help="The number of the request that this grant answers.")
    date_from = fields.Datetime(string="From", required=True)
    date_until = fields.Datetime(string="Until", required=True)
    allow_export = fields.Boolean(string="May Export and Print")
    revoked_on = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoke_reason = fields.Text(string="Reason of the Revocation", readonly=True)
    state = fields.Selection(
        [("planned", "Planned"), ("live", "In force"), ("ended", "Ended"), ("revoked", "Revoked")],
        compute="_compute_state",
        search="_search_state",
    )

    _live_idx = models.Index("(user_id, partner_id, date_until) WHERE revoked_on IS NULL")
    _period = models.Constraint("CHECK (date_until > date_from)", "A grant ends after it begins.")

    # === COMPUTE ===

    @api.depends("date_from", "date_until", "revoked_on")
    def _compute_state(self):
        now = fields.Datetime.now()
        for grant in self:
            grant.state = (
                "revoked"
                if grant.revoked_on
                else "planned"
                if grant.date_from and grant.date_from > now
                else "ended"
                if grant.date_until and grant.date_until <= now
                else "live"
            )

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        valid = Domain("revoked_on", "=", False)
        domains = {
            "revoked": ~valid,
            "planned": valid & Domain("date_from", ">", now),
            "ended": valid & Domain("date_until", "<=", now),
            "live": self._live_domain(),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _live_domain(self):
        now = fields.Datetime.now()
        return Domain("revoked_on", "=", False) & Domain("date_from", "<=", now) & Domain("date_until", ">", now)

    # === CONSTRAINT ===

    @api.constrains("date_from", "date_until")
    def _check_length(self):
        days = bounded_number(self.env, LONGEST_PARAMETER, LONGEST_DEFAULT, 1, LONGEST_MOST)
        if any(grant.date_until - grant.date_from > timedelta(days=days) for grant in self):
            raise ValidationError(self.env._("A grant lasts %s days at most: choose an earlier end.", days))

    @api.constrains("user_id", "partner_id")
    def _check_parties(self):
        for grant in self.sudo():
            if grant.user_id.share or not grant.user_id.active:
                raise ValidationError(self.env._("Access is granted to active internal users only."))
            if grant.partner_id != grant.partner_id.commercial_partner_id:
                raise ValidationError(self.env._("Access is granted to a customer, not to a contact of the customer."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # Who fills the form in slowly grants from the moment of saving.
        now = fields.Datetime.now()
        grants = super().create([{**vals, "date_from": vals.get("date_from") or now} for vals in vals_list])
        if not self.env.su:
            grants._check_granting()
        for grant in grants.filtered("request_id"):
            grant.request_id.sudo()._granted(grant.user_id)
        grants._tell_granted()
        return grants

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("A grant is not changed: revoke it, and give another one."))
        return super().write(vals)

    def _check_granting(self):
        """Refuse what the one who grants may not give (X2, X4)."""
        now = fields.Datetime.now()
        for grant in self.sudo():
            if grant.user_id == self.env.user:
                raise AccessError(
                    self.env._("Nobody grants access to themselves: ask another confidentiality officer.")
                )
            if grant.date_from < now - timedelta(minutes=1):
                raise ValidationError(self.env._("A grant begins now or later."))
            if grant.revoked_on or grant.revoked_by_id or grant.revoke_reason:
                raise ValidationError(self.env._("A grant is not revoked from the start."))
            if (grant.partner_id.kehu_tier or "0") > self.env.user.kehu_clearance:
                raise AccessError(self.env._("You cannot grant access above your own clearance."))

    def _tell_granted(self):
        """Tell those who come to read a customer, with a link to the grant, which names the customer (X4); by mail, if
        that is later, when the grant will be in force.
        """
        summary = _lt("You were granted access to a customer: see which, and until when")
        people = {grant.id: grant.user_id - self.env.user for grant in self.sudo()}
        readers = self.env["mail.activity"]._kehu_tell(self, people, summary)
        for grant in self.sudo():
            later = people[grant.id] - readers[grant.id]
            later._kehu_mail_notice(
                summary, f"{format_datetime(self.env, grant.date_from)} – {format_datetime(self.env, grant.date_until)}"
            )

    # === ACTIONS ===

    def action_open_customer(self):
        """Open the customer whom the grant shows."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def action_revoke(self):
        """Open the dialog that asks for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revoke"),
            "res_model": "kehu.grant.revoke",
            "view_mode": "form",
            "target": "new",
            "context": {"default_grant_ids": self.ids},
        }

    def revoke(self, reason):
        """End the grants at once.

        :param reason: why, kept with them
        :raise AccessError: the caller is no confidentiality officer
        """
        if not self.env.user.has_group(OFFICER):
            raise AccessError(self.env._("Only a confidentiality officer revokes a grant."))
        self.check_access("read")
        reason = reason.strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Say why the access is revoked."))
        # Nobody may write a grant; the caller was checked above.
        self.sudo()._revoke(reason)
        return True

    def _revoke(self, reason):
        self.filtered(lambda grant: not grant.revoked_on).write(
            {"revoked_on": fields.Datetime.now(), "revoked_by_id": self.env.uid, "revoke_reason": reason}
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_grant_ids = fields.One2many("kehu.grant", "partner_id", string="Access Grants")
    kehu_is_granted = fields.Boolean(
        string="Granted to Me", compute="_compute_kehu_is_granted", search="_search_kehu_is_granted"
    )

    @api.depends("commercial_partner_id.kehu_grant_ids.revoked_on")
    @api.depends_context("uid")
    def _compute_kehu_is_granted(self):
        grants = self.env["kehu.grant"].sudo()
        live = grants.search_fetch(
            grants._live_domain()
            & Domain("user_id", "=", self.env.uid)
            & Domain("partner_id", "in", self.commercial_partner_id.ids),
            ["partner_id"],
        ).partner_id
        for partner in self:
            partner.kehu_is_granted = partner.commercial_partner_id._origin in live

    @api.model
    def _search_kehu_is_granted(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        grants = self.env["kehu.grant"].sudo()
        live = grants._search(grants._live_domain() & Domain("user_id", "=", self.env.uid))
        return Domain("commercial_partner_id", "in", live.subselect("partner_id"))

    def _kehu_open_grants(self):
        """Return the grants on these customers that are in force or planned, in superuser mode."""
        return (
            self.env["kehu.grant"]
            .sudo()
            .search(
                Domain("partner_id", "in", self.ids)
                & Domain("revoked_on", "=", False)
                & Domain("date_until", ">", fields.Datetime.now())
            )
        )

    @api.model
    def _kehu_relations_domain(self, mode="read"):
        domain = super()._kehu_relations_domain(mode)
        if mode == "read" and self._kehu_has_relations():
            domain |= Domain("kehu_is_granted", "=", True)
        return domain
