"""Users who leave lose their rights at once: the officers are told, and who leads their unit has their work handed over
(X2).
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.models.approval.approval_mixin import UNFOLLOWED

_lt = LazyTranslate(__name__)

# So many records of a kind are named; of the others, how many there are.
NAMED = 20


def held_link(record):
    """Return ``(model, id, name)`` of what is opened for a record that somebody has in hand."""
    if record._name == "mail.activity":
        return record.res_model, record.res_id, f"{record.res_name}: {record.display_name}"
    return record._name, record.id, record.display_name


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD ===

    def write(self, vals):
        leaving = self.browse() if vals.get("active", True) else self.filtered(lambda user: user.active)
        leaving = leaving.filtered(lambda user: not user.share)
        if not leaving:
            return super().write(vals)
        tiers, leaders = leaving._kehu_return_tiers(), leaving._kehu_leaders()
        result = super().write(vals)
        label = self.fields_get(["active"], ["string"])["active"]["string"]
        for user in leaving.filtered(lambda user: user.id in tiers):
            self.env["kehu.access.log"]._log_right(user, f"\u2212 {label}")
            self.env["kehu.right.change"]._keep_taken(user, "active", {user.id: user.name}, tiers[user.id])
        leaving._kehu_have_handed_over(leaders)
        return result

    # === ACTIONS ===

    def action_archive(self):
        # Odoo forgets the unit and the tasks.
        held = self._kehu_held() if len(self) == 1 else []
        self.filtered("active").write({"active": False})
        result = super().action_archive()
        return self._kehu_show_held(held) if held else result

    def action_kehu_open_held(self):
        """Show what the user has in hand, as far as who asks may read it."""
        self.ensure_one()
        return self._kehu_show_held(self._kehu_held())

    # === BUSINESS ===

    def _kehu_show_held(self, held):
        """Return the action that shows what :meth:`_kehu_held` found."""
        return self.env["kehu.workflow.explain.wizard"]._action_show(
            self.env._("In the Hands of %s", self.name), held or [(self.env._("Nothing that you may read."), [])]
        )

    def _kehu_held(self):
        """Return ``[(label, [link, …]), …]``: what the user has in hand, as far as who asks may read it."""
        self.ensure_one()
        partners = self.env["res.partner"]
        found = [
            *(
                (partners, [name], Domain("parent_id", "=", False))
                for name in partners._kehu_right_fields
                if partners._fields[name].comodel_name == "res.users"
            ),
            (self.env["crm.team"], ["user_id"], Domain.TRUE),
            *self._kehu_held_documents(),
            (self.env["kehu.approval"], ["asked_user_ids"], Domain("state", "=", "pending")),
            (
                self.env["kehu.approval.delegation"],
                ["delegator_id", "delegate_id"],
                Domain("date_to", ">=", fields.Date.today()),
            ),
            (self.env["mail.activity"], ["user_id"], Domain.TRUE),
        ]
        held = []
        for model, names, domain in found:
            names = [name for name in names if model._has_field_access(model._fields[name.partition(".")[0]], "read")]
            if names and model.has_access("read"):
                if records := model.search(domain & Domain.OR(Domain(name, "in", self.ids) for name in names)):
                    labels = model.fields_get([name for name in names if name in model._fields], ["string"])
                    roles = ", ".join(labels[name]["string"] for name in names if name in labels)
                    links = [Markup('<a href="/odoo/%s/%s">%s</a>') % held_link(record) for record in records[:NAMED]]
                    if len(records) > NAMED:
                        links.append(self.env._("and %s more", len(records) - NAMED))
                    label = self.env._(
                        "%(kind)s (%(roles)s): %(number)s",
                        kind=self.env["ir.model"]._get(model._name).name,
                        roles=roles,
                        number=len(records),
                    )
                    held.append((label, links))
        return held

    @api.model
    def _kehu_held_documents(self):
        """Return ``[(model, names of fields, domain), …]``: whose turn it is in documents that are not at their end."""
        turns = self.env.registry["kehu.turn.mixin"]
        found = []
        for name, cls in self.env.registry.items():
            if issubclass(cls, turns) and not cls._abstract:
                model = self.env[name]
                roles = {turn.role for turn in model._workflow_turns if turn.role in model._fields}
                states = {state for turn in model._workflow_turns for state in turn.states}
                found.append((model, sorted(roles), Domain("state", "in", sorted(states))))
        return found

    def _kehu_leaders(self):
        """Return ``{user id: users}``: who leads the units of the users, or of their customers; else the
        administrators.
        """
        customers = self.env["res.partner"].sudo()
        names = [name for name in customers._kehu_right_fields if customers._fields[name].comodel_name == "res.users"]
        teams = {user.id: user.crm_team_member_ids.crm_team_id for user in self.sudo()}
        for name in names:
            theirs = Domain(name, "in", self.ids) & Domain("kehu_team_id", "!=", False)
            for user, team in customers._read_group(theirs, [name, "kehu_team_id"]):
                teams[user.id] |= team
        administrators = self.env["kehu.right.change"]._get_administrators() - self
        return {
            user_id: (units.user_id.filtered("active") - self).sudo(False) or administrators
            for user_id, units in teams.items()
        }

    def _kehu_have_handed_over(self, leaders):
        """Give the leaders of the units something to do, on the contact of who has left."""
        Activity = self.env["mail.activity"].with_context(kehu_approval_reminder=UNFOLLOWED)
        people = {user.partner_id.id: leaders[user.id] - self.env.user for user in self}
        Activity._kehu_tell(self.partner_id, people, _lt("A colleague has left: hand over what was in their hands"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_has_left = fields.Boolean(string="Has Left", compute="_compute_kehu_has_left", compute_sudo=True)

    # === COMPUTE ===

    @api.depends("user_ids.active")
    def _compute_kehu_has_left(self):
        for partner in self.with_context(active_test=False):
            users = partner.user_ids.filtered(lambda user: user._is_internal())
            partner.kehu_has_left = bool(users) and not any(users.mapped("active"))

    # === ACTIONS ===

    def action_kehu_open_held(self):
        """Show what a colleague who has left had in hand, as far as who asks may read it."""
        self.ensure_one()
        self.check_access("read")
        return self.with_context(active_test=False).user_ids[:1].action_kehu_open_held()
