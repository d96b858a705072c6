from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError

from ..caches import forget


class ApprovalDelegation(models.Model):
    """Who decides in whose place, from when to when (A6).

    The delegate may decide what the delegator may decide by himself: delegations do not chain.
    """

    _name = "kehu.approval.delegation"
    _description = "Approval Delegation"
    _inherit = ["mail.thread"]
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

    _not_to_oneself = models.Constraint("CHECK(delegator_id <> delegate_id)", "Delegate to somebody else than yourself.")
    _dates_in_order = models.Constraint("CHECK(date_from <= date_to)", "The last day cannot be before the first.")

    # === CONSTRAINT ===

    @api.constrains("delegate_id")
    def _check_delegate(self):
        for delegation in self.sudo():
            if not delegation.delegate_id.active or delegation.delegate_id.share:
                raise ValidationError(self.env._("“%s” is not an active employee.", delegation.delegate_id.name))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        self._changed()
        return delegations

    def write(self, vals):
        # Record rules are checked before a write, not after: one's own could be turned into somebody else's.
        if "delegator_id" in vals and any(delegation.delegator_id.id != vals["delegator_id"] for delegation in self):
            raise AccessError(self.env._("Nobody delegates what belongs to somebody else."))
        result = super().write(vals)
        self._changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._changed()
        return result

    # === BUSINESS ===

    @api.model
    def _delegators(self, user):
        """The active employees in whose place ``user`` may decide today, in their own time zones."""
        delegators = self.env["res.users"].sudo()
        for delegator_id, first, last in self._delegated_to(user.id):
            delegator = delegators.browse(delegator_id)
            if first <= self._today(delegator) <= last and delegator.active and not delegator.share:
                delegators |= delegator
        return delegators

    def _today(self, delegator):
        # Neither the context's time zone nor the delegate's own, with which the dates could be stretched.
        return fields.Date.context_today(self.with_context(tz=delegator.tz or "UTC"))

    def _is_in_force(self):
        return self.date_from <= self._today(self.delegator_id) <= self.date_to

    @api.model
    def _delegates(self, users):
        """Return ``{user: users}``: the active employees who may decide today in the place of each of ``users``."""
        delegates = {}
        for delegation in self.sudo().search([("delegator_id", "in", users.ids)]).filtered(lambda delegation: delegation._is_in_force()):
            if delegation.delegate_id.active and not delegation.delegate_id.share:
                delegator = users.browse(delegation.delegator_id.id)
                delegates[delegator] = delegates.get(delegator, users.browse()) | users.browse(delegation.delegate_id.id)
        return delegates

    @api.model
    @tools.ormcache("user_id")
    def _delegated_to(self, user_id):
        """``((delegator id, first day, last day), …)`` of what was ever delegated to the user."""
        delegations = self.sudo().search([("delegate_id", "=", user_id)])
        return tuple((delegation.delegator_id.id, delegation.date_from, delegation.date_to) for delegation in delegations)

    def _changed(self):
        """Forget who stands in for whom."""
        forget(self.env)
