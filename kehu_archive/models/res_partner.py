from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools.sql import column_exists

from .tier import INTERNAL, LOWERING_PERMIT, TIERS, LoweringPermit

# What the tier of a contact follows from.
_TIER_SOURCES = {"kehu_tier", "parent_id", "is_company", "commercial_partner_id"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    active = fields.Boolean(tracking=True)
    # No default: it would beat the compute at creation, and contacts would stop following their company.
    kehu_tier = fields.Selection(
        TIERS, string="Confidentiality Tier", compute="_compute_kehu_tier", store=True, readonly=False,
        recursive=True, required=True, tracking=True,
        help="Who may read this customer: everyone up to Internal, then only staff with the clearance, "
             "the salesperson, the custodian and the leader of the business unit.")
    kehu_custodian_id = fields.Many2one(
        "res.users", string="Custodian", domain=[("share", "=", False)], index="btree_not_null", tracking=True,
        help="Keeps the customer's archive complete and answers for it.")
    kehu_team_id = fields.Many2one(
        "crm.team", string="Business Unit", index="btree_not_null", tracking=True)
    kehu_role = fields.Selection(
        [
            ("decider", "Decision maker"),
            ("influencer", "Influencer"),
            ("buyer", "Purchasing"),
            ("finance", "Finance"),
            ("technical", "Technical"),
            ("user", "User of the product"),
        ],
        string="Role in Decisions", help="The part that this person plays when the customer decides.")
    kehu_archive_ids = fields.One2many("kehu.archive", "partner_id", string="Archives")
    kehu_archive_id = fields.Many2one(
        "kehu.archive", string="Archive", compute="_compute_kehu_archive_id",
        help="The archive of the customer to which this contact belongs.")
    kehu_archive_state = fields.Selection(
        lambda self: self.env["kehu.archive"]._fields["state"]._description_selection(self.env),
        string="Status of the Archive", compute="_compute_kehu_archive_id")

    kehu_is_to_decide = fields.Boolean(
        string="Waits for My Decision", compute="_compute_kehu_is_to_decide", search="_search_kehu_is_to_decide",
        help="Users who decide on an archive may read its customer until they have decided.")

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

    @api.depends("commercial_partner_id.kehu_archive_ids.state")
    def _compute_kehu_archive_id(self):
        archives = self.env["kehu.archive"].with_context(active_test=False).search(
            [("partner_id", "in", self.commercial_partner_id.ids)])
        archive_by_partner = {archive.partner_id.id: archive for archive in archives}
        for partner in self:
            archive = archive_by_partner.get(partner.commercial_partner_id._origin.id)
            partner.kehu_archive_id = archive
            partner.kehu_archive_state = archive and archive.state

    @api.depends("commercial_partner_id.kehu_archive_ids.kehu_is_lent")
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
        """Return the ids of the customers whose archives are lent to the current user for a decision."""
        # Few, so looked up first: as a sub-query they would slow every search of contacts. Superuser, because
        # the rule of tiers uses this and would have to ask itself.
        waiting = self.env["kehu.approval"]._kehu_lent_documents("kehu.archive")
        if not waiting:
            return set()
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)._search([("id", "in", waiting)])
        return {partner_id for partner_id, in self.env.execute_query(archives.select("partner_id"))}

    # === CONSTRAINT ===

    @api.constrains("kehu_tier", "parent_id", "is_company")
    def _check_kehu_tier(self):
        customers = self.sudo()
        if any(partner.kehu_tier != partner.commercial_partner_id.kehu_tier for partner in customers):
            raise ValidationError(self.env._(
                "Contacts and addresses have the confidentiality tier of their company. "
                "Change the tier of the company instead."))
        classified = customers.filtered(lambda partner: (partner.kehu_tier or "0") > "0").commercial_partner_id
        if classified and classified._kehu_are_ours():
            raise ValidationError(self.env._(
                "Your own companies, internal users and employees cannot be classified: set their tier to Normal."))

    def _kehu_are_ours(self):
        """Return whether one of these customers is a company of ours, or has a colleague among its contacts."""
        return bool(
            self.env["res.company"].sudo().search_count([("partner_id", "in", self.ids)], limit=1)
            or self.env["res.users"].sudo().with_context(active_test=False).search_count(
                [("partner_id", "child_of", self.ids), ("share", "=", False)], limit=1))

    @api.constrains("name", "vat", "website", "country_id", "is_company", "parent_id")
    def _check_kehu_archive_card(self):
        self.env["kehu.archive"].sudo().with_context(active_test=False).search(
            [("partner_id", "in", self.ids)])._check_card()

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any((partner.kehu_tier or "0") > INTERNAL for partner in partners.sudo()):
            self._kehu_tiers_written()
        # Looked at afterwards: a tier can come as a default of the context, too.
        self._kehu_check_classifiable(
            partner.kehu_tier for partner in partners.sudo() if partner == partner.commercial_partner_id)
        return partners

    def write(self, vals):
        before = {}
        if _TIER_SOURCES & vals.keys() and not self._kehu_may_lower():
            before = {partner: partner.kehu_tier for partner in self.sudo()}
            if changed := {tier for tier in before.values() if tier != vals.get("kehu_tier", tier)}:
                self._kehu_check_classifiable([vals["kehu_tier"], *changed])
        if not vals.get("active", True):
            # In sudo: who archives the contact may be unable to read the archive.
            self.sudo().with_context(active_test=False).kehu_archive_ids._check_closed()
        if "company_id" in vals and not self.env.su:
            moving = self.sudo().with_context(active_test=False).filtered(lambda partner: partner.company_id.id != vals["company_id"])
            if archives := moving.commercial_partner_id.kehu_archive_ids:
                # They would be gone for everybody in the company that filed them.
                self.check_access("write")
                archives._refuse_final()
        result = super().write(vals)
        if "kehu_tier" in vals:
            self._kehu_tiers_written()
        # A contact may move between companies that everybody reads.
        least = INTERNAL if "kehu_tier" not in vals else "0"
        if any((partner.kehu_tier or "0") < tier and tier > least for partner, tier in before.items()):
            self._kehu_refuse_lowering()
        # The archive's approvers agreed to what the contact record says.
        archives = self.env["kehu.archive"].sudo()
        if archives._approval_influences().keys() & vals.keys():
            archives.with_context(active_test=False).search([("partner_id", "in", self.ids)])._approval_written(vals)
        return result

    @api.model
    def _commercial_fields(self):
        # Who reads a company as its custodian or leader reads its contacts, too.
        return [*super()._commercial_fields(), "kehu_custodian_id", "kehu_team_id"]

    def _kehu_check_classifiable(self, tiers):
        """Refuse to give or take away a tier above the caller's own clearance (X2).

        :param tiers: iterable of tiers, old and new; what is no tier is left to the field to refuse
        :raise AccessError: naming what is missing
        """
        if self.env.su:
            return
        if max((tier for tier in tiers if isinstance(tier, str)), default="0") > max(self.env.user.kehu_clearance, "1"):
            raise AccessError(self.env._(
                "You cannot set a confidentiality tier above your own clearance."))

    @api.model
    def _kehu_may_lower(self):
        """Return whether the server itself is at work, or carries out what was agreed. Superuser mode is not enough (X1)."""
        permit = self.env.context.get(LOWERING_PERMIT)
        return isinstance(permit, LoweringPermit) or self.env["kehu.right.change"]._is_servers_own()

    @api.model
    def _kehu_refuse_lowering(self):
        raise AccessError(self.env._(
            "A confidentiality tier is lowered on request only, when a confidentiality officer has agreed: "
            "see Confidentiality › Lowering Requests."))

    def _kehu_keeps_messages(self):
        """The chatter of a customer with an archive, and of the customer's contacts, belongs to the archive (A9)."""
        partners = self.sudo().with_context(prefetch_fields=False)
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)
        filed = set(archives.search([("partner_id", "in", partners.commercial_partner_id.ids)]).partner_id.ids)
        return super()._kehu_keeps_messages() | self.browse(
            partner.id for partner in partners if partner.commercial_partner_id.id in filed)

    def _kehu_keeps_files(self):
        """The files of a customer are papers of the archive, too (A14)."""
        customers = self.sudo().commercial_partner_id
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False).search([("partner_id", "in", customers.ids)])
        filed = archives._kehu_keeps_files().partner_id
        return super()._kehu_keeps_files() | self.filtered(lambda partner: partner.sudo().commercial_partner_id in filed)

    # === ACTIONS ===

    def action_kehu_open_archive(self):
        """Open the archive of the contact's customer; file one if there is none (A1)."""
        self.ensure_one()
        archive = self.kehu_archive_id or self.env["kehu.archive"].create(
            {"partner_id": self.commercial_partner_id.id})
        return archive._get_records_action()

    def action_kehu_file_archives(self):
        """File a preliminary archive for each selected customer that has none (A1)."""
        customers = self.commercial_partner_id
        known = self.env["kehu.archive"].with_context(active_test=False).search(
            [("partner_id", "in", customers.ids)])
        filed = self.env["kehu.archive"].create(
            [{"partner_id": partner.id} for partner in customers - known.partner_id])
        return (known | filed)._get_records_action(name=self.env._("Customer Archives"))
