from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move, Turn

from ...groups import GRADING_MANAGER
from ..evaluation.evaluation import MANAGERS
from ..evaluation.vote_mixin import SUBMIT, VOTE
from .site_visit import REPORT, VISIT

_lt = LazyTranslate(__name__)

OPEN = ("draft", "visited", "committee", "pending", "approved")

# Who the applicant is, as the register says: it is this firm that was visited, voted on and approved.
IDENTITY = ("partner_id.name", "partner_id.vat")
APPLICATION = frozenset(("partner_id", "region", "categ_ids", "credit_limit", "reason"))
SIGNED = ("contract_number", "contract_from", "contract_until", "contract_file")
CONTRACT = {*SIGNED, "contract_file_name"}
AGAINST = Turn("against", (), "submitters", _lt("The committee is against it: refuse the admission, or revise it."))
SIGN = Turn("sign", (), "user_id", _lt("The admission is approved: enter the contract"), reminds_actor=True)
ADMIT = Turn("admit", (), "managers", _lt("The contract is entered: admit the distributor"), reminds_actor=True)


class Admission(models.Model):
    """A firm is to become our distributor: visited, its papers checked, voted on, approved, bound
    by a contract (G9).
    """

    _name = "kehu.admission"
    _description = "Distributor Admission"
    _inherit = [
        "kehu.written.mixin",
        "kehu.numbered.mixin",
        "kehu.journal.mixin",
        "kehu.colleagues.mixin",
        "kehu.site.visit.mixin",
        "kehu.voted.mixin",
        "kehu.confidential.mixin",
        "kehu.approval.mixin",
        "kehu.deadline.mixin",
    ]
    _written_fields = APPLICATION
    _number_prefix = "ZR-"
    _number_without_gaps = True
    _journal_kind = "admission"
    _journal_fields = ("number", "partner_id", "company_id", "kehu_own_tier")
    _order = "id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id"]
    _check_company_auto = True

    _workflow_moves = (
        Move(
            "report",
            _lt("Report the Visit"),
            source=("draft",),
            target="visited",
            groups=MANAGERS,
            roles=("visitor_ids",),
            required=("region", "reason", *REPORT),
        ),
        Move(
            "convene",
            _lt("Put before the Committee"),
            source=("visited",),
            target="committee",
            groups=MANAGERS,
            roles=("user_id",),
            before="_open_vote",
        ),
        Move(
            "submit",
            _lt("Submit"),
            source=("committee",),
            target="pending",
            groups=MANAGERS,
            roles=("user_id",),
            approval="admission",
        ),
        Move("grant", _lt("Approve"), source=("pending",), target="approved", granted="admission"),
        Move("return", _lt("Return"), source=("pending",), target="committee", returned="admission"),
        Move(
            "revise",
            _lt("Revise"),
            source=("visited", "committee"),
            target="draft",
            groups=MANAGERS,
            roles=("user_id",),
            reason=True,
            after="_void_votes",
        ),
        Move(
            "admit",
            _lt("Admit"),
            source=("approved",),
            target="admitted",
            groups=MANAGERS,
            required=SIGNED,
            after="_after_admitted",
            carries_out=True,
        ),
        Move("refuse", _lt("Refuse"), source=OPEN, target="refused", groups=MANAGERS, reason=True),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=OPEN,
            target="withdrawn",
            groups=MANAGERS,
            roles=("user_id",),
            reason=True,
        ),
    )
    _approval_kinds = (
        ApprovalKind("admission", _lt("Distributor admission"), watched=(*sorted(APPLICATION), *IDENTITY)),
    )
    _workflow_turns = (VOTE, SUBMIT, AGAINST, SIGN, ADMIT)
    _workflow_statusbar = (*OPEN, "admitted")

    number = fields.Char(string="Admission Number", index="trigram")
    partner_id = fields.Many2one(
        "res.partner",
        string="Applicant",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Applied For By", required=True, readonly=True, default=lambda self: self.env.user
    )
    region = fields.Char(tracking=True, copy=False, help="Where the distributor is to sell.")
    categ_ids = fields.Many2many(
        "product.category",
        "kehu_admission_category_rel",
        string="Product Lines",
        help="What the distributor is to sell. Empty: everything.",
    )
    credit_limit = fields.Monetary(
        string="Credit Asked", tracking=True, help="The customer's credit limit once admitted. 0: it stays."
    )
    reason = fields.Text(tracking=True)
    state = fields.Selection(
        [
            ("draft", "Application"),
            ("visited", "Visited"),
            ("committee", "Before the committee"),
            ("pending", "Under approval"),
            ("approved", "Contract to be signed"),
            ("admitted", "Admitted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        string="Admission Status",
        default="draft",
        tracking=True,
        group_expand=True,
    )

    contract_number = fields.Char(copy=False, tracking=True)
    contract_from = fields.Date(copy=False, tracking=True)
    contract_until = fields.Date(copy=False, tracking=True)
    contract_file = fields.Binary(string="Signed Contract", copy=False)
    contract_file_name = fields.Char(copy=False)
    date_admitted = fields.Date(string="Admitted On", readonly=True, copy=False)

    _credit_positive = models.Constraint("CHECK (credit_limit >= 0)", "The credit asked cannot be less than nothing.")

    # === COMPUTE ===

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for admission in self - self._kehu_masked():
            admission.display_name = (
                f"[{admission.number}] {admission.partner_id.display_name}" if admission.number else False
            )
        return result

    # === CONSTRAINT ===

    @api.constrains("partner_id")
    def _check_partner(self):
        for admission in self:
            if admission.partner_id.commercial_partner_id != admission.partner_id:
                raise ValidationError(self.env._("The company is admitted, not one of its contacts."))

    @api.constrains("partner_id", "company_id")
    def _check_alone(self):
        # Not an index of the database: when contacts are merged, core deletes what one refuses.
        under_way = self.sudo()._read_group(
            [("state", "in", OPEN), ("partner_id", "in", self.partner_id.ids)],
            ["company_id", "partner_id"],
            having=[("__count", ">", 1)],
        )
        mine = {(admission.company_id, admission.partner_id) for admission in self.sudo()}
        if mine & set(under_way):
            raise ValidationError(self.env._("An admission of this customer is under way already."))

    @api.constrains("contract_from", "contract_until")
    def _check_contract(self):
        for admission in self:
            if (
                admission.contract_from
                and admission.contract_until
                and admission.contract_until < admission.contract_from
            ):
                raise ValidationError(self.env._("The contract ends before it begins."))

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"user_id", "date_admitted"}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            defaults = {
                name.removeprefix("default_"): value
                for name, value in self.env.context.items()
                if name.startswith("default_")
            }
            if any(vals.get(name) for vals in [*vals_list, defaults] for name in CONTRACT):
                raise UserError(self.env._("The contract is entered when the admission is approved."))
        return super().create(vals_list)

    def write(self, vals):
        if changed := vals.keys() - self._free_fields() - {"state"}:
            if self.env.su:
                self._check_ended(changed)
            else:
                self._check_changeable(changed)
        return super().write(vals)

    def _check_ended(self, names):
        """Not even the server changes an admission that has ended: it stamps the day once.

        :raise UserError: naming it
        """
        if ended := self.filtered(
            lambda admission: (
                admission.state not in OPEN and names - (set() if admission.date_admitted else {"date_admitted"})
            )
        ):
            raise UserError(self.env._("%s has ended: nothing of it is changed any more.", ended._workflow_names()))

    def unlink(self):
        self.check_access("unlink")
        self.sudo().paper_ids.unlink()  # with their files, which the database would leave behind
        return super().unlink()

    @api.ondelete(at_uninstall=True)
    def _unlink_own_draft(self):
        if not self.env.su and any(
            admission.user_id != self.env.user or admission.vote_ids for admission in self.sudo()
        ):
            raise AccessError(
                self.env._(
                    "Only an application of one's own is deleted, before anybody voted. Withdraw or refuse others."
                )
            )

    @api.model
    def _open_fields(self):
        """Return ``{state: names of the fields that people may change in it}``."""
        return {"draft": APPLICATION | VISIT | {"paper_ids"}, "visited": {"paper_ids"}, "approved": CONTRACT}

    def _check_changeable(self, names):
        """Refuse to change fields that the state closes, or that are not for the caller to fill in.

        :raise UserError: naming state and fields
        :raise AccessError: the caller has no part in it
        """
        self.check_access("write")
        open_fields = self._open_fields()
        states = dict(self._fields["state"]._description_selection(self.env))
        for admission in self.sudo():
            if closed := names - open_fields.get(admission.state, set()):
                labels = self.fields_get(sorted(closed), ["string"])
                raise UserError(
                    self.env._(
                        "%(admission)s is “%(state)s”: %(fields)s cannot be changed now.",
                        admission=admission.display_name,
                        state=states[admission.state],
                        fields=", ".join(label["string"] for label in labels.values()),
                    )
                )
        if strangers := self.sudo().filtered(lambda admission: self.env.user not in admission._authors(names)):
            raise AccessError(
                self.env._(
                    "An application is filled in by who applied, the customer's salesperson and the leader of the "
                    "unit, "
                    "the report and the papers by the visitors, too: %s.",
                    strangers._workflow_names(),
                )
            )

    def _authors(self, names):
        """Return who may change the fields ``names`` while they are open."""
        self.ensure_one()
        if self.env.user.has_group(GRADING_MANAGER):
            return self.env.user
        authors = self.user_id | self.partner_id.user_id | self.partner_id.kehu_team_id.user_id
        return authors | self.visitor_ids if names <= VISIT | {"paper_ids"} else authors

    # === BUSINESS ===

    def _approval_filter_binding(self):
        return self.filtered(
            lambda admission: admission.state in OPEN and (admission.state != "draft" or admission.vote_ids)
        )

    def _interested_authors(self):
        return super()._interested_authors() | self.user_id | self.writer_ids

    @api.model
    def _concerning_domain(self, user):
        return super()._concerning_domain(user) | Domain("user_id", "=", user.id) | Domain("writer_ids", "in", user.ids)

    def _workflow_filter_movable_by_user(self, move):
        movable = super()._workflow_filter_movable_by_user(move)
        return movable - movable._filter_concerned() if move.name in ("admit", "refuse") else movable

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        find = {"convene": self._find_paper_problems, "admit": self._find_archive_problems}.get(move.name)
        for admission_id, problems in find().items() if find else ():
            blockers[admission_id].extend(problems)
        return blockers

    def _workflow_barred(self, move):
        return super()._workflow_barred(move) | (self._find_vote_problems() if move.name == "submit" else {})

    def _find_archive_problems(self):
        filed = self.env["kehu.archive"].search([("partner_id", "in", self.partner_id.ids)]).partner_id
        return {
            admission.id: [self.env._("The customer has no archive: file one first.")]
            for admission in self
            if admission.partner_id not in filed
        }

    def _after_admitted(self):
        """The customer is filed as a distributor from now on, and has the credit that was approved.

        The provisional grade follows from the scheme for distributors, once the archive is formal.
        """
        distributor = self.env["kehu.archive.type"].search([("party", "=", "distributor")], limit=1)
        if not distributor:
            raise UserError(self.env._("There is no archive type for distributors: ask an archive manager for one."))
        self.env["kehu.archive"].search(
            [("partner_id", "in", self.partner_id.ids), ("party", "!=", "distributor")]
        ).type_id = distributor
        for admission in self:
            admission.date_admitted = admission.company_id._kehu_today()
            if admission.credit_limit:
                admission.partner_id.with_company(admission.company_id).credit_limit = admission.credit_limit
