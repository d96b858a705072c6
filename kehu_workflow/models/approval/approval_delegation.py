from datetime import timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

_DELEGATED = "kehu_workflow.delegated_to"

# So many delegations of one user, and to one user, may be open at once: each is looked at in every search for what can
# be decided.
MOST = 20


class ApprovalDelegation(models.Model):
    """Who decides in whose place, from when to when (A6).

    The delegate may decide what the delegator may decide without delegation: delegations do not chain.
    """

    _name = "kehu.approval.delegation"
    _description = "Approval Delegation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "delegate_id"

    delegator_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
    )
    delegate_id = fields.Many2one(
        "res.users", required=True, index=True, domain=[("share", "=", False)], ondelete="restrict", tracking=True
    )
    date_from = fields.Date("First Day", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date("Last Day", required=True, tracking=True)

    _not_to_oneself = models.Constraint(
        "CHECK(delegator_id <> delegate_id)", "Delegate to somebody else than yourself."
    )
    _dates_in_order = models.Constraint("CHECK(date_from <= date_to)", "The last day cannot be before the first.")

    # === CONSTRAINT ===

    @api.constrains("delegate_id")
    def _check_delegate(self):
        for delegation in self.sudo():
            if not delegation.delegate_id.active or delegation.delegate_id.share:
                raise ValidationError(self.env._("“%s” is not an active employee.", delegation.delegate_id.name))

    @api.constrains("delegator_id", "delegate_id", "date_from", "date_to")
    def _check_number(self):
        """Refuse two delegations of the same days to the same colleague, and more than anybody needs."""
        open_ = self.sudo().filtered(lambda delegation: delegation.date_to >= fields.Date.today())
        for name in ("delegator_id", "delegate_id"):
            domain = [(name, "in", open_[name].ids), ("date_to", ">=", fields.Date.today())]
            for user, count in self.sudo()._read_group(domain, [name], ["__count"]):
                if count > MOST:
                    raise ValidationError(
                        self.env._(
                            "%(user)s has %(most)s delegations in force or to come already. End one first.",
                            user=user.name,
                            most=MOST,
                        )
                        if name == "delegator_id"
                        else self.env._(
                            "%(user)s is the delegate of %(most)s delegations in force or to come already. Choose "
                            "somebody else.",
                            user=user.name,
                            most=MOST,
                        )
                    )
        same = self.sudo().search(
            [("delegator_id", "in", self.delegator_id.ids), ("delegate_id", "in", self.delegate_id.ids)]
        )
        for delegations in same.grouped(lambda delegation: (delegation.delegator_id, delegation.delegate_id)).values():
            for earlier, later in pairwise(delegations.sorted("date_from")):
                if later.date_from <= earlier.date_to:
                    raise ValidationError(
                        self.env._(
                            "%(delegate)s stands in for you on some of these days already (%(first)s – %(last)s). "
                            "Change that delegation instead.",
                            delegate=later.delegate_id.name,
                            first=earlier.date_from,
                            last=earlier.date_to,
                        )
                    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        self._changed()
        delegations._remind_delegates()
        return delegations

    def write(self, vals):
        # Record rules are checked before a write, not after: one's own could be turned into somebody else's.
        if "delegator_id" in vals and any(delegation.delegator_id.id != vals["delegator_id"] for delegation in self):
            raise AccessError(self.env._("Nobody delegates what belongs to somebody else."))
        result = super().write(vals)
        if {"delegate_id", "date_from", "date_to"} & vals.keys():
            self._changed()
            self._reminders().unlink()
            self._remind_delegates()
        return result

    def unlink(self):
        result = super().unlink()
        if self:
            self._changed()
        return result

    # === BUSINESS ===

    @api.model
    def _delegators(self, user):
        """Return the active employees in whose place ``user`` may decide today, in their own time zones."""
        rows = self._delegated_to(user.id)
        delegators = self.env["res.users"].sudo().browse({delegator_id for delegator_id, _first, _last in rows})
        today = self._today_by_user(delegators)
        in_force = {delegator_id for delegator_id, first, last in rows if first <= today[delegator_id] <= last}
        return delegators.filtered(
            lambda delegator: delegator.id in in_force and delegator.active and not delegator.share
        )

    @api.model
    def _delegates(self, users):
        """Return ``{user: users}``: the active employees who may decide today in the place of each of ``users``."""
        delegations = self.sudo().search([("delegator_id", "in", users.ids)])
        today = self._today_by_user(delegations.delegator_id)
        delegates = {}
        for delegation in delegations:
            delegator, delegate = delegation.delegator_id, delegation.delegate_id
            if (
                delegation.date_from <= today[delegator.id] <= delegation.date_to
                and delegate.active
                and not delegate.share
            ):
                delegates[delegator] = delegates.get(delegator, delegate) | delegate
        return delegates

    @api.model
    def _today_by_user(self, delegators):
        # Neither the context's time zone nor the delegate's own, with which the dates could be stretched.
        zones = {delegator.id: delegator.tz or delegator.sudo().company_id._kehu_zone() for delegator in delegators}
        today = {zone: fields.Date.context_today(self.with_context(tz=zone)) for zone in set(zones.values())}
        return {user_id: today[zone] for user_id, zone in zones.items()}

    @api.model
    def _delegated_to(self, user_id):
        """``((delegator id, first day, last day), …)`` of what is delegated to the user, or will be.

        Known as long as the transaction: one that began before a delegation tells no other what it sees.
        """
        known = self.env.cr.cache.setdefault(_DELEGATED, {})
        if user_id not in known:
            delegations = self.sudo().search(
                [("delegate_id", "=", user_id), ("date_to", ">=", fields.Date.today() - timedelta(days=1))]
            )
            known[user_id] = tuple(
                (delegation.delegator_id.id, delegation.date_from, delegation.date_to) for delegation in delegations
            )
        return known[user_id]

    def _changed(self):
        """Forget who stands in for whom, and have deputies reminded of what waits."""
        self.env.cr.cache.pop(_DELEGATED, None)
        self.env.ref("kehu_workflow.ir_cron_approval_refresh").sudo()._trigger()

    def _remind_delegates(self):
        """Tell colleagues that they stand in for somebody, and when."""
        Activity = self.env["mail.activity"]
        told = []
        for delegation in self.sudo().filtered(lambda delegation: delegation.date_to >= fields.Date.today()):
            env = self.with_context(lang=delegation.delegate_id.lang).env
            summary = env._(
                "You decide in the place of %(user)s, %(first)s – %(last)s",
                user=delegation.delegator_id.name,
                first=format_date(env, delegation.date_from),
                last=format_date(env, delegation.date_to),
            )
            told.append((delegation.delegate_id, {"res_id": delegation.id, "summary": summary}))
        Activity._kehu_remind(Activity._kehu_prepare_reminders(self._name, told, lambda lang: False))

    def _reminders(self):
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("automated", "=", True)])
        )

    @api.model
    def _drop_past_reminders(self):
        told = self.env["mail.activity"].sudo().search([("res_model", "=", self._name), ("automated", "=", True)])
        yesterday = fields.Date.today() - timedelta(days=1)
        past = self.sudo().search([("id", "in", told.mapped("res_id")), ("date_to", "<", yesterday)])
        past._reminders().unlink()
