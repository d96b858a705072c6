from math import fsum

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...approval import digest, first_undecidable

# The value of the key of the context under which nobody follows: no client can send it.
UNFOLLOWED = object()


class ApprovalMixin(models.AbstractModel):
    """Documents whose moves, or anything else, need others to agree (A6, C5).

    The model declares ``_approval_kinds``, and on its moves which kind they ask for and which they
    follow from; see docs/developing.md.
    """

    _name = "kehu.approval.mixin"
    _description = "Workflow with Approvals"
    _inherit = ["kehu.workflow.mixin", "mail.activity.mixin"]

    # Extensions of a model list only what they add, or replace by name.
    _approval_kinds = ()

    approval_ids = fields.One2many("kehu.approval", "res_id", "Approvals", readonly=True)
    approval_decision_ids = fields.One2many("kehu.approval.decision", "res_id", "Decisions", readonly=True)
    approval_is_mine = fields.Boolean(
        "Mine to Approve", compute="_compute_approval_is_mine", search="_search_approval_is_mine"
    )

    # What a form shows to decide, by ids: its buttons send it back, and decide on nothing else.
    approval_shown = fields.Char("Shown to Decide", compute="_compute_approval_is_mine")
    approval_in_place_of = fields.Char("You Decide For", compute="_compute_approval_in_place_of")

    # === COMPUTE ===

    @api.depends("approval_is_mine")
    @api.depends_context("uid")
    def _compute_approval_in_place_of(self):
        self.approval_in_place_of = False
        if not self.env["kehu.approval.delegation"]._delegators(self.env.user):
            return
        mine = self.env["kehu.approval"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("is_mine", "=", True)]
        )
        for document in self:
            approvals = mine.filtered(lambda approval, document=document: approval.res_id == document.id)
            names = dict.fromkeys(filter(None, approvals.mapped("in_place_of")))
            document.approval_in_place_of = ", ".join(names) or False

    @api.depends("approval_ids.state", "approval_ids.decision_count")
    @api.depends_context("uid")
    def _compute_approval_is_mine(self):
        """Whether the user can decide something here now, and what. For record rules: approvers must read."""
        Approval = self.env["kehu.approval"].sudo()
        asked = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        mine = Approval.search(asked & Approval._domain_mine()).grouped("res_id")
        for document in self:
            approvals = mine.get(document.id, Approval)
            document.approval_is_mine = bool(approvals)
            document.approval_shown = ",".join(map(str, sorted(approvals.ids)))

    def _search_approval_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("approval_ids", "any!", self.env["kehu.approval"]._domain_mine())

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        self._approval_written(vals)
        return result

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # Core makes whoever gets an activity a follower; who decides once should not stay one.
        if self.env.context.get("kehu_approval_reminder") is UNFOLLOWED:
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _filter_evidence(self):
        asked = (
            self.env["kehu.approval"]
            .sudo()
            ._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        )
        return super()._filter_evidence() | self.browse(res_id for (res_id,) in asked)

    # === BUSINESS: ASKING ===

    def _approval_ask(self, kind, reason=None):
        """Ask for ``kind`` on all records, as the environment's user (A6).

        An earlier approval of the kind lapses. The caller checks who may ask; usually the move.

        :return: the approvals, in sudo
        :raise UserError: it waits already, no rule fits, or not enough people could decide
        """
        documents = self.sudo()
        documents._approval_lapse_earlier(kind)
        documents._approval_outcomes(kind).unlink()
        rules = self.env["kehu.approval.rule"]._match(documents, kind)
        if without := documents.filtered(lambda document: document.id not in rules):
            raise UserError(
                self.env._(
                    "No approval rule says who decides “%(kind)s” for %(documents)s. Ask an administrator for one.",
                    kind=self._approval_label(kind),
                    documents=without._workflow_names(),
                )
            )
        excluded = documents._approval_excluded()
        excluded = {document_id: users | self.env.user for document_id, users in excluded.items()}
        routes = documents._approval_routes(rules, excluded)
        values = documents._approval_prepare_values(kind, reason, rules, routes, excluded)
        approvals = self.env["kehu.approval"].sudo().create(values)
        approvals._begin_step()
        return approvals

    def _approval_lapse_earlier(self, kind):
        """Close what was asked for before: what was decided, or what waits with other values."""
        earlier = self._approval_of("pending", "approved").filtered(lambda approval: approval.kind == kind)
        waiting = earlier.filtered(lambda approval: approval.state == "pending")
        if unchanged := waiting - waiting._changed():
            raise UserError(
                self.env._(
                    "“%(kind)s” of %(documents)s was asked for already and waits for a decision.",
                    kind=self._approval_label(kind),
                    documents=", ".join(unchanged.mapped("document_name")),
                )
            )
        earlier._lapse()

    def _approval_outcomes(self, kind):
        """The reminders of how it ended when ``kind`` was asked for before, in sudo."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kehu_outcome_id", "!=", False),
                    ("kehu_outcome_id.kind", "=", kind),
                ]
            )
        )

    def _approval_routes(self, rules, excluded):
        """``{document_id: [StepTerms, …]}`` of the steps that apply, in order.

        :raise UserError: no step applies, or one could not be decided for want of people
        """
        routes = {}
        for rule, documents in self.grouped(lambda document: rules[document.id]).items():
            steps = [
                (terms, documents.filtered_domain(step._literal_domain()), documents._approval_candidates(terms))
                for step in rule.step_ids
                for terms in [step._terms()]
            ]
            for document in documents:
                applying, spent = [], excluded[document.id]
                for terms, fitting, people in steps:
                    if document in fitting:
                        applying.append((terms, people[document.id] - spent))
                        if terms.quorum == "all" and not rule.merges_steps:
                            spent |= people[document.id]  # each of them will have decided
                if not applying:
                    raise UserError(
                        self.env._(
                            "No step of rule “%(rule)s” applies to %(document)s.",
                            rule=rule.name,
                            document=document.display_name,
                        )
                    )
                seats = [(people._ids, terms.seats) for terms, people in applying]
                short = first_undecidable(seats, rule.merges_steps)
                if short is not None:
                    raise UserError(
                        self.env._(
                            "Not enough people can decide step “%(step)s” for %(document)s: those who asked, made "
                            "it or "
                            "profit do not count, and nobody decides twice. Tell the administrator of rule “%(rule)s”.",
                            step=rule.step_ids.browse(applying[short][0].step_id).name,
                            document=document.display_name,
                            rule=rule.name,
                        )
                    )
                routes[document.id] = [terms for terms, _people in applying]
        return routes

    def _approval_prepare_values(self, kind, reason, rules, routes, excluded):
        snapshots = {}
        declared = self._approval_kind_map()[kind].watched
        for rule, documents in self.grouped(lambda document: rules[document.id]).items():
            snapshots |= documents._approval_snapshots([*declared, *rule.watched_field_ids.mapped("name")])
        return [
            {
                "res_model": self._name,
                "res_id": document.id,
                "rule_id": rules[document.id].id,
                "kind": kind,
                "company_id": document._approval_owner().id,
                "requester_id": self.env.uid,
                "reason": reason or False,
                "snapshot": snapshots[document.id],
                "digest": digest(snapshots[document.id]),
                "route": routes[document.id],
                "step_id": routes[document.id][0].step_id,
                "merges_steps": rules[document.id].merges_steps,
                "excluded_user_ids": [Command.set(excluded[document.id].ids)],
            }
            for document in self
        ]

    def _approval_excluded(self):
        """``{document_id: users}`` who must not decide whoever asks: creators and :meth:`_approval_excluded_users`."""
        concerned = self._approval_excluded_users()
        return {
            document.id: document.create_uid | concerned.get(document.id, self.env["res.users"])
            for document in self.sudo()
        }

    def _approval_excluded_users(self):
        """Hook: ``{document_id: users}`` who profit from the approval or are accused in the document (C8)."""
        return {}

    def _approval_recused(self):
        """Hook: ``{document_id: users}`` whose earlier decision counts no more, either: the document concerns them (C8)."""
        return {}

    def _approval_candidates(self, terms):
        """``{document_id: users}`` who may decide a step, as of now; nobody excluded yet.

        Users who do not work in the document's company cannot read it, and hear nothing of it.

        :param terms: :class:`StepTerms`
        """
        documents, Step, users = self.sudo(), self.env["kehu.approval.step"], self.env["res.users"].sudo()
        fixed = (
            users.browse(terms.user_ids).exists()
            | self.env["res.groups"].sudo().browse(terms.group_ids).exists().all_user_ids
        )
        by_role = documents._workflow_users_in_role(terms.role) if terms.role else {}
        candidates = {}
        for company, group in documents.grouped(lambda document: document._approval_owner()).items():
            inside = Step._filter_employees(fixed, company)
            for document in group:
                candidates[document.id] = inside | Step._filter_employees(
                    by_role.get(document.id, users).sudo(), company
                )
        return candidates

    def _approval_of(self, *states):
        """The approvals of ``self`` in one of ``states``, in sudo."""
        return (
            self.env["kehu.approval"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", states)])
        )

    def _approval_returned_on(self):
        """``{document_id: moment}`` of those whose newest approval was refused: who asked was told to read the reason."""
        approvals = (
            self.env["kehu.approval"].sudo().search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        )
        newest = {approval.res_id: approval for approval in approvals.sorted("id")}
        return {id_: approval.date_closed for id_, approval in newest.items() if approval.state == "refused"}

    # === BUSINESS: OUTCOME ===

    def _approval_granted(self, approvals):
        """Hook: the last step agreed. Makes the move declared with ``granted``.

        :param approvals: in sudo and in the order of ``self``
        """
        self._approval_follow(approvals, "granted")

    def _approval_returned(self, approvals):
        """Hook: refused or withdrawn. Makes the move declared with ``returned``; see :meth:`_approval_granted`."""
        self._approval_follow(approvals, "returned")

    def _approval_follow(self, approvals, outcome):
        """Make the moves that follow from the outcome, as far as their state is still there."""
        kinds = dict(zip(self.ids, approvals.mapped("kind"), strict=True))
        reasons = {approval.res_id: approval.decision_ids[-1:].reason or "" for approval in approvals}
        for move in self._workflow_move_map().values():
            if kind := getattr(move, outcome):
                following = self.sudo().filtered(
                    lambda document, move=move, kind=kind: (
                        kinds.get(document.id) == kind and document.state in move.source
                    )
                )
                for reason, documents in following.grouped(lambda document: reasons[document.id]).items():
                    documents._move(move.name, reason=reason or (move.reason and self.env._("Not granted")) or None)

    def _workflow_moved(self, move, sources, reason):
        """Ask for what the move asks for; what a move leaves behind or reopens no longer counts."""
        asking = [other for other in self._workflow_move_map().values() if other.approval]
        reopened = {other.approval for other in asking if move.target in other.source}
        left = {other.approval for other in asking if other.target in sources.values() and other.target != move.target}
        if left or reopened:
            self._approval_of("pending", "approved").filtered(
                lambda approval: approval.kind in (left if approval.state == "pending" else reopened)
            )._lapse()
        if move.carries_out:
            self._approval_check_unchanged()
        asking = self._approval_filter_ruled(move.approval) if move.by_rule else self
        if move.approval and asking:
            asking._approval_ask(move.approval, reason)
        return super()._workflow_moved(move, sources, reason)

    def _workflow_who(self, move):
        if move.granted and not move.is_for_people:
            return self.env._("It follows when “%s” is granted.", self._approval_label(move.granted))
        if move.returned and not move.is_for_people:
            return self.env._("It follows when “%s” is refused or withdrawn.", self._approval_label(move.returned))
        return super()._workflow_who(move)

    def _workflow_blockers(self, move):
        """Pending approvals stand in the way of what follows from them, and say who decides."""
        blockers = super()._workflow_blockers(move)
        if move.granted:
            for approval in self._approval_of("pending"):
                if approval.kind == move.granted:
                    blockers[approval.res_id].append(
                        self.env._(
                            "Step “%(step)s” waits for: %(who)s.", step=approval.step_id.name, who=approval.candidates
                        )
                    )
        return blockers

    # === BUSINESS: THE DECLARATION ===

    @api.model
    @tools.ormcache()
    def _approval_kind_map(self):
        """``{name: kind}`` of the model with all its extensions."""
        kinds = {}
        for cls in reversed(type(self).__mro__):
            kinds |= {kind.name: kind for kind in vars(cls).get("_approval_kinds", ())}
        return tools.frozendict(kinds)

    @api.model
    def _approval_label(self, kind):
        declared = self._approval_kind_map().get(kind)
        return self.env._(declared.label) if declared else kind  # pylint: disable=gettext-variable

    @api.model
    def _approval_knows_role(self, role):
        if hasattr(self, f"_workflow_role_{role}"):
            return True
        field = self._approval_field(role)
        return bool(field) and field.comodel_name == "res.users"

    @api.model
    def _approval_field(self, path):
        """The field at the end of ``path``, or None where the path breaks."""
        model, field = self, None
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return None
            model = self.env[field.comodel_name] if field.comodel_name else None
        return field

    def _approval_owner(self):
        """The company to which the document belongs; none if it belongs to all."""
        return self.company_id if "company_id" in self._fields else self.env["res.company"]

    def _approval_company(self):
        return self._approval_owner() or self.env.company

    def _approval_amounts(self, path):
        """``{document_id: amount}`` at ``path`` in the currency of the document's company, at today's rate."""
        *relations, name = path.split(".")
        rates = {}
        amounts = {}
        for document in self:
            owner = document.mapped(".".join(relations)) if relations else document
            field = owner._fields[name]
            company = document._approval_company()
            parts = []
            for line in owner:
                amount = line[name]
                currency = field.type == "monetary" and line[field.get_currency_field(owner)] or company.currency_id
                if currency != company.currency_id:
                    key = (currency, company)
                    if key not in rates:
                        rates[key] = currency._get_conversion_rate(
                            currency, company.currency_id, company, fields.Date.today()
                        )
                    amount *= rates[key]
                parts.append(amount)
            # Binary fractions add up to less than the sum of money.
            amount = company.currency_id.round(fsum(parts)) if field.type == "monetary" else fsum(parts)
            amounts[document.id] = amount
        return amounts
