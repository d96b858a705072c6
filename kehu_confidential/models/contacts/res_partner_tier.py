from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.kehu_workflow.caches import clear_caches

from ..rule.tier import CONFIDENTIAL, INTERNAL, TIERS, masking_tier

# What the context may ask a contact's label to say besides the name.
_MORE_THAN_THE_NAME = dict.fromkeys(
    ("show_address", "show_email", "show_vat", "partner_show_db_id", "formatted_display_name")
)

_TIER_WRITTEN = "kehu_confidential.tier_written"

# In the context, while it is asked what users would reach who are about to come back. No client can send this object.
RETURNING = object()


class ResPartner(models.Model):
    """Who may read a classified customer (X2), and what everybody else sees instead (X3)."""

    _inherit = "res.partner"

    # === RULE ===

    @api.model
    def _kehu_is_about_customers(self):
        return True

    @api.model
    def _kehu_domain(self, mode="read"):
        if self.env.uid == SUPERUSER_ID or mode == "create":
            return Domain.TRUE
        clearance = self.env.user.kehu_clearance or "0"  # while it is computed, nobody has one
        if self._kehu_highest_tier_in_use() <= clearance:
            return Domain.TRUE
        # One condition, because Odoo sorts the branches of “or” by name: nearly always the tier decides, so it is asked
        # first.
        covered = Domain("kehu_tier", "in", [tier for tier, _label in TIERS if tier <= clearance])
        # Made ready here, or each contact that the tier hides would have it done again.
        related = self._kehu_unless_closed(self._kehu_relations_domain(mode)).optimize(self)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s OR %s)",
                *(domain.optimize_full(model)._to_sql(model, alias, query) for domain in (covered, related)),
            ),
            predicate=lambda partner: (partner.kehu_tier or "0") <= clearance or bool(partner.filtered_domain(related)),
        )

    @api.model
    def _kehu_has_relations(self):
        """Return whether the current user counts for the customers: who has left has none any more."""
        return self.env.user.active or self.env.context.get("kehu_returning") is RETURNING

    @api.model
    def _kehu_clearance(self):
        """Return the tier up to which the current user reads; who is about to come back reads like a colleague then."""
        user = self.env.user
        return INTERNAL if self._kehu_has_relations() and not user.active else user.kehu_clearance or "0"

    @api.model
    def _kehu_relations_domain(self, mode="read"):
        """Return the domain of the customers whom the current user reaches without clearance (X2)."""
        user = self.env.user
        domain = Domain.FALSE
        if user.share:
            domain |= Domain("commercial_partner_id", "=", user.commercial_partner_id.id)
        if not self._kehu_has_relations():
            return domain
        for name in self._kehu_right_fields:
            domain |= (
                Domain(name, "=", user.id)
                if self._fields[name].comodel_name == "res.users"
                else Domain(name, "in", user._kehu_get_led_team_ids())
            )
        if mode == "read":
            # Reading is lent for the decision. Whoever could write could make it a right of their own.
            domain |= Domain("kehu_is_to_decide", "=", True)
        return domain

    @api.model
    def _kehu_hidden_domain(self, tier):
        """Return the domain of the customers from ``tier`` on whom the current user may not read."""
        if self.env.uid == SUPERUSER_ID:
            return Domain.FALSE
        clearance, highest = self.env.user.kehu_clearance or "0", self._kehu_highest_tier_in_use()
        if highest < tier or highest <= clearance:
            return Domain.FALSE
        above = Domain("kehu_tier", ">=", tier) if tier > clearance else Domain("kehu_tier", ">", clearance)
        return above & ~self._kehu_unless_closed(self._kehu_relations_domain())

    @api.model
    def _kehu_hidden_ones_domain(self):
        # Those that can be hidden are few, and indexed.
        return self._kehu_hidden_domain(CONFIDENTIAL)

    # === TIERS IN USE: a company that classifies nobody pays nothing ===

    @api.model
    def _kehu_highest_tier_in_use(self):
        """Return a tier that no customer exceeds."""
        if _TIER_WRITTEN in self.env.cr.postcommit.data:
            return self._kehu_read_highest_tier()
        return self._kehu_cached_highest_tier()

    @api.model
    @ormcache()
    def _kehu_cached_highest_tier(self):
        # Only what is committed comes here: what this transaction has changed may be rolled back.
        return self._kehu_read_highest_tier()

    @api.model
    def _kehu_read_highest_tier(self):
        self.env["res.partner"].flush_model(["kehu_tier"])
        rows = self.env.execute_query(
            SQL("SELECT kehu_tier FROM res_partner WHERE kehu_tier > %s ORDER BY kehu_tier DESC LIMIT 1", INTERNAL)
        )
        return rows[0][0] if rows else INTERNAL

    @api.model
    def _kehu_tiers_written(self):
        """Forget the highest tier."""
        self.env.cr.postcommit.data[_TIER_WRITTEN] = True
        clear_caches(self.env)

    def _kehu_hidden(self):
        # The relations are looked up for those only whom the clearance does not cover. While a contact is made, an
        # automation can come here before its tier is computed: it has none yet.
        clearance = self.env.user.kehu_clearance or "0"
        if self.env.uid == SUPERUSER_ID or self._kehu_highest_tier_in_use() <= clearance:
            return self.browse()
        partners = self._origin.sudo().with_context(prefetch_fields=False)
        try:
            above = {partner.id for partner in partners if (partner.kehu_tier or "0") > clearance}
        except MissingError:
            above = {partner.id for partner in partners.exists() if (partner.kehu_tier or "0") > clearance}
        return super(ResPartner, self.filtered(lambda partner: partner._origin.id in above))._kehu_hidden()

    # === LABELS ===

    def _kehu_masked(self):
        tier = masking_tier(self.env)
        return self._kehu_hidden().filtered(lambda partner: (partner.sudo().kehu_tier or "0") >= tier)

    @api.model
    def _kehu_labelled_domain(self):
        return ~self._kehu_hidden_domain(masking_tier(self.env))

    def _kehu_masked_label(self):
        self.ensure_one()
        return self.env._("Confidential customer #%s", self._origin.id)

    def _compute_display_name(self):
        hidden = self.browse()
        if any(self.env.context.get(key) for key in _MORE_THAN_THE_NAME):
            hidden = self._kehu_hidden()
            named = hidden.sudo().with_context(**_MORE_THAN_THE_NAME)
            super(ResPartner, named)._compute_display_name()
            for partner, plain in zip(hidden, named):
                partner.display_name = plain.display_name
        return super(ResPartner, self - hidden)._compute_display_name()

    @api.depends_context("uid")
    def _compute_same_vat_partner_id(self):
        result = super()._compute_same_vat_partner_id()
        for partner in self:
            for name in ("same_vat_partner_id", "same_company_registry_partner_id"):
                if partner[name]._kehu_hidden():
                    partner[name] = False
        return result

    # === CORE'S HELPERS ===

    @api.private
    def signup_get_auth_param(self):
        # Core hands out a token for the customer's portal account, as superuser and for any id.
        self.check_access("write")
        return super().signup_get_auth_param()
