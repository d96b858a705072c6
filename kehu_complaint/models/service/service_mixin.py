from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...moments import moment

# Ways on which customers reach us by themselves.
BY_ITSELF = {"email", "portal"}


# A document of another addon adds them once more, as its own labels: Odoo translates them by addon.
CHANNELS = [
    ("phone", "Telephone"),
    ("letter", "Letter"),
    ("shop", "Shop"),
    ("email", "E-mail"),
    ("portal", "Customer portal"),
    ("follow_up", "Follow-up call"),
    ("third", "Third party"),
]
PRIORITIES = [
    ("0", "Normal"),
    ("1", "Urgent"),
    ("2", "Very urgent"),
]
SATISFACTIONS = [
    ("5", "Very satisfied"),
    ("4", "Satisfied"),
    ("3", "Neutral"),
    ("2", "Dissatisfied"),
    ("1", "Very dissatisfied"),
]


class ServiceMixin(models.AbstractModel):
    """What a customer turned to us with, who takes care of it, and whether the customer was content (C1, T1).

    Complaints and service tickets have in common: the intake with its number and time, the parties, the thing it is
    about, the clocks that stand still while the customer is waited for, and the call-back.
    """

    _name = "kehu.service.mixin"
    _description = "Service to a Customer"
    _inherit = [
        "kehu.numbered.mixin",
        "kehu.journal.mixin",
        "kehu.accused.mixin",
        "kehu.settled.mixin",
        "kehu.confidential.mixin",
        "kehu.turn.mixin",
        "kehu.approval.mixin",
        "kehu.deadline.mixin",
        "portal.mixin",
        "rating.mixin",
    ]
    _journal_fields = ("name", "partner_id", "company_id", "kehu_own_tier", "date_received", "user_id")
    _order = "service_priority desc, priority desc, date_received, id"
    _rec_names_search = ("number", "name")
    _check_company_auto = True
    _primary_email = "contact_email"
    _mail_post_access = "read"
    _kehu_lends_reading = True
    _impartial_roles = ("user_id", "callback_user_id")

    name = fields.Char(string="Subject", required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    desk_id = fields.Many2one("kehu.service.desk", string="Service Desk", check_company=True, index="btree_not_null")
    channel = fields.Selection(
        CHANNELS, string="Received By", required=True, default="phone", tracking=True, copy=False
    )
    date_received = fields.Datetime(
        string="Received On",
        required=True,
        default=fields.Datetime.now,
        tracking=True,
        copy=False,
        help="The clocks count from here. A letter that was entered later counts from its arrival.",
    )
    description = fields.Html(string="What the Customer Said")

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain=[("partner_share", "=", True)],
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    customer_id = fields.Many2one(
        "res.partner",
        string="Company of the Customer",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    contact_name = fields.Char(
        string="Who Called", tracking=True, help="The person who turned to us, if not a contact yet."
    )
    contact_phone = fields.Char(
        string="Telephone", compute="_compute_contact", store=True, readonly=False, precompute=True, tracking=True
    )
    contact_email = fields.Char(
        string="E-mail", compute="_compute_contact", store=True, readonly=False, precompute=True, tracking=True
    )
    intake_email = fields.Char(string="E-mail at Intake", compute="_compute_intake_email", store=True, precompute=True)

    product_id = fields.Many2one("product.product", index="btree_not_null", check_company=True)
    quantity = fields.Float(default=1.0)
    serial = fields.Char(string="Serial Number", index="btree_not_null")
    order_reference = fields.Char(help="Number of the order or the delivery note.")

    user_id = fields.Many2one(
        "res.users",
        string="Handler",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Business Unit",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    priority = fields.Selection(PRIORITIES, required=True, default="0", tracking=True)
    service_priority = fields.Integer(
        string="Rank of the Customer",
        compute="_compute_service_priority",
        store=True,
        precompute=True,
        help="Higher is served first.",
    )

    waiting_reason = fields.Char(
        string="Waiting for the Customer",
        tracking=True,
        copy=False,
        help="What the customer is asked for, who reads it in the portal. The clocks stand still until the answer, "
        "or until this is emptied.",
    )

    callback_user_id = fields.Many2one(
        "res.users",
        string="Call-back By",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        tracking=True,
        copy=False,
        check_company=True,
        help="Asks the customer afterwards whether they are content: somebody else than the handler.",
    )
    satisfaction = fields.Selection(
        SATISFACTIONS,
        tracking=True,
        copy=False,
    )
    callback_note = fields.Text(string="What the Customer Said in the Call-back", copy=False)
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)
    # Nobody has rated what is being created: without this Odoo asks, and updates the row a second time.
    rating_last_value = fields.Float(compute="_compute_rating_last_value", store=True, precompute=True)

    _closer_idx = models.Index("(id) WHERE kehu_tier > '1'")

    # === COMPUTE ===

    @api.depends("partner_id")
    def _compute_customer_id(self):
        # Taken once: a contact who changes employer leaves the documents with the company for which they turned to us.
        for document in self:
            document.customer_id = document.partner_id.commercial_partner_id

    @api.depends("partner_id")
    def _compute_contact(self):
        # The address that wrote stays, unless it is known as that of another contact.
        emails = {email_normalize(document.contact_email) for document in self if document.partner_id} - {False}
        partners = self.env["res.partner"].sudo()
        known = partners.search(partners._kehu_confirmed_domain(emails)) if emails else partners
        for document in self:
            contact, email = document.partner_id, document.contact_email
            owners = known.filtered(lambda partner, email=email: partner.email_normalized == email_normalize(email))
            document.contact_phone = contact.phone or document.contact_phone
            if contact and (not email or owners and contact._origin not in owners):
                is_colleagues = contact.commercial_partner_id._origin in owners.commercial_partner_id
                document.contact_email = contact.email or (is_colleagues and email)
            else:
                document.contact_email = email

    def _compute_intake_email(self):
        # Taken once, without dependencies: an address that a colleague enters, then or later, is not the one that
        # turned to us.
        for document in self:
            document.intake_email = document.channel in BY_ITSELF and document.contact_email

    @api.depends("partner_id", "desk_id")
    def _compute_team_id(self):
        for document in self:
            document.team_id = document.partner_id.kehu_team_id or document.desk_id.team_id or document.team_id

    @api.depends("partner_id")
    def _compute_service_priority(self):
        ranks = self.partner_id.commercial_partner_id._kehu_service_priority()
        for document in self:
            document.service_priority = ranks.get(document.partner_id.commercial_partner_id.id, 0)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for document in self:
            document.display_name = f"[{document.number}] {document.name}" if document.number else document.name

    # === CONSTRAINT ===

    @api.constrains("date_received")
    def _check_date_received(self):
        latest = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        if any(document.date_received > latest for document in self):
            raise ValidationError(self.env._("Nothing is received in the future: correct the time of receipt."))

    def _check_moment_of_receipt(self, date):
        """Clocks count from the receipt: nobody gains time by moving it (C7).

        :raise UserError: it came by itself, at a time that the system knows, or would be received after it was entered
        """
        date = moment(date)
        for document in self.sudo():
            moved = date != document.date_received
            if moved and (
                document.channel in BY_ITSELF or not date or date > max(document.create_date, document.date_received)
            ):
                raise UserError(
                    self.env._(
                        "%s cannot be received later than it was entered, and what came by mail or the portal at no "
                        "other time.",
                        document._workflow_names(),
                    )
                )

    def _check_company_stays(self, vals):
        """Nobody takes a document away from the superiors of its company (C14).

        :raise UserError: another company than that in which it was received
        """
        if "company_id" in vals and any(document.company_id.id != vals["company_id"] for document in self.sudo()):
            raise UserError(
                self.env._(
                    "It stays with the company that received it: take it down there, and end this one with a reason."
                )
            )

    def _check_channel(self):
        """Refuse to enter or change by hand what came by itself.

        :raise UserError: a user says, or takes back, that these came by themselves
        """
        if self and not self.env.su:
            raise UserError(
                self.env._(
                    "What comes by e-mail or the portal is entered by the system, and stays so: choose how else it "
                    "was received."
                )
            )

    @api.constrains("user_id", "callback_user_id")
    def _check_callback(self):
        for document in self:
            if document.callback_user_id and document.callback_user_id in document._service_handlers():
                raise ValidationError(document._service_callback_refusal())

    def _service_callback_refusal(self):
        return self.env._("Whoever handled “%s” does not call back: choose somebody else.", self.display_name)

    def _service_handlers(self):
        """Return the users who had a hand in the work, and so do not ask how it was (C6)."""
        return self.user_id

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        desks = self.env["kehu.service.desk"].browse({vals["desk_id"] for vals in vals_list if vals.get("desk_id")})
        handlers = {desk.id: desk.sudo().user_id.id for desk in desks}
        documents = super().create(
            [
                {"user_id": handlers[vals["desk_id"]], **vals} if handlers.get(vals.get("desk_id")) else vals
                for vals in map(self._service_clean, vals_list)
            ]
        )
        # Looked at afterwards: it can come as a default, too.
        documents.filtered(lambda document: document.sudo().channel in BY_ITSELF)._check_channel()
        return documents

    def write(self, vals):
        self._service_check_part(vals)
        self._service_check_required(vals)
        if not self.env.su:
            self._check_company_stays(vals)
            if "date_received" in vals:
                self._check_moment_of_receipt(vals["date_received"])
        own = (
            self.filtered(
                lambda document: (
                    document.sudo().channel != vals["channel"]
                    and {document.sudo().channel, vals["channel"]} & BY_ITSELF
                )
            )
            if "channel" in vals
            else self.browse()
        )
        result = super().write(self._service_clean(vals))
        own._check_channel()
        return result

    @api.model
    def _service_check_required(self, vals):
        """Refuse to empty required links.

        :raise UserError: ``vals`` empty a field that is always filled
        """
        links = {name for name, field in self._fields.items() if field.type == "many2one" and field.required}
        if empty := sorted(name for name in links & vals.keys() if not vals[name]):
            labels = self.fields_get(empty, ["string"])
            raise UserError(self.env._("This is never empty: %s.", ", ".join(labels[name]["string"] for name in empty)))

    @api.model
    def _service_clean(self, vals):
        """Return ``vals`` with spelling that can be compared."""
        vals = dict(vals)
        for name in ("serial", "waiting_reason", "order_reference"):
            if isinstance(vals.get(name), str):
                vals[name] = vals[name].strip() or False
        return vals

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_closed", "access_token"}

    # === WORKFLOW ===

    def _fill_handler(self):
        """Where nobody handles it, whoever takes it on does (U9)."""
        self.filtered(lambda document: not document.user_id).write({"user_id": self.env.uid})

    def _service_stamp_closed(self):
        self.sudo().date_closed = fields.Datetime.now()

    def _workflow_role_receivers(self):
        """The supervisors to whom it comes in; where none may read it, the next superiors who may."""
        found = self._workflow_role_supervisors()
        lonely = self.filtered(lambda document: document.kehu_tier > "1")
        for role in ("supervisors", "directors", "general_managers"):
            readers = (
                self.env["mail.activity"]._kehu_filter_readers(lonely, lonely._workflow_users_in_role(role))
                if lonely
                else {}
            )
            found |= readers
            lonely = lonely.filtered(lambda document, readers=readers: not readers[document.id])
        return found

    @api.model
    def _workflow_label_of_role(self, role):
        labels = {
            "supervisors": self.env._("Service Supervisors"),
            "directors": self.env._("Service Directors"),
            "general_managers": self.env._("General Managers"),
        }
        return labels.get(role) or super()._workflow_label_of_role(role)

    # === DEADLINE ===

    def _deadline_pause_reasons(self):
        return {document.id: document.waiting_reason for document in self}

    # === RULE ===

    def _impartial_customers(self):
        return self.partner_id

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        # A part in the document opens what the document keeps closer than its customer, never the customer.
        parts = Domain.OR(Domain(name, "in", [self.env.uid]) for name in self._impartial_roles)
        domain = super()._kehu_readers_domain(mode) | parts & self._service_customer_domain()
        return domain | Domain("kehu_is_lent", "=", True) if mode == "read" else domain

    @api.model
    def _service_customer_domain(self):
        """Return the domain of the documents whose customer is not kept from the current user."""
        return Domain("partner_id", "=", False) | Domain(
            "partner_id", "any!", [("kehu_tier", "<=", self.env["res.partner"]._kehu_clearance())]
        )
