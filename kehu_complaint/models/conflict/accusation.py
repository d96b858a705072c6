"""Accusing a superior, or somebody who ever had a role in the complaint, is a proposal that a superior decides (C8)."""

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

from ...groups import OFFICES, STAFF

_lt = LazyTranslate(__name__)


class Accusation(models.Model):
    """Whom a clerk names as complained about, until a superior who is not named confirms or rejects it (C8).

    The named are excluded from the complaint at once. Their roles in it are kept here, and rejecting or withdrawing
    gives them back. They never see the accusation, not even when it was rejected or withdrawn.
    """

    _name = "kehu.complaint.accusation"
    _description = "Accusation"
    _inherit = [
        "kehu.complaint.part",
        "kehu.workflow.mixin",
        "kehu.deadline.mixin",
        "mail.activity.mixin",
        "kehu.server.rows.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["complaint_id"]
    _evidence_refusal = _lt("Accusations are kept as evidence:")
    _mail_post_access = "read"

    # Nobody may write an accusation: reading it is enough to decide, or to withdraw.
    _workflow_moves = (
        Move(
            "confirm",
            _lt("Confirm Accusation"),
            source=("proposed",),
            target="confirmed",
            roles=("deciders",),
            access="read",
            reason=True,
            after="_after_confirm",
        ),
        Move(
            "reject",
            _lt("Reject Accusation"),
            source=("proposed",),
            target="rejected",
            roles=("deciders",),
            access="read",
            reason=True,
            after="_after_reject",
        ),
        Move(
            "withdraw",
            _lt("Withdraw Accusation"),
            source=("proposed",),
            target="withdrawn",
            roles=("user_id",),
            access="read",
            reason=True,
            after="_after_reject",
        ),
    )
    _workflow_statusbar = ("proposed", "confirmed")

    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    accused_user_ids = fields.Many2many(
        "res.users",
        "kehu_accusation_accused_user_rel",
        string="Employees Named",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
    )
    accused_team_ids = fields.Many2many(
        "crm.team",
        "kehu_accusation_accused_team_rel",
        string="Business Units Named",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
    )
    named_user_ids = fields.Many2many(
        "res.users",
        "kehu_accusation_named_user_rel",
        string="Excluded by It",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
        help="The employees named, and the members and leaders of the units at that time.",
    )
    responsible_user_ids = fields.Many2many(
        "res.users",
        "kehu_accusation_responsible_user_rel",
        string="Responsible by the Investigation",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
        help="Confirmed, they are entered as responsible in the complaint.",
    )
    reason = fields.Text(readonly=True)
    roles_before = fields.Json(readonly=True)
    roles_vacated = fields.Char(string="Roles That Are Vacant", compute="_compute_roles_vacated")
    decided_user_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    date_decided = fields.Datetime(string="Decided On", readonly=True)
    decision_reason = fields.Text(string="Reason of the Decision", readonly=True)
    state = fields.Selection(
        [("proposed", "To decide"), ("confirmed", "Confirmed"), ("rejected", "Rejected"), ("withdrawn", "Withdrawn")],
        default="proposed",
    )

    # === COMPUTE ===

    @api.depends("complaint_id.number")
    def _compute_display_name(self):
        for accusation in self:
            accusation.display_name = self.env._("Accusation in %s", accusation.complaint_id.number or "")

    @api.depends("roles_before", "state")
    @api.depends_context("lang")
    def _compute_roles_vacated(self):
        labels = self.env["kehu.complaint"].fields_get(self.env["kehu.complaint"]._impartial_roles, ["string"])
        for accusation in self:
            users = accusation._roles_kept() if accusation.state == "proposed" else {}
            accusation.roles_vacated = ", ".join(
                f"{labels[name]['string']}: {user.name}" for name, user in users.items()
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        nobody = self.with_context(mail_create_nosubscribe=True)
        accusations = super(Accusation, nobody).create(vals_list).with_env(self.env)
        for accusation in accusations:
            accusation.named_user_ids = accusation._named_people()
            accusation._suspend()
        accusations._appoint()
        return accusations

    # === BUSINESS ===

    def _filter_evidence(self):
        return self

    def _named_people(self):
        """Return whom the accusations exclude now."""
        return self.accused_user_ids.union(
            *(accusation.complaint_id._unit_people(accusation.accused_team_ids) for accusation in self)
        )

    def _suspend(self):
        """Take roles, subscription and links of the complaint from the named; roles and subscription are kept here."""
        complaint = self.complaint_id
        held = (
            {name: complaint[name].id for name in complaint._impartial_roles if complaint[name] & self.named_user_ids}
            if complaint.filtered_domain(complaint._impartial_open_domain())
            else {}
        )
        followers = complaint.message_partner_ids & self.named_user_ids.partner_id
        self.roles_before = {"state": complaint.state, "roles": held, "followers": followers.ids}
        # Without a line in the chatter, which they read again when it is rejected.
        complaint.with_context(tracking_disable=True).write(dict.fromkeys(held, False))
        complaint.message_unsubscribe(followers.ids)
        complaint._service_stop_links_of_excluded()

    def _roles_kept(self):
        """Return ``{role: user}`` as it was before the accusation."""
        roles = (self.roles_before or {}).get("roles", {})
        return {name: self.env["res.users"].browse(user_id) for name, user_id in roles.items()}

    def _restore(self):
        """Give the named users back what the accusation took; where work went on, whoever took over stays."""
        complaint, roles = self.complaint_id, self._roles_kept()
        for other in complaint.accusation_ids.filtered(lambda other: other.state == "proposed"):
            # Another accusation, of their unit, names them: they wait for that one.
            held = {name: user.id for name, user in roles.items() if user in other.named_user_ids}
            other.roles_before = {**other.roles_before, "roles": {**other.roles_before["roles"], **held}}
        complaint.message_subscribe(self.roles_before["followers"])
        if not complaint.filtered_domain(complaint._impartial_open_domain()):
            return
        same = complaint.state == self.roles_before["state"]
        complaint.with_context(tracking_disable=True).write(
            {
                name: user.id
                for name, user in roles.items()
                if user not in complaint.conflicted_user_ids and (same or not complaint[name])
            }
        )
        for approval in complaint._approval_of("pending"):
            excluded = complaint._approval_excluded()[complaint.id] | approval.requester_id
            approval.excluded_user_ids -= self.named_user_ids - excluded

    def _keep_responsible(self, users):
        """Remember that these of the named are responsible by the investigation (C4)."""
        for accusation in self:
            accusation.responsible_user_ids |= users & accusation.named_user_ids
            accusation.reason = accusation.reason or self.env._("Responsible by the investigation.")

    def _after_confirm(self):
        for accusation in self:
            complaint, responsible = accusation.complaint_id, accusation.responsible_user_ids
            complaint.write(
                {
                    "accused_user_ids": [Command.link(user.id) for user in accusation.accused_user_ids | responsible],
                    "accused_team_ids": [Command.link(team.id) for team in accusation.accused_team_ids],
                    "responsible_user_ids": [Command.link(user.id) for user in responsible],
                }
            )
            vacant = tuple(name for name in accusation._roles_kept() if not complaint[name])
            if vacant and complaint.filtered_domain(complaint._impartial_open_domain()):
                complaint._impartial_tell_vacant({complaint.id: vacant})

    def _after_reject(self):
        for accusation in self:
            accusation._restore()
        self.complaint_id.accusation_ids._appoint()

    def _workflow_moved(self, move, sources, reason):
        accusations = self.sudo()
        accusations.write(
            {"decided_user_id": self.env.uid, "date_decided": fields.Datetime.now(), "decision_reason": reason}
        )
        accusations.activity_unlink(["mail.mail_activity_data_todo"])
        accusations._workflow_remind(
            {accusation.id: accusation.user_id - self.env.user for accusation in accusations},
            _lt("Your accusation was decided on: see the reason"),
        )
        return super()._workflow_moved(move, sources, reason)

    # === FOLLOWERS ===

    # Nobody follows an accusation: no mail about it goes out, whoever is named later.

    def _message_auto_subscribe(self, *args, **kwargs):
        return True

    def _message_subscribe(self, *args, **kwargs):
        return True

    # === RULE ===

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID or any(self.env.user.has_group(group) for group in OFFICES):
            return domain
        return domain & Domain("user_id", "=", self.env.uid)  # a colleague could tell the named who proposed it

    @api.model
    def _kehu_excluding_domain(self):
        return super()._kehu_excluding_domain() | Domain("named_user_ids", "in", [self.env.uid])

    @api.model
    def _kehu_known_sql(self, document_id, moment):
        return SQL("FALSE")

    def _kehu_excluded_users(self):
        return super()._kehu_excluded_users() | self.sudo().named_user_ids

    def _kehu_classified(self):
        # The named are kept from it for ever.
        return self


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    accusation_count = fields.Integer(string="Number of Accusations", compute="_compute_accusations", groups=STAFF)
    accusation_to_decide_id = fields.Many2one("kehu.complaint.accusation", compute="_compute_accusations", groups=STAFF)

    # === COMPUTE ===

    @api.depends("accusation_ids.state")
    @api.depends_context("uid")
    def _compute_accusations(self):
        Accusations = self.env["kehu.complaint.accusation"]
        counts = dict(Accusations._read_group([("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]))
        mine = Accusations.search([("complaint_id", "in", self.ids), ("decider_ids", "in", self.env.user.ids)])
        for complaint in self:
            complaint.accusation_count = counts.get(complaint._origin, 0)
            # The oldest first.
            complaint.accusation_to_decide_id = mine.filtered(
                lambda accusation, complaint=complaint: accusation.complaint_id == complaint._origin
            )[-1:]

    # === ACTIONS ===

    def action_open_accusations(self):
        """Open the accusations that the complaint names, as far as the user may read them (C8)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_complaint.kehu_complaint_accusation_action")
        return {**action, "domain": [("complaint_id", "=", self.id)], "context": {}}

    def action_confirm_accusation(self):
        """Open the dialog that asks for the reason, and confirms.

        :raise UserError: no accusation is the user's to decide
        """
        return self._open_decision("confirm")

    def action_reject_accusation(self):
        """Open the dialog that asks for the reason, and rejects; see ``action_confirm_accusation()``."""
        return self._open_decision("reject")

    def _open_decision(self, move):
        self.ensure_one()
        if not self.accusation_to_decide_id:
            raise UserError(self.env._("No accusation in this complaint is yours to decide."))
        return self.accusation_to_decide_id.action_workflow_move(move)
