from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """The customer's archive, its custodian, and what both ask of the contact record."""

    _inherit = "res.partner"
    _kehu_right_fields = ("user_id", "kehu_custodian_id", "kehu_team_id")

    kehu_tier = fields.Selection(
        help="Who may read this customer: everyone up to Internal, then only staff with the clearance, "
        "the salesperson, the custodian and the leader of the business unit.",
    )
    kehu_custodian_id = fields.Many2one(
        "res.users",
        string="Custodian",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        help="Keeps the customer's archive complete and answers for it.",
    )
    kehu_role = fields.Selection(
        [
            ("decider", "Decision maker"),
            ("influencer", "Influencer"),
            ("buyer", "Purchasing"),
            ("finance", "Finance"),
            ("technical", "Technical"),
            ("user", "User of the product"),
        ],
        string="Role in Decisions",
        help="The part that this person plays when the customer decides.",
    )
    kehu_archive_ids = fields.One2many("kehu.archive", "partner_id", string="Archives")
    kehu_archive_id = fields.Many2one(
        "kehu.archive",
        string="Archive",
        compute="_compute_kehu_archive_id",
        help="The archive of the customer to which this contact belongs.",
    )
    kehu_archive_state = fields.Selection(
        lambda self: self.env["kehu.archive"]._fields["state"]._description_selection(self.env),
        string="Status of the Archive",
        compute="_compute_kehu_archive_id",
    )
    # The archive delegates to its customer, and has them from here.
    kehu_journal_ids = fields.One2many("kehu.archive.journal", "partner_id", string="Dealings")

    # === COMPUTE ===

    @api.depends("commercial_partner_id.kehu_archive_ids.state")
    def _compute_kehu_archive_id(self):
        archives = (
            self.env["kehu.archive"]
            .with_context(active_test=False)
            .search([("partner_id", "in", self.commercial_partner_id.ids)])
        )
        archive_by_partner = {archive.partner_id.id: archive for archive in archives}
        for partner in self:
            archive = archive_by_partner.get(partner.commercial_partner_id._origin.id)
            partner.kehu_archive_id = archive
            partner.kehu_archive_state = archive and archive.state

    @api.depends("commercial_partner_id.kehu_archive_ids.kehu_is_lent")
    def _compute_kehu_is_to_decide(self):
        return super()._compute_kehu_is_to_decide()

    @api.model
    def _kehu_waiting_ids(self):
        """Return those, too, whose archives are lent to the current user for a decision."""
        # Few, so looked up first: as a sub-query they would slow every search of contacts. Superuser, because
        # the rule of tiers uses this and would have to ask itself.
        waiting = self.env["kehu.approval"]._kehu_lent_documents("kehu.archive")
        if not waiting:
            return super()._kehu_waiting_ids()
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)._search([("id", "in", waiting)])
        lent = {partner_id for (partner_id,) in self.env.execute_query(archives.select("partner_id"))}
        return super()._kehu_waiting_ids() | lent

    # === CONSTRAINT ===

    @api.constrains("name", "vat", "website", "country_id", "is_company", "parent_id")
    def _check_kehu_archive_card(self):
        self.env["kehu.archive"].sudo().with_context(active_test=False).search(
            [("partner_id", "in", self.ids)]
        )._check_card()

    # === BUSINESS ===

    @api.model
    def _commercial_fields(self):
        # Who reads a company as its custodian reads its contacts, too.
        return [*super()._commercial_fields(), "kehu_custodian_id"]

    def _kehu_check_write(self, vals):
        """Refuse what the archive of the contact does not allow (A1).

        :raise UserError: a contact is put away whose archive is not closed, or leaves the company that filed it
        """
        result = super()._kehu_check_write(vals)
        if not vals.get("active", True):
            # In sudo: who archives the contact may be unable to read the archive.
            self.sudo().with_context(active_test=False).kehu_archive_ids._check_closed()
        if "company_id" in vals and not self.env.su:
            moving = (
                self.sudo()
                .with_context(active_test=False)
                .filtered(lambda partner: partner.company_id.id != vals["company_id"])
            )
            if archives := moving.commercial_partner_id.kehu_archive_ids:
                # They would be gone for everybody in the company that filed them.
                self.check_access("write")
                archives._refuse_final()
        return result

    def _kehu_written(self, vals):
        """The archive's approvers agreed to what the contact record says."""
        result = super()._kehu_written(vals)
        archives = self.env["kehu.archive"].sudo()
        if archives._approval_influences().keys() & vals.keys():
            archives.with_context(active_test=False).search([("partner_id", "in", self.ids)])._approval_written(vals)
        return result

    def _kehu_tell_waiting(self, change):
        # What the archives have cached is what was asked for.
        self.env["kehu.archive"].invalidate_model([change.name], flush=False)
        return super()._kehu_tell_waiting(change)

    def _kehu_tell_tier(self, note):
        """Log the change in the archives of the customers, too: the button is there (X1)."""
        archives = self.env["kehu.archive"].with_context(active_test=False).search([("partner_id", "in", self.ids)])
        archives._message_log_batch(dict.fromkeys(archives.ids, note))
        return super()._kehu_tell_tier(note)

    @api.model
    def _kehu_find_numbered(self, number):
        """By the number of the archive, or of a former one."""
        number = number.strip().upper()
        archives = self.env["kehu.archive"].search(["|", ("number", "=", number), ("former_ids.number", "=", number)])
        return archives.partner_id or super()._kehu_find_numbered(number)

    @api.model
    def _kehu_kept_domain(self):
        """Customers with an archive that was filed, too (A14)."""
        return super()._kehu_kept_domain() | Domain("kehu_archive_ids", "any", [("date_filed", "!=", False)])

    def _kehu_read_alike(self):
        """An archive is read by those who read its customer."""
        archives = self.env["kehu.archive"].with_context(active_test=False)
        return [*super()._kehu_read_alike(), archives.search([("partner_id", "in", self.ids)])]

    def _kehu_service_priority(self):
        """Tell who is served first (hook: whoever grades customers overrides it).

        :return: dict partner id -> int for all of ``self``; the higher, the earlier. 0 for everybody here.
        """
        return dict.fromkeys(self.ids, 0)

    def _kehu_keeps_messages(self):
        """The chatter of a customer with an archive, and of the customer's contacts, belongs to the archive (A9)."""
        partners = self.sudo().with_context(prefetch_fields=False)
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)
        filed = set(archives.search([("partner_id", "in", partners.commercial_partner_id.ids)]).partner_id.ids)
        return super()._kehu_keeps_messages() | self.browse(
            partner.id for partner in partners if partner.commercial_partner_id.id in filed
        )

    def _kehu_keeps_files(self):
        """The files of a customer are papers of the archive, too (A14)."""
        customers = self.sudo().commercial_partner_id
        archives = (
            self.env["kehu.archive"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", customers.ids)])
        )
        filed = archives._kehu_keeps_files().partner_id
        return super()._kehu_keeps_files() | self.filtered(
            lambda partner: partner.sudo().commercial_partner_id in filed
        )

    # === ACTIONS ===

    def action_kehu_open_archive(self):
        """Open the archive of the contact's customer; file one if there is none (A1)."""
        self.ensure_one()
        archive = self.kehu_archive_id or self.env["kehu.archive"].create({"partner_id": self.commercial_partner_id.id})
        return archive._get_records_action()

    def action_kehu_file_archives(self):
        """File a preliminary archive for each selected customer that has none (A1)."""
        customers = self.commercial_partner_id
        known = self.env["kehu.archive"].with_context(active_test=False).search([("partner_id", "in", customers.ids)])
        filed = self.env["kehu.archive"].create(
            [{"partner_id": partner.id} for partner in customers - known.partner_id]
        )
        return (known | filed)._get_records_action(name=self.env._("Customer Archives"))
