import re
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools.sql import column_exists

from ...at_work import is_peoples_code
from ..rule.tier import INTERNAL, LOWERING_PERMIT, TIERS, LoweringPermit

# What the tier of a contact follows from.
TIER_SOURCES = {"kehu_tier", "parent_id", "is_company", "commercial_partner_id"}

# What we keep of a customer for ourselves: in the contact, and in documents and settings.
_OF_CONTACTS = re.compile("comment|trust")
_OURS = re.compile(r".*_warn(_msg)?|.*_warning(_text)?|kehu_.*")


@cache
def _is_ours(name):
    return bool(_OURS.fullmatch(name))


def is_kept_from_portal(records, field):
    """Return whether a field of contacts is not the user's: Odoo lets portal users read all of their own company, our
    notes on it, too (X3).
    """
    return bool(_OF_CONTACTS.fullmatch(field.name)) and not records.env.su and records.env.user.share


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _has_field_access(self, field, operation):
        # Asked for each value that is read: the name first.
        is_ours = _is_ours(field.name) and not self.env.su and self.env.user.share
        return not is_ours and super()._has_field_access(field, operation)


class ResPartner(models.Model):
    _inherit = "res.partner"

    active = fields.Boolean(tracking=True)
    # No default: it would beat the compute at creation, and contacts would stop following their company.
    kehu_tier = fields.Selection(
        TIERS,
        string="Confidentiality Tier",
        compute="_compute_kehu_tier",
        store=True,
        readonly=False,
        recursive=True,
        required=True,
        tracking=True,
        help="Who may read this customer: everyone up to Internal, then only staff with the clearance, "
        "the salesperson and the leader of the business unit.",
    )
    kehu_team_id = fields.Many2one("crm.team", string="Business Unit", index="btree_not_null", tracking=True)
    kehu_is_to_decide = fields.Boolean(
        string="Waits for My Decision",
        compute="_compute_kehu_is_to_decide",
        search="_search_kehu_is_to_decide",
        help="Users who decide on a document may read its customer until they have decided.",
    )

    _kehu_tier_idx = models.Index("(kehu_tier) WHERE kehu_tier > '1'")

    def _auto_init(self):
        # A column with a constant default is added to a million partners at once and is NOT NULL from the
        # start: no recomputation, and the record rule compares without "OR IS NULL".
        if not column_exists(self.env.cr, "res_partner", "kehu_tier"):
            self.env.cr.execute("ALTER TABLE res_partner ADD COLUMN kehu_tier varchar NOT NULL DEFAULT '0'")
        return super()._auto_init()

    # === COMPUTE ===

    @api.depends("commercial_partner_id.kehu_tier")
    def _compute_kehu_tier(self):
        for partner in self:
            partner.kehu_tier = partner.commercial_partner_id.kehu_tier or partner.kehu_tier or "0"

    @api.depends("commercial_partner_id")
    @api.depends_context("uid")
    def _compute_kehu_is_to_decide(self):
        waiting = self._kehu_waiting_ids()
        for partner in self:
            partner.kehu_is_to_decide = partner.commercial_partner_id.id in waiting

    @api.model
    def _search_kehu_is_to_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("commercial_partner_id", "in", list(self._kehu_waiting_ids()))

    @api.model
    def _kehu_waiting_ids(self):
        """Return the ids of the customers who are lent to the current user for a decision (hook)."""
        return set()

    # === CONSTRAINT ===

    @api.constrains("kehu_tier", "parent_id", "is_company")
    def _check_kehu_tier(self):
        customers = self.sudo()
        if any(partner.kehu_tier != partner.commercial_partner_id.kehu_tier for partner in customers):
            raise ValidationError(
                self.env._(
                    "Contacts and addresses have the confidentiality tier of their company. "
                    "Change the tier of the company instead."
                )
            )
        classified = customers.filtered(lambda partner: (partner.kehu_tier or "0") > "0").commercial_partner_id
        if classified and classified._kehu_has_internal_contact():
            raise ValidationError(
                self.env._(
                    "Your own companies, internal users and employees cannot be classified: set their tier to Normal."
                )
            )

    def _kehu_has_internal_contact(self):
        """Return whether one of these customers is a company of ours, or has a colleague among its contacts."""
        return bool(
            self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1)
            or self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search_count([("partner_id", "child_of", self.ids), ("share", "=", False)], limit=1)
        )

    # === ACCESS ===

    @api.model
    def _has_field_access(self, field, operation):
        return not is_kept_from_portal(self, field) and super()._has_field_access(field, operation)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any((partner.kehu_tier or "0") > INTERNAL for partner in partners.sudo()):
            self._kehu_tiers_written()
        # Looked at afterwards: a tier can come as a default of the context, too.
        self._kehu_check_classifiable(
            partner.kehu_tier for partner in partners.sudo() if partner == partner.commercial_partner_id
        )
        return partners

    def write(self, vals):
        before = {}
        if TIER_SOURCES & vals.keys() and not self._kehu_may_lower():
            before = {partner: partner.kehu_tier for partner in self.sudo()}
            if changed := {tier for tier in before.values() if tier != vals.get("kehu_tier", tier)}:
                self._kehu_check_classifiable([vals["kehu_tier"], *changed])
        self._kehu_check_write(vals)
        result = super().write(vals)
        if "kehu_tier" in vals:
            self._kehu_tiers_written()
        # A contact may move between companies that everybody reads.
        least = INTERNAL if "kehu_tier" not in vals else "0"
        if any((partner.kehu_tier or "0") < tier and tier > least for partner, tier in before.items()):
            self._kehu_refuse_lowering()
        self._kehu_written(vals)
        return result

    @api.model
    def _commercial_fields(self):
        # Who reads a company as the leader of its unit reads its contacts, too.
        return [*super()._commercial_fields(), "kehu_team_id"]

    def _kehu_check_write(self, vals):
        """Refuse what may not be written (hook)."""

    def _kehu_written(self, vals):
        """Called when ``vals`` are written (hook)."""

    def _kehu_check_classifiable(self, tiers):
        """Refuse to give or take away a tier above the caller's own clearance (X2).

        :param tiers: iterable of tiers, old and new; what is no tier is left to the field to refuse
        :raise AccessError: naming what is missing
        """
        if self.env.su:
            return
        if max((tier for tier in tiers if isinstance(tier, str)), default="0") > max(self.env.user.kehu_clearance, "1"):
            raise AccessError(self.env._("You cannot set a confidentiality tier above your own clearance."))

    @api.model
    def _kehu_may_lower(self):
        """Return whether the server itself is at work, or carries out what was agreed. Superuser mode is not enough
        (X1).
        """
        is_agreed = isinstance(self.env.context.get(LOWERING_PERMIT), LoweringPermit) and not is_peoples_code()
        return is_agreed or self.env["kehu.right.change"]._is_servers_own()

    @api.model
    def _kehu_refuse_lowering(self):
        raise AccessError(
            self.env._(
                "A confidentiality tier is lowered on request only, when a confidentiality officer has agreed: "
                "see Confidentiality › Lowering Requests."
            )
        )
