from datetime import datetime, time

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate
from odoo.tools.misc import hmac

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ..evaluation.evaluation import MANAGERS, grading_managers
from ..evaluation.former_seller import BRIEF
from ..evaluation.vote_mixin import CREDIT, PROPOSE, SUBMIT, VOTE

_lt = LazyTranslate(__name__)


class GradingRun(models.Model):
    """One evaluation of all customers of a scheme over one window (G2, G4). Nothing counts before it is approved."""

    _name = "kehu.grading.run"
    _description = "Grading Run"
    _inherit = [
        "kehu.derived.mixin",
        "kehu.turn.mixin",
        "kehu.impartial.mixin",
        "kehu.approval.mixin",
        "kehu.deadline.mixin",
    ]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    _workflow_moves = (
        Move(
            "measure",
            _lt("Measure"),
            source=("draft",),
            target="measuring",
            groups=MANAGERS,
            before="_freeze",
            after="_after_measure",
        ),
        Move("measured", _lt("Measured"), source=("measuring",), target="measured"),
        Move(
            "again",
            _lt("Measure Again"),
            source=("measured",),
            target="measuring",
            groups=MANAGERS,
            before="_begin_again",
            after="_after_measure",
            confirm=_lt("Sheets with proposals are cancelled, and all customers measured anew. Measure again?"),
        ),
        Move(
            "submit",
            _lt("Submit"),
            source=("measured",),
            target="pending",
            groups=MANAGERS,
            required=("date_effective",),
            approval="run",
            before="_before_submit",
        ),
        Move("grant", _lt("Approve"), source=("pending",), target="approved", granted="run", after="_after_granted"),
        Move("return", _lt("Return"), source=("pending",), target="measured", returned="run"),
        Move("withdraw", _lt("Withdraw"), source=("pending",), target="measured", groups=MANAGERS, reason=True),
        Move("finish", _lt("In Force"), source=("approved",), target="done"),
        Move(
            "cancel",
            _lt("Cancel"),
            source=("draft", "measuring", "measured", "approved"),
            target="cancelled",
            groups=MANAGERS,
            reason=True,
            after="_drop_evaluations",
        ),
    )
    _approval_kinds = (
        ApprovalKind(
            "run",
            _lt("Grading run"),
            watched=(
                "name",
                "scheme_id",
                "date_from",
                "date_to",
                "date_effective",
                "grades_digest",
                "policies",
                "frozen",
            ),
        ),
    )
    _workflow_turns = (VOTE, CREDIT, PROPOSE, SUBMIT)
    _workflow_statusbar = ("draft", "measuring", "measured", "pending", "approved", "done")

    name = fields.Char(compute="_compute_name", store=True, precompute=True, readonly=False, required=True)
    # The company is the scheme's: to check it would offer no scheme to a new run, which has none yet.
    scheme_id = fields.Many2one("kehu.grading.scheme", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_to = fields.Date(
        string="Until",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The last day that is looked at.",
    )
    date_from = fields.Date(string="From", compute="_compute_window", store=True, precompute=True)
    date_before = fields.Date(compute="_compute_window", store=True, precompute=True)
    date_effective = fields.Date(string="In Force From", default=fields.Date.context_today, tracking=True)
    only_new = fields.Boolean(
        string="Only Provisional Grades", help="Those who are customers long enough to be evaluated (G4)."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("measuring", "Being measured"),
            ("measured", "To decide"),
            ("pending", "Under approval"),
            ("approved", "Approved"),
            ("done", "In force"),
            ("cancelled", "Cancelled"),
        ],
        string="Run Status",
        default="draft",
        tracking=True,
    )
    frozen = fields.Json(readonly=True, copy=False, help="The scheme as it was when the run began.")
    policies = fields.Json(readonly=True, copy=False, help="What followed from each grade when the run was submitted.")
    date_measured = fields.Datetime(string="Measured On", readonly=True, copy=False)
    evaluation_ids = fields.One2many("kehu.evaluation", "run_id")
    grades_digest = fields.Char(compute="_compute_grades_digest", groups=fields.NO_ACCESS)
    evaluation_count = fields.Integer(string="Customers", compute="_compute_counts")
    changed_count = fields.Integer(string="Grades That Change", compute="_compute_counts")
    waiting_count = fields.Integer(string="Wait for the Committee", compute="_compute_counts")
    effective_count = fields.Integer(string="In Force", compute="_compute_counts")
    waits_for_my_vote = fields.Boolean(compute="_compute_waits_for_my_vote")

    _window_order = models.Constraint("CHECK (date_from <= date_to)", "A window ends after its beginning.")

    # === COMPUTE ===

    @api.depends("scheme_id", "date_to")
    def _compute_name(self):
        for run in self:
            # Not before the scheme is chosen: a name that is there is the user's.
            run.name = run.name or (f"{run.scheme_id.name} {run.date_to or ''}".strip() if run.scheme_id else False)

    @api.depends("scheme_id.months", "date_to")
    def _compute_window(self):
        for run in self:
            if run.frozen:
                continue  # what was looked at does not change with the scheme
            run.date_from, run.date_before = (
                run.scheme_id._window(run.date_to) if run.scheme_id and run.date_to else (False, False)
            )

    @api.depends("state", "evaluation_ids.state", "evaluation_ids.is_changed", "evaluation_ids.committee_grade_id")
    @api.depends_context("uid")
    def _compute_counts(self):
        """Count what the reader may read."""
        rows = self.env["kehu.evaluation"]._read_group(
            [("run_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["run_id", "is_changed", "state", "committee_for"],
            ["__count", "committee_grade_id:count"],
        )
        for run in self:
            mine = [row[1:] for row in rows if row[0] == run]
            run.evaluation_count = sum(count for _changed, _state, _asked, count, _agreed in mine)
            run.changed_count = sum(count for changed, _state, _asked, count, _agreed in mine if changed)
            run.effective_count = sum(
                count for _changed, state, _asked, count, _agreed in mine if state in ("in_force", "past")
            )
            run.waiting_count = sum(
                count - agreed
                for changed, _state, asked, count, agreed in mine
                if self.env["kehu.evaluation"]._asks_committee(asked, changed)
            )

    @api.depends("state", "evaluation_ids.vote_ids")
    @api.depends_context("uid")
    def _compute_waits_for_my_vote(self):
        waiting = Domain("run_id", "in", self.ids) & Domain("waits_for_my_vote", "=", True)
        runs = {run for (run,) in self.env["kehu.evaluation"]._read_group(waiting, ["run_id"])}
        for run in self:
            run.waits_for_my_vote = run in runs

    @api.depends("evaluation_ids.grade_id")
    def _compute_grades_digest(self):
        """Sum up the grades of all customers, which are approved with the run, in one value that
        can be watched (A6).
        """
        self.env["kehu.evaluation"].flush_model(["run_id", "grade_id"])
        digests = dict(
            self.env.execute_query(
                SQL(
                    """SELECT run_id, md5(string_agg(id || ':' || grade_id, ',' ORDER BY id)) FROM kehu_evaluation
                WHERE run_id = ANY(%s) AND grade_id IS NOT NULL GROUP BY run_id""",
                    self.ids,
                )
            )
        )
        for run in self:
            # With a key: the grades of few customers could be guessed from a plain digest.
            run.grades_digest = run.id in digests and hmac(self.env(su=True), "kehu_grading.grades", digests[run.id])

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"frozen", "policies", "date_measured", "evaluation_ids"}

    def write(self, vals):
        if (
            not self.env.su
            and {"scheme_id", "date_to", "only_new"} & vals.keys()
            and any(run.frozen for run in self.sudo())
        ):
            raise UserError(self.env._("The run is measured: cancel it, and open another one."))
        return super().write(vals)

    # === ACTIONS ===

    def action_open_evaluations(self):
        """Open the evaluations of the run: those that wait for a vote of the user, else those that change a grade."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_grading.kehu_evaluation_action")
        filtered = "waits_for_my_vote" if self.waits_for_my_vote else "changed"
        return {
            **action,
            "name": self.name,
            "domain": [("run_id", "=", self.id)],
            "context": {f"search_default_{filtered}": 1},
            "help": Markup('<p class="o_view_nocontent_empty_folder">%s</p>')
            % self.env._("Nothing left here. Take the filter away to see all customers of the run."),
        }

    # === BUSINESS ===

    def _freeze(self):
        for run in self:
            run.frozen = run.scheme_id._freeze()

    def _after_measure(self):
        self.env.ref("kehu_grading.ir_cron_measure").sudo()._trigger()

    def _begin_again(self):
        self._drop_evaluations()
        self.date_measured = False

    def _drop_evaluations(self):
        """Delete what was only measured, and cancel what was approved or what people had a say in; nothing of it has
        counted yet (G3).

        What was cancelled before stays with its reason: its customer is measured again beside it.
        """
        self._find_confidential()._turn_reminders().unlink()
        self._filter_evaluations_with_a_say()._move("discard")
        self.env.flush_all()
        # Thousands of drafts of which nobody said anything.
        self.env.cr.execute("DELETE FROM kehu_evaluation WHERE run_id = ANY(%s) AND state = 'draft'", [self.ids])
        self.env.cr.execute(
            "UPDATE kehu_evaluation SET state = 'cancelled' WHERE run_id = ANY(%s) AND state = 'approved'", [self.ids]
        )
        self.env.invalidate_all(flush=False)

    def _filter_evaluations_with_a_say(self):
        """Return the drafts of the runs with anything that people left on them, and all drafts of runs that were
        submitted.
        """
        self.env.flush_all()
        return (
            self.env["kehu.evaluation"]
            .sudo()
            .browse(
                id_
                for (id_,) in self.env.execute_query(
                    SQL(
                        """SELECT e.id FROM kehu_evaluation e
                WHERE e.run_id = ANY(%s) AND e.state = 'draft'
                  AND (e.proposed_user_id IS NOT NULL OR e.proposed_grade_id IS NOT NULL OR e.credit_grade_id IS NOT NULL
                       OR EXISTS (SELECT FROM kehu_evaluation_vote vote WHERE vote.evaluation_id = e.id)
                       OR e.kehu_own_tier > '0'
                       OR EXISTS (SELECT FROM mail_message said WHERE said.model = 'kehu.evaluation' AND said.res_id = e.id)
                       OR EXISTS (SELECT FROM ir_attachment file WHERE file.res_model = 'kehu.evaluation' AND file.res_id = e.id)
                       OR EXISTS (SELECT FROM mail_activity task WHERE task.res_model = 'kehu.evaluation' AND task.res_id = e.id
                                     AND task.automated IS NOT TRUE)
                       OR EXISTS (SELECT FROM kehu_tier_lowering lowering WHERE lowering.document = 'kehu.evaluation,' || e.id)
                       OR EXISTS (SELECT FROM kehu_approval asked WHERE asked.res_model = 'kehu.grading.run' AND asked.res_id = e.run_id))""",
                        self.ids,
                    )
                )
            )
        )

    def _sold_since(self):
        """Return the moment since which nobody who sold to its customers is impartial."""
        return min(self.create_date, datetime.combine(self.date_from, time.min))

    def _impartial_recused(self):
        """Whoever proposed a grade, or sold in the window to a customer whose grade is not that of the score, does not
        approve the run (G3).
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH chosen AS (
                SELECT e.id, e.run_id, e.partner_id, LEAST(date_trunc('second', run.create_date), run.date_from) AS begun
                  FROM kehu_evaluation e JOIN kehu_grading_run run ON run.id = e.run_id
                 WHERE e.run_id = ANY(%s) AND e.state != 'cancelled'
                   AND (e.grade_id IS DISTINCT FROM e.computed_grade_id OR e.proposed_user_id IS NOT NULL)
            )
            SELECT run_id, partner.user_id FROM chosen JOIN res_partner partner ON partner.id = partner_id WHERE partner.user_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM kehu_former_seller entered WHERE entered.partner_id = partner.id AND entered.user_id = partner.user_id
                                  AND entered.date_until IS NULL AND entered.is_by_others AND entered.date_counted_from > %s)
            UNION SELECT run_id, former.user_id FROM chosen JOIN kehu_former_seller former USING (partner_id) WHERE former.is_brief IS NOT TRUE AND former.date_until >= begun
            UNION SELECT run_id, said.res_users_id FROM chosen JOIN kehu_evaluation_proposer_rel said ON said.kehu_evaluation_id = chosen.id
            """,
                self.ids,
                fields.Datetime.now() - BRIEF,
            )
        )
        recused = {}
        for run_id, user_id in rows:
            recused.setdefault(run_id, []).append(user_id)
        users = self.env["res.users"]
        return super()._impartial_recused() | {run_id: users.browse(ids) for run_id, ids in recused.items()}

    def _approval_essentials(self, kind):
        """With how many customers are graded, and how many change their grade, among those whom the reader may read."""
        essentials = super()._approval_essentials(kind)
        labels = self.fields_get(("evaluation_count", "changed_count"), ["string"])
        for run in self:
            essentials[run.id] += [(label["string"], str(run[name])) for name, label in labels.items()]
        return essentials

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        own = self.sudo(False)  # a refusal counts what the user may read: it tells of no hidden customer (X3)
        if move.name == "submit":
            for run in own:
                if not run.evaluation_count:
                    blockers[run.id].append(self.env._("The run evaluated nobody."))
        if move.name == "cancel":
            for run in own.filtered("effective_count"):
                blockers[run.id].append(
                    self.env._("Grades of it are in force: raise or lower single customers, or open another run.")
                )
        return blockers

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        own = self.sudo(False)  # see _workflow_blockers()
        if move.name == "submit":
            for run in own.filtered("waiting_count"):
                barred[run.id] = self.env._("The committee has still to agree on %s evaluations.", run.waiting_count)
        if move.name == "again":
            voted = Domain("run_id", "in", own.ids) & Domain("state", "=", "draft") & Domain("vote_ids", "!=", False)
            for (run,) in own.env["kehu.evaluation"]._read_group(voted, ["run_id"]):
                barred[run.id] = self.env._(
                    "The committee has voted, and its votes stay: cancel the run with the reason, and open another one."
                )
        return barred

    def _before_submit(self):
        self._set_apart()
        self._keep_policies()

    def _set_apart(self):
        """Sheets that the submitter may not read, and on which the committee has not agreed, are decided by themselves
        (X3).
        """
        Evaluation = self.env["kehu.evaluation"]
        waiting = Domain("run_id", "in", self.ids) & Evaluation._waiting_for_votes_domain()
        apart = Evaluation.search(waiting) - Evaluation.sudo(False).search(waiting)
        for run, evaluations in apart.grouped("run_id").items():
            evaluations.write({"run_id": False, "measured_run_id": run.id, "kind": "change"})
        managers = grading_managers(self.env)
        apart._workflow_remind(
            dict.fromkeys(apart.ids, managers),
            _lt("Decide on this customer by itself: the run was submitted without it"),
        )

    def _after_granted(self):
        """What the run decided is decided for each of its customers; a job puts it into force from its day on."""
        self.env["kehu.evaluation"].flush_model()
        for run in self:
            today = run.company_id._kehu_today()
            self.env.cr.execute(
                """UPDATE kehu_evaluation SET state = 'approved', date_approved = %s, date_from = %s
                    WHERE run_id = %s AND state = 'draft' AND grade_id IS NOT NULL""",
                [today, max(run.date_effective, today), run.id],
            )
        self.env["kehu.evaluation"].invalidate_model()
        self.env.ref("kehu_grading.ir_cron_take_effect").sudo()._trigger()
