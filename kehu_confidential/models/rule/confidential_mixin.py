from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache


class ConfidentialMixin(models.AbstractModel):
    """A document about a customer that may be stricter than the customer, never laxer (X1).

    One line protects a model: ``_inherit = ["kehu.confidential.mixin"]``. Its effective tier is the stricter of its own
    and its customer's; the rule, the masks and the access log go by that.
    """

    _name = "kehu.confidential.mixin"
    _description = "Confidential Document"
    _inherit = ["kehu.derived.mixin"]

    _kehu_customer_field = "partner_id"  # a stored many2one to res.partner

    kehu_own_tier = fields.Selection(
        "_kehu_selection_tier",
        string="Own Tier",
        required=True,
        default="0",
        copy=False,
        tracking=True,
        help="For a document that is to be kept closer than its customer.",
    )
    kehu_tier = fields.Selection(
        "_kehu_selection_tier",
        string="Confidentiality Tier",
        compute="_compute_kehu_tier",
        store=True,
        precompute=True,
        tracking=True,
        help="The stricter of the document's own tier and its customer's.",
    )

    @api.model
    def _kehu_selection_tier(self):
        # A list would be translated with the addon of each model that inherits it.
        return self.env["res.partner"]._fields["kehu_tier"]._description_selection(self.env)

    @api.model
    def _valid_field_parameter(self, field, name):
        # A model without chatter has these fields, too.
        return name == "tracking" or super()._valid_field_parameter(field, name)

    # === COMPUTE ===

    @api.depends(lambda self: ("kehu_own_tier", f"{self._kehu_customer_field}.kehu_tier") if not self._abstract else ())
    def _compute_kehu_tier(self):
        for document in self:
            tiers = (document.kehu_own_tier, document[self._kehu_customer_field].kehu_tier)
            # What is no tier is left to the field to refuse.
            document.kehu_tier = max((tier for tier in tiers if isinstance(tier, str)), default="0")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        # Looked at afterwards: a tier can come as a default of the context, too.
        self.env["res.partner"]._kehu_check_classifiable(documents.sudo().mapped("kehu_own_tier"))
        return documents

    def write(self, vals):
        if "kehu_own_tier" in vals and not self.env["res.partner"]._kehu_may_lower():
            before = self.sudo().mapped("kehu_own_tier")
            self.env["res.partner"]._kehu_check_classifiable([vals["kehu_own_tier"], *before])
            if str(vals["kehu_own_tier"] or "0") < max(before, default="0"):
                self.env["res.partner"]._kehu_refuse_lowering()
        raised = self.sudo().filtered(lambda document: document.kehu_own_tier < str(vals.get("kehu_own_tier") or "0"))
        before = (
            {}
            if self._kehu_customer_sources().isdisjoint(vals)
            else {document: document.kehu_tier for document in self.sudo()}
        )
        result = super().write(vals)
        self.env["kehu.tier.lowering"]._return_for_raised(raised)
        for tier, documents in self.sudo().grouped(before.get).items() if before else ():
            # What was written about a customer stays as close as that one, whoever is named now.
            documents.filtered(lambda document, tier=tier: document.kehu_tier < tier).write({"kehu_own_tier": tier})
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        name = self._kehu_customer_field
        for document, vals in zip(self, vals_list):
            if vals is not None:
                # A copy says the same, and of another customer's what was as close as this one.
                tier = document.kehu_own_tier if vals.get(name) == document[name].id else document.kehu_tier
                vals["kehu_own_tier"] = max(str(vals.get("kehu_own_tier") or "0"), tier or "0")
        return vals_list

    # === BUSINESS ===

    @api.model
    @ormcache("self._name")
    def _kehu_customer_sources(self):
        """Return the names of the fields from which it follows which customer the document is about."""
        customer = self._fields[self._kehu_customer_field]
        return frozenset(
            name
            for name, field in self._fields.items()
            if field == customer or customer in self.pool.get_dependent_fields(field)
        )

    # === RULE ===

    @api.model
    def _kehu_is_about_customers(self):
        return not self._abstract

    @api.model
    def _kehu_customer_fields(self):
        # The effective tier says it all.
        return ()

    @api.model
    def _kehu_parent_fields(self):
        return ()

    @api.model
    def _kehu_domain(self, mode="read"):
        if self.env.uid == SUPERUSER_ID or self._abstract:
            return Domain.TRUE
        return Domain("kehu_tier", "<=", self.env.user.kehu_clearance) | self._kehu_unless_closed(
            self._kehu_readers_domain(mode)
        )

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        """Return the domain of the documents that the current user reaches without clearance (hook).

        A document without customer, or with a laxer one, opens to whoever has a relation to the customer, not to those
        who merely have clearance for the customer.
        """
        related = self.env["res.partner"]._kehu_relations_domain(mode)
        return Domain(self._kehu_customer_field, "any!", related)
