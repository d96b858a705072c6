from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import ARCHIVE_CLERK, ARCHIVE_MANAGER

_lt = LazyTranslate(__name__)

USERS = (ARCHIVE_CLERK,)
MANAGERS = (ARCHIVE_MANAGER,)
ENDED = ("closed", "destroyed")


class BatchRefused(Exception):
    """Rows of an import must be looked at one by one."""


class Archive(models.Model):
    """The dossier of one customer: the contact record plus what the rule book wants to know (A1, A2)."""

    _name = "kehu.archive"
    _description = "Customer Archive"
    _inherits = {"res.partner": "partner_id"}
    _inherit = ["kehu.numbered.mixin", "kehu.approval.mixin", "kehu.deadline.mixin"]
    _evidence_refusal = _lt(
        "This was submitted, filed or closed once, or has a journal or papers: its file is kept. Close it instead:"
    )
    _number_prefix = "KH-"
    _number_without_gaps = True
    _order = "number desc, id desc"
    _check_company_auto = True

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("preliminary",),
            target="pending",
            groups=USERS,
            required=("vat", "legal_representative", "kehu_custodian_id", "kehu_team_id"),
            approval="filing",
            batch=True,
        ),
        Move("file", _lt("File"), source=("pending",), target="formal", granted="filing", after="_after_file"),
        Move("return", _lt("Return"), source=("pending",), target="preliminary", returned="filing"),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=("pending",),
            target="preliminary",
            roles=("approval_requester",),
            reason=True,
        ),
        Move("revise", _lt("Revise"), source=("formal", "dormant"), target="preliminary", groups=USERS, reason=True),
        Move("rest", _lt("Set dormant"), source=("formal",), target="dormant", groups=USERS, reason=True),
        Move("wake", _lt("Reactivate"), source=("dormant",), target="formal", groups=USERS, reason=True),
        Move(
            "close",
            _lt("Close"),
            source=("preliminary", "formal", "dormant"),
            target="closed",
            groups=MANAGERS,
            reason=True,
        ),
        Move(
            "reopen",
            _lt("Reopen"),
            source=("closed",),
            target="preliminary",
            groups=MANAGERS,
            reason=True,
            after="_after_reopen",
        ),
    )
    _kehu_lends_reading = True
    # Who the customer is, is what the approvers agree to; the rest of the card is kept up to date freely.
    _approval_kinds = (ApprovalKind("filing", _lt("Formal filing"), watched=("name", "vat")),)
    _workflow_statusbar = ("preliminary", "pending", "formal")

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        index=True,
        help="The contact record that the archive is about.",
    )
    company_id = fields.Many2one(
        "res.company", string="Filed by", required=True, index=True, default=lambda self: self.env.company
    )
    number = fields.Char(string="Archive Number", index="trigram")
    type_id = fields.Many2one(
        "kehu.archive.type",
        string="Archive Type",
        required=True,
        tracking=True,
        default=lambda self: self.env["kehu.archive.type"].search([], limit=1),
    )
    party = fields.Selection(related="type_id.party", store=True)
    state = fields.Selection(
        [
            ("preliminary", "Preliminary"),
            ("pending", "Under approval"),
            ("formal", "Formal"),
            ("dormant", "Dormant"),
            ("closed", "Closed"),
            ("destroyed", "Destroyed"),
        ],
        string="Archive Status",
        default="preliminary",
        tracking=True,
        group_expand=True,
    )
    date_first_contact = fields.Date(
        string="First Contact",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The day from which the filing deadline counts.",
    )
    is_existing = fields.Boolean(
        string="Existing Customer",
        tracking=True,
        help="Was a customer before archives were kept here: no filing deadline counts. A manager of archives says so.",
    )
    date_filed = fields.Date(
        string="Filed On",
        readonly=True,
        copy=False,
        help="The day on which the archive became formal for the first time.",
    )

    # Stored: whatever asks the table of a model for its active records (the privacy lookup does) finds the column.
    active = fields.Boolean(related="partner_id.active", inherited=True, readonly=False, store=True)
    name = fields.Char(
        related="partner_id.name", string="Customer Name", inherited=True, related_sudo=False, readonly=False
    )
    vat = fields.Char(
        related="partner_id.vat",
        string="Unified Social Credit Code",
        inherited=True,
        related_sudo=False,
        readonly=False,
    )
    state_id = fields.Many2one(
        related="partner_id.state_id", string="Province", inherited=True, related_sudo=False, readonly=False
    )
    website = fields.Char(
        related="partner_id.website", string="Web Site", inherited=True, related_sudo=False, readonly=False
    )
    is_company = fields.Boolean(
        related="partner_id.is_company", inherited=True, related_sudo=False, readonly=False, default=True
    )
    kehu_tier = fields.Selection(
        related="partner_id.kehu_tier", inherited=True, related_sudo=False, readonly=False, default="0"
    )
    kehu_custodian_id = fields.Many2one(
        related="partner_id.kehu_custodian_id",
        inherited=True,
        related_sudo=False,
        readonly=False,
        default=lambda self: self.env.user,
    )
    kehu_team_id = fields.Many2one(
        related="partner_id.kehu_team_id",
        inherited=True,
        related_sudo=False,
        readonly=False,
        default=lambda self: self._default_team(),
    )

    # The customer card (A2)
    legal_representative = fields.Char(tracking=True)
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Capital",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    registered_capital = fields.Monetary(tracking=True)
    business_scope = fields.Text()
    enterprise_nature = fields.Selection(
        [
            ("state", "State-owned"),
            ("collective", "Collectively owned"),
            ("private", "Private"),
            ("listed", "Listed company"),
            ("joint", "Joint venture"),
            ("foreign", "Foreign-owned"),
            ("individual", "Individual business"),
            ("public", "Public institution"),
            ("other", "Other"),
        ],
        string="Nature of Enterprise",
    )
    supervising_body = fields.Char()
    date_founded = fields.Date(string="Founding Date")
    fax = fields.Char()
    credit_description = fields.Text()
    preferences = fields.Text()
    channel_id = fields.Many2one("kehu.acquisition.channel", string="Acquisition Channel")

    _capital_positive = models.Constraint(
        "CHECK (registered_capital >= 0)", "A registered capital is not less than zero."
    )
    _partner_uniq = models.UniqueIndex("(partner_id)", "This customer already has an archive.")
    _number_uniq = models.UniqueIndex("(company_id, number)", "Another archive of the company has this number.")

    # === COMPUTE ===

    def _default_team(self):
        """Return the business unit that the user leads or belongs to, if any."""
        uid = self.env.uid
        return self.env["crm.team"].search(
            [
                ("company_id", "in", (False, self.env.company.id)),
                "|",
                ("user_id", "=", uid),
                ("crm_team_member_ids.user_id", "=", uid),
            ],
            limit=1,
        )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for archive in self:
            archive.currency_id = archive.currency_id or archive.company_id.currency_id

    @api.depends("number", "name")
    def _compute_display_name(self):
        for archive in self:
            archive.display_name = f"[{archive.number}] {archive.name}" if archive.number else archive.name

    # === CONSTRAINT ===

    @api.constrains("date_first_contact")
    def _check_first_contact(self):
        for archive in self.filtered("date_first_contact"):
            # The day has begun already for users who are east of the company.
            if archive.date_first_contact > max(
                archive.company_id.sudo()._kehu_today(), fields.Date.context_today(archive)
            ):
                raise ValidationError(self.env._("The first contact cannot be in the future."))

    @api.constrains("date_founded")
    def _check_date_founded(self):
        if any(
            archive.date_founded and archive.date_founded > archive.company_id.sudo()._kehu_today() for archive in self
        ):
            raise ValidationError(self.env._("The founding date cannot be in the future."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self, vals_list = self._kehu_without(self._get_final_fields(), vals_list)
        vals_list = [self._normalize_card(vals) for vals in vals_list]
        self._check_own_customers(vals_list)
        self._check_names(vals_list)
        # Once for all: core would look the defaults up for each record, and give none to a contact record.
        defaults = self.default_get(["type_id", "kehu_custodian_id", "kehu_team_id", "date_first_contact"])
        vals_list = [self._add_defaults(vals, defaults) for vals in vals_list]
        self._check_duplicates(vals_list)
        archives = super().create(vals_list)
        if any(archive.is_existing for archive in archives):
            self._check_existing()
        archives._complete_customers(vals_list, defaults)
        return archives

    @api.model
    def _prepare_create_values(self, vals_list):
        prepared = super()._prepare_create_values(vals_list)
        for given, vals in zip(vals_list, prepared):
            if given.get("partner_id") and "properties" not in given:
                # Core would write these defaults to each contact record that exists, one by one.
                vals.pop("properties", None)
        return prepared

    def write(self, vals):
        if "partner_id" in vals and any(archive.partner_id.id != vals["partner_id"] for archive in self):
            raise UserError(self.env._("An archive cannot be moved to another customer: file a new one."))
        if (self._get_final_fields() | {"company_id"}) & set(vals) and not self.env.su:
            self._refuse_final()
        self._check_first_contact_later(vals)
        if vals.get("is_existing") and any(not archive.is_existing for archive in self):
            self._check_existing()
        vals = self._normalize_card(vals)
        inherited = {
            name: value for name, value in vals.items() if name in self._fields and self._fields[name].inherited
        }
        if inherited and len(self) > 1:
            # Once for all: core would write the contact records one by one.
            self.check_access("write")
            self.partner_id.write(inherited)
            self._deadline_written(inherited)
            vals = {name: value for name, value in vals.items() if name not in inherited}
        return super().write(vals)

    def _check_existing(self):
        """Refuse that anybody but a manager of archives takes the filing clock away (A4)."""
        if not (self.env.su or self.env.user.has_group(ARCHIVE_MANAGER)):
            raise AccessError(
                self.env._("For existing customers no filing deadline counts: only a manager of archives says so.")
            )

    def _check_first_contact_later(self, vals):
        """Refuse to gain time by a later first contact (A4).

        :raise AccessError: the filing clock would be set to a later day by somebody who is no manager
        """
        if (
            "date_first_contact" not in vals
            or self.env["kehu.right.change"]._is_servers_own()
            or self.env.user.has_group(ARCHIVE_MANAGER)
        ):
            return
        date = fields.Date.to_date(vals["date_first_contact"])
        if any(archive.date_first_contact and not (date and date <= archive.date_first_contact) for archive in self):
            raise AccessError(
                self.env._(
                    "The filing deadline counts from the first contact: only a manager of archives sets a later day."
                )
            )

    def copy_data(self, default=None):
        raise UserError(self.env._("An archive cannot be duplicated: there is one for each customer."))

    @api.model
    def _load_records(self, data_list, update=False):
        # Core would report what is wrong in a batch against its first row, before it looks row by row.
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            if len(data_list) == 1:
                raise
            raise BatchRefused from error

    # === ACTIONS ===

    def action_kehu_raise_tier(self):
        """Open the dialog that raises the tier of the customers."""
        return self.partner_id.action_kehu_raise_tier()

    # === BUSINESS ===

    def _refuse_final(self):
        raise AccessError(
            self.env._("The number of an archive, its filing date and the company that filed it are final.")
        )

    @api.model
    def _get_final_fields(self):
        """Return the names of the stored fields that only the server fills: clients neither choose nor change them."""
        return {"number", "date_filed", "party"}

    def _check_own_customers(self, vals_list):
        """Refuse to file a customer whose contact record the caller could not change."""
        partners = self.env["res.partner"].browse({vals["partner_id"] for vals in vals_list if vals.get("partner_id")})
        if partners and not partners.has_access("write"):
            raise AccessError(
                self.env._("You may not change the contact record for which you want to file an archive.")
            )
        partners.fetch(["name", "vat", "phone", "email"])  # once for all that looks at them below

    def _add_defaults(self, vals, defaults):
        """Return ``vals`` with ``defaults``; for a contact record that exists only those of the archive itself."""
        if vals.get("partner_id"):
            defaults = {name: value for name, value in defaults.items() if not self._fields[name].inherited}
        # An empty cell of a list says nothing, where a client leaves the field out (A24).
        vals = defaults | {
            name: value
            for name, value in vals.items()
            if value or not getattr(self._fields.get(name), "required", False)
        }
        # The filing deadline counts from it, also when a client leaves it empty (A4).
        return vals | {"date_first_contact": vals.get("date_first_contact") or fields.Date.context_today(self)}

    def _complete_customers(self, vals_list, defaults):
        """Give contact records that were there before and lack a custodian or unit the ``defaults``, all at once."""
        for name in ("kehu_custodian_id", "kehu_team_id"):
            partners = self.env["res.partner"].browse(
                {vals["partner_id"] for vals in vals_list if vals.get("partner_id") and name not in vals}
            )
            if defaults.get(name) and (lacking := partners.filtered(lambda partner, name=name: not partner[name])):
                lacking.write({name: defaults[name]})

    def _after_reopen(self):
        """An open archive is seen in every list."""
        self.filtered(lambda archive: not archive.active).active = True

    def _after_file(self):
        self.filtered(lambda archive: not archive.date_filed).date_filed = fields.Date.context_today(self)
