from stdnum import exceptions as stdnum_errors
from stdnum.cn import uscc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from .. import matching

_lt = LazyTranslate(__name__)

NAME_LENGTH = 200

# Inherited fields that the customer card calls otherwise than the contact record.
CARD_WORDS = ("name", "vat", "state_id", "website")

USERS = ("kehu_archive.group_archive_user",)
MANAGERS = ("kehu_archive.group_archive_manager",)
ENDED = ("closed", "destroyed")


class BatchRefused(Exception):
    """Rows of an import must be looked at one by one."""


class Archive(models.Model):
    """The dossier of one customer: his contact record plus what the rule book wants to know of him (A1, A2)."""
    _name = "kehu.archive"
    _description = "Customer Archive"
    _inherits = {"res.partner": "partner_id"}
    _inherit = ["kehu.numbered.mixin", "kehu.approval.mixin", "kehu.deadline.mixin"]
    _evidence_refusal = _lt(
        "This was submitted, filed or closed once, or has a journal or papers: its file is kept. Close it instead:")
    _number_prefix = "KH-"
    _order = "number desc, id desc"
    _check_company_auto = True

    _workflow_moves = (
        Move("submit", _lt("Submit"), source=("preliminary",), target="pending",
             groups=USERS, required=("vat", "legal_representative", "kehu_custodian_id", "kehu_team_id"),
             approval="filing", batch=True),
        Move("file", _lt("File"), source=("pending",), target="formal", granted="filing", after="_after_file"),
        Move("return", _lt("Return"), source=("pending",), target="preliminary", returned="filing"),
        Move("withdraw", _lt("Withdraw"), source=("pending",), target="preliminary",
             roles=("approval_requester",), reason=True),
        Move("revise", _lt("Revise"), source=("formal", "dormant"), target="preliminary", groups=USERS, reason=True),
        Move("rest", _lt("Set dormant"), source=("formal",), target="dormant", groups=USERS, reason=True),
        Move("wake", _lt("Reactivate"), source=("dormant",), target="formal", groups=USERS, reason=True),
        Move("close", _lt("Close"), source=("preliminary", "formal", "dormant"), target="closed",
             groups=MANAGERS, reason=True),
        Move("reopen", _lt("Reopen"), source=("closed",), target="preliminary", groups=MANAGERS, reason=True, after="_after_reopen"),
    )
    _kehu_lends_reading = True
    # Who the customer is, is what the approvers agree to; the rest of the card is kept up to date freely.
    _approval_kinds = (ApprovalKind("filing", _lt("Formal filing"), watched=("name", "vat")),)
    _workflow_statusbar = ("preliminary", "pending", "formal")

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True,
        help="The contact record that the archive is about.")
    company_id = fields.Many2one(
        "res.company", string="Filed by", required=True, index=True, default=lambda self: self.env.company)
    number = fields.Char(string="Archive Number", index="trigram")
    type_id = fields.Many2one(
        "kehu.archive.type", string="Archive Type", required=True, tracking=True,
        default=lambda self: self.env["kehu.archive.type"].search([], limit=1))
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
        string="Archive Status", default="preliminary", tracking=True, group_expand=True)
    date_first_contact = fields.Date(
        string="First Contact", default=fields.Date.context_today, tracking=True,
        help="The day from which the filing deadline counts.")
    date_filed = fields.Date(
        string="Filed On", readonly=True, copy=False, help="The day on which the archive became formal for the first time.")

    # Stored: whatever asks the table of a model for its active records (the privacy lookup does) finds the column.
    active = fields.Boolean(
        related="partner_id.active", inherited=True, readonly=False, store=True)
    name = fields.Char(
        related="partner_id.name", string="Customer Name", inherited=True, related_sudo=False, readonly=False)
    vat = fields.Char(
        related="partner_id.vat", string="Unified Social Credit Code", inherited=True, related_sudo=False,
        readonly=False)
    state_id = fields.Many2one(
        related="partner_id.state_id", string="Province", inherited=True, related_sudo=False, readonly=False)
    website = fields.Char(
        related="partner_id.website", string="Web Site", inherited=True, related_sudo=False, readonly=False)
    is_company = fields.Boolean(
        related="partner_id.is_company", inherited=True, related_sudo=False, readonly=False, default=True)
    kehu_tier = fields.Selection(
        related="partner_id.kehu_tier", inherited=True, related_sudo=False, readonly=False, default="0")
    kehu_custodian_id = fields.Many2one(
        related="partner_id.kehu_custodian_id", inherited=True, related_sudo=False, readonly=False,
        default=lambda self: self.env.user)
    kehu_team_id = fields.Many2one(
        related="partner_id.kehu_team_id", inherited=True, related_sudo=False, readonly=False,
        default=lambda self: self._default_team())

    # The customer card (A2)
    legal_representative = fields.Char(tracking=True)
    currency_id = fields.Many2one(
        "res.currency", string="Currency of the Capital", required=True,
        compute="_compute_currency_id", store=True, readonly=False, precompute=True)
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
        string="Nature of Enterprise")
    supervising_body = fields.Char()
    date_founded = fields.Date(string="Founding Date")
    fax = fields.Char()
    credit_description = fields.Text()
    preferences = fields.Text()
    channel_id = fields.Many2one("kehu.acquisition.channel", string="Acquisition Channel")

    _partner_uniq = models.UniqueIndex("(partner_id)", "This customer already has an archive.")
    _number_uniq = models.UniqueIndex("(company_id, number)", "This archive number is already taken.")

    # === COMPUTE ===

    def _default_team(self):
        """Return the business unit that the user leads or belongs to, if any."""
        uid = self.env.uid
        return self.env["crm.team"].search([
            ("company_id", "in", (False, self.env.company.id)),
            "|", ("user_id", "=", uid), ("crm_team_member_ids.user_id", "=", uid),
        ], limit=1)

    @api.depends("company_id")
    def _compute_currency_id(self):
        for archive in self:
            archive.currency_id = archive.currency_id or archive.company_id.currency_id

    @api.depends("number", "name")
    def _compute_display_name(self):
        for archive in self:
            archive.display_name = f"[{archive.number}] {archive.name}" if archive.number else archive.name

    # === CONSTRAINT ===

    @api.constrains("partner_id")
    def _check_card(self):
        """Check what the registers would refuse: name, credit code, web site (A2).

        :raise ValidationError: with every problem of the first customer that has one, naming field and cause
        """
        for archive in self:
            problems = archive._get_card_problems()
            if problems:
                raise ValidationError("\n".join(
                    self.env._("%(customer)s – %(problem)s", customer=archive._get_short_name(), problem=problem)
                    for problem in problems))

    def _get_card_problems(self):
        """Return the list of translated problems of this customer's card; empty if it is fit to be filed."""
        self.ensure_one()
        label = self._get_card_labels()
        problems = []
        if self.partner_id.commercial_partner_id != self.partner_id:
            problems.append(self.env._("A contact or address is part of its company's archive: file the company."))
        if not self.name:
            return [*problems, self.env._("%s is missing.", label["name"])]
        if len(self.name) > NAME_LENGTH:
            problems.append(self.env._(
                "%(field)s is longer than %(length)s characters.", field=label["name"], length=NAME_LENGTH))
        elif "\n" in self.name or "\r" in self.name:
            problems.append(self.env._("%s contains a line break: check whether two cells were joined.", label["name"]))
        elif self.name.startswith(("=", "+", "-", "@")):
            problems.append(self.env._("%s begins like a spreadsheet formula: enter the registered name.", label["name"]))
        if self.vat and self._is_under_chinese_register():
            try:
                uscc.validate(self.vat)
            except stdnum_errors.InvalidLength:
                problems.append(self.env._(
                    "%(field)s %(value)s has %(count)s characters instead of 18.",
                    field=label["vat"], value=self.vat, count=len(self.vat)))
            except stdnum_errors.InvalidChecksum:
                problems.append(self.env._(
                    "%(field)s %(value)s has a wrong check digit: compare it with the business licence.",
                    field=label["vat"], value=self.vat))
            except stdnum_errors.ValidationError:
                problems.append(self.env._(
                    "%(field)s %(value)s contains a character that such codes do not have.",
                    field=label["vat"], value=self.vat))
        website = self.partner_id.website  # Odoo completes what was entered, on the contact
        if website and not matching.is_web_address(website):
            problems.append(self.env._("%(field)s %(value)s is not a web address.", field=label["website"], value=website))
        return problems

    def _get_short_name(self):
        return (self.name or self.number or "?").splitlines()[0][:40]

    def _is_under_chinese_register(self):
        """Tell whether the customer must have a unified social credit code rather than a foreign tax number."""
        country = self.country_id or self.company_id.country_id
        return self.is_company and (not country or country.code == "CN")

    # === CRUD ===

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        # Core labels an inherited field as the model it comes from does; here the words of the card count.
        descriptions = super().fields_get(allfields, attributes)
        labels = self._get_card_labels()
        for name in CARD_WORDS:
            if "string" in descriptions.get(name, ()):
                descriptions[name]["string"] = labels[name]
        return descriptions

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Neither said nor slipped in as a default.
            final = self._get_final_fields()
            self = self.with_env(self.env(context={
                key: value for key, value in self.env.context.items() if key.removeprefix("default_") not in final}))
            vals_list = [{name: value for name, value in vals.items() if name not in final} for vals in vals_list]
        vals_list = [self._normalize_card(vals) for vals in vals_list]
        self._check_own_customers(vals_list)
        self._check_names(vals_list)
        # Once for all: core would look the defaults up for each record, and give none to a contact record.
        defaults = self.default_get(["type_id", "kehu_custodian_id", "kehu_team_id"])
        vals_list = [self._add_defaults(vals, defaults) for vals in vals_list]
        self._check_duplicates(vals_list)
        archives = super().create(vals_list)
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
        vals = self._normalize_card(vals)
        inherited = {name: value for name, value in vals.items() if name in self._fields and self._fields[name].inherited}
        if inherited and len(self) > 1:
            # Once for all: core would write the contact records one by one.
            self.check_access("write")
            self.partner_id.write(inherited)
            self._deadline_written(inherited)
            vals = {name: value for name, value in vals.items() if name not in inherited}
        return super().write(vals)

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

    def action_open_customer(self):
        """Open the contact record behind the archive."""
        return self.partner_id._get_records_action()

    def action_kehu_raise_tier(self):
        """Open the dialog that raises the tier of the customers."""
        return self.partner_id.action_kehu_raise_tier()

    # === BUSINESS ===

    def _refuse_final(self):
        raise AccessError(self.env._("The number of an archive, its filing date and the company that filed it are final."))

    def _filter_evidence(self):
        """What was ever filed, or has a journal or papers; an archive that was only entered by mistake goes (A3, A14)."""
        journal = self.env["kehu.archive.journal"].sudo()._read_group([("partner_id", "in", self.partner_id.ids)], ["partner_id"])
        papers = self.env["ir.attachment"].sudo()._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        dealt_with, has_papers = {partner.id for partner, in journal}, {res_id for res_id, in papers}
        return super()._filter_evidence() | self.filtered(
            lambda archive: archive.date_filed or archive.partner_id.id in dealt_with or archive.id in has_papers)

    def _kehu_keeps_files(self):
        """Papers are exchanged as long as the archive is being entered, and was never submitted (A14)."""
        kept = super()._kehu_keeps_files()
        return kept.filtered(lambda archive: archive.date_filed or archive.sudo().workflow_log_ids or archive.sudo().approval_ids)

    def _check_closed(self):
        """Refuse to put the contact of a customer away whose archive is kept and not closed: closing takes a role and a reason (A3).

        :raise UserError: naming the archives, and the way
        """
        if open_archives := self.filtered(lambda archive: archive.state not in ENDED)._filter_evidence():
            raise UserError(self.env._(
                "Close the archive first, with the reason; then the contact can be archived: %s", open_archives._workflow_names()))

    @api.model
    def _get_final_fields(self):
        """Return the names of the stored fields that only the server fills: clients neither choose nor change them."""
        return {"number", "date_filed", "party"}

    def _normalize_card(self, vals):
        """Return ``vals`` with the spelling that registers use: half-width, no outer blanks, upper-case code (A2)."""
        vals = dict(vals)
        for name in ("name", "phone", "fax", "email", "website", "city", "street", "legal_representative"):
            if isinstance(vals.get(name), str):
                vals[name] = matching.half_width(vals[name])
        if isinstance(vals.get("vat"), str):
            vals["vat"] = matching.credit_code(vals["vat"]) or False
        if vals.get("state_id") and not vals.get("country_id"):
            vals["country_id"] = self.env["res.country.state"].browse(vals["state_id"]).country_id.id
        return vals

    def _check_own_customers(self, vals_list):
        """Refuse to file a customer whose contact record the caller could not change himself."""
        partners = self.env["res.partner"].browse(
            {vals["partner_id"] for vals in vals_list if vals.get("partner_id")})
        if partners and not partners.has_access("write"):
            raise AccessError(self.env._(
                "You may not change the contact record for which you want to file an archive."))
        partners.fetch(["name", "vat", "phone", "email"])  # once for all that looks at them below

    def _add_defaults(self, vals, defaults):
        """Return ``vals`` with ``defaults``; for a contact record that exists only those of the archive itself."""
        if vals.get("partner_id"):
            defaults = {name: value for name, value in defaults.items() if not self._fields[name].inherited}
        return defaults | vals

    def _complete_customers(self, vals_list, defaults):
        """Give contact records that were there before and lack a custodian or unit the ``defaults``, all at once."""
        for name in ("kehu_custodian_id", "kehu_team_id"):
            partners = self.env["res.partner"].browse(
                {vals["partner_id"] for vals in vals_list if vals.get("partner_id") and name not in vals})
            if defaults.get(name) and (lacking := partners.filtered(lambda partner, name=name: not partner[name])):
                lacking.write({name: defaults[name]})

    def _check_names(self, vals_list):
        for vals in vals_list:
            if not vals.get("partner_id") and not vals.get("name"):
                raise ValidationError(self.env._(
                    "%(customer)s – %(problem)s", customer=vals.get("vat") or "?",
                    problem=self.env._("%s is missing.", self._get_card_labels()["name"])))

    @api.model
    def _get_card_labels(self):
        """Return the labels of this model's fields in the user's language, by field name."""
        return {name: field.string for name, field in self._fields.items()} \
            | self.env["ir.model.fields"].get_field_string(self._name)

    def _after_reopen(self):
        """An open archive is seen in every list."""
        self.filtered(lambda archive: not archive.active).active = True

    def _after_file(self):
        self.filtered(lambda archive: not archive.date_filed).date_filed = fields.Date.context_today(self)
