"""Who was responsible for what went wrong, by the investigation: they are complained about from then on (C4, C8, C13)."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..complaint.complaint import RESPONSIBLE


class _Named(list):
    """Commands that follow from naming somebody as responsible; no client can send it."""


class Complaint(models.Model):
    """Responsible employees are a part of those complained about: naming and taking back follow the same rules."""

    _inherit = "kehu.complaint"

    handling_team_id = fields.Many2one(
        "crm.team",
        string="Handling Unit",
        compute="_compute_handling_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        copy=False,
        check_company=True,
        help="The unit that receives and handles it: the handler's, or that of the service desk.",
    )
    responsible_team_id = fields.Many2one(
        "crm.team",
        string="Responsible Unit",
        index="btree_not_null",
        tracking=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
        help="Statistics and costs go by it.",
    )
    responsible_user_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_responsible_user_rel",
        string="Responsible Employees",
        copy=False,
        ondelete="restrict",
        tracking=True,
        context={"active_test": False},
        help="They are complained about, too: they take no part in this complaint and do not see it. Where a superior "
        "decides on that, they are entered here once it is confirmed.",
    )

    responsible_waiting = fields.Char(
        string="Responsible, to Be Confirmed",
        compute="_compute_responsible_waiting",
        help="A superior decides whether they are complained about; then they are entered as responsible.",
    )

    # === COMPUTE ===

    @api.depends("user_id", "desk_id")
    def _compute_handling_team_id(self):
        # Taken once: a handler who changes units, or leaves the complaint, leaves it with the unit that handled it.
        for complaint in self:
            unit = complaint.user_id.sudo().sale_team_id
            complaint.handling_team_id = (
                unit.filtered(lambda unit, complaint=complaint: unit.company_id <= complaint.company_id)
                or complaint.handling_team_id
                or complaint.desk_id.sudo().team_id
            )

    @api.depends("accusation_ids.state", "accusation_ids.responsible_user_ids")
    @api.depends_context("uid")
    def _compute_responsible_waiting(self):
        # Those that the user may read: the proposer's own, and the superiors'.
        accusations = self.env["kehu.complaint.accusation"].search(
            [("complaint_id", "in", self.ids), ("state", "=", "proposed"), ("responsible_user_ids", "!=", False)]
        )
        for complaint in self:
            waiting = accusations.filtered(
                lambda accusation, complaint=complaint: accusation.complaint_id == complaint._origin
            )
            complaint.responsible_waiting = ", ".join(waiting.sudo().responsible_user_ids.mapped("name")) or False

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create([self._responsible_accused(vals) for vals in vals_list])
        complaints._settle_responsible()
        return complaints

    def write(self, vals):
        if vals.keys().isdisjoint(("responsible_user_ids", "accused_user_ids")):
            return super().write(vals)
        self._service_check_part(vals)
        result = super().write(self._responsible_accused(vals))
        self._settle_responsible()
        return result

    def _service_check_part(self, vals):
        return super()._service_check_part(
            {name: value for name, value in vals.items() if not isinstance(value, _Named)}
        )

    @api.model
    def _responsible_accused(self, vals):
        """Return ``vals`` that also enter the employees named as responsible among those complained about.

        :raise UserError: users name themselves
        """
        if not vals.get("responsible_user_ids"):
            return vals
        named = self.new({"responsible_user_ids": vals["responsible_user_ids"]}).responsible_user_ids._origin
        if self.env.user in named and not self.env.su:
            raise UserError(self.env._("You do not investigate what you are responsible for: let a colleague do it."))
        accused = [*(vals.get("accused_user_ids") or ()), *(Command.link(user.id) for user in named)]
        return {**vals, "accused_user_ids": _Named(accused)}

    def _settle_responsible(self):
        """Keep as responsible only those who are complained about; for others it waits for a superior (C8).

        :raise UserError: somebody named as responsible is not complained about any more
        """
        if self.env.su:
            return
        for complaint in self.sudo().with_context(active_test=False):
            free = complaint.responsible_user_ids - complaint.accused_user_ids
            waiting = complaint.accusation_ids.filtered(lambda accusation: accusation.state == "proposed")
            if others := free - waiting.named_user_ids:
                raise UserError(
                    self.env._(
                        "By the investigation they are responsible, and so complained about: %s. Whoever investigates "
                        "takes that back first.",
                        ", ".join(others.mapped("name")),
                    )
                )
            if free:
                complaint.write({"responsible_user_ids": [Command.unlink(user.id) for user in free]})
                waiting._keep_responsible(free)

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "report":
            for complaint in self.sudo():
                if not any(complaint[name] for name in RESPONSIBLE):
                    blockers[complaint.id].append(
                        self.env._("Say who is responsible: a unit, employees, or somebody outside the company.")
                    )
        return blockers
