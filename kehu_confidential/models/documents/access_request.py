"""Employees who meet a record that they may not read ask the officers for access to its customer (X4)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move, Turn

from ...groups import OFFICER, OFFICERS

_lt = LazyTranslate(__name__)


class AccessRequest(models.Model):
    """A request for a grant, answered by a grant or refused.

    Who asks learns nothing by it: whatever is typed is taken down alike, and only officers see which customer it is.
    """

    _name = "kehu.access.request"
    _description = "Request for Access"
    _inherit = ["kehu.officers.mixin", "kehu.turn.mixin", "kehu.server.written.mixin"]
    _kehu_by_hand = ("create",)
    _evidence_refusal = _lt("A request for access is kept as evidence. Withdraw it instead:")
    _mail_post_access = "read"
    _order = "id desc"
    _rec_name = "customer"

    _workflow_moves = (
        Move(
            "refuse",
            _lt("Refuse"),
            source=("open",),
            target="refused",
            groups=OFFICERS,
            reason=True,
            access="read",
            after="_tell_refused",
            batch=True,
        ),
        Move("withdraw", _lt("Withdraw"), source=("open",), target="withdrawn", roles=("create_uid",), access="read"),
        Move("grant", _lt("Granted"), source=("open",), target="granted"),
    )
    _workflow_statusbar = ("open", "granted")
    _workflow_turns = (
        Turn(
            "decide",
            ("open",),
            "officers",
            _lt("Somebody asks for access to a customer: grant it, or refuse with the reason"),
        ),
    )

    customer = fields.Char(
        required=True, help="The number of the customer's archive, or whatever else tells which customer it is."
    )
    purpose = fields.Text(required=True, help="What you need to read the customer for.")
    date_until = fields.Datetime(string="Needed Until")
    res_model = fields.Char(string="Model", help="Of the record that the user met.")
    res_id = fields.Integer(string="Record ID")
    # No relation: the rule of tiers would hide the request from who asks.
    customer_id = fields.Integer(string="ID of the Customer", readonly=True, groups=OFFICER)
    customer_label = fields.Char(string="Customer Meant", compute="_compute_customer_label", groups=OFFICER)
    state = fields.Selection(
        [("open", "To decide"), ("granted", "Granted"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
        default="open",
    )

    # === COMPUTE ===

    @api.depends("customer_id")
    @api.depends_context("uid")
    def _compute_customer_label(self):
        for request in self:
            request.customer_label = self.env["res.partner"].browse(request.customer_id or ()).display_name

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "customer" in fields and not defaults.get("customer") and (met := self._met_record(defaults)) is not None:
            defaults["customer"] = f"{self.env['ir.model']._get(met._name).name} #{met.id}"
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        officers = self._kehu_officers()
        for request in requests.sudo():
            # Superuser: the officers alone are told which customer it is, and none by asking oneself.
            if request.create_uid not in officers | request._met_excluded():
                request.customer_id = request._find_customer()
        self.env.user._bus_send(
            "simple_notification",
            {"type": "success", "message": self.env._("Your request went to the confidentiality officers.")},
        )
        return requests

    # === ACTIONS ===

    def action_grant(self):
        """Open a new grant with what was asked for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Grant"),
            "res_model": "kehu.grant",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_request_id": self.id,
                "default_user_id": self.create_uid.id,
                "default_partner_id": self.customer_id or False,
                "default_purpose": self.purpose,
                "default_date_until": fields.Datetime.to_string(self.date_until),
            },
        }

    # === BUSINESS ===

    @api.model
    def _met_record(self, vals):
        """Return the record that the user met, which may not exist; or None."""
        name, record_id = vals.get("res_model"), vals.get("res_id")
        if not isinstance(name, str) or not isinstance(record_id, int) or not record_id:
            return None
        model = self.env.get(name)
        if model is None or model._abstract or model._transient or not model._auto:
            return None
        return model.browse(record_id)

    def _met_excluded(self):
        """Return the users who are excluded from the record that the user met."""
        met = self._met_record({"res_model": self.res_model, "res_id": self.res_id})
        return self.env["res.users"] if met is None else met.sudo().exists()._kehu_excluded_users()

    def _workflow_role_officers(self):
        people = super()._workflow_role_officers()
        return {request.id: people[request.id] - request._met_excluded() for request in self}

    def _find_customer(self):
        """Return the ID of the customer whom the record is about that the user met, or whose number was typed; or 0."""
        partners = self.env["res.partner"].with_context(active_test=False)
        met = self._met_record({"res_model": self.res_model, "res_id": self.res_id})
        if met is not None and met.exists():
            names = (met._inherits.get("res.partner"), *met._kehu_customer_fields())
            found = met if met._name == "res.partner" else partners.union(*(met[name] for name in names if name))
            if found:
                return found[0].commercial_partner_id.id
        return partners._kehu_find_numbered(self.customer)[:1].commercial_partner_id.id

    def _granted(self, user):
        """End the open request that a grant to ``user`` answers.

        :raise AccessError: somebody else asked
        """
        if user != self.create_uid:
            raise AccessError(self.env._("The request is another user's: grant access to the one who asked."))
        self._move("grant")

    def _tell_refused(self):
        self._workflow_remind(
            {request.id: request.create_uid for request in self}, _lt("Your request for access was refused")
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _kehu_find_numbered(self, number):
        """Return the customers with a number that a user typed (hook)."""
        return self.search([("ref", "=", number.strip())]) if number.strip() else self.browse()


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Say in words of ours why, and let the client offer to ask for access."""
        error = super()._make_access_error(operation, records)
        is_explained = bool(getattr(error, "context", None))  # another company of the user's, say
        if is_explained or not records._kehu_is_protected() or not self.env.user._is_internal():
            return error
        if not self.env.user.has_group("base.group_no_one"):  # developers are told the rules
            error.args = (self._kehu_refusals(self.env["ir.model"]._get(records._name).name)[operation],)
        if operation == "read":
            error.context = {
                "kehu_access_request": {"default_res_model": records._name, "default_res_id": records[:1].id}
            }
        return error

    def _kehu_refusals(self, kind):
        return {
            "read": self.env._(
                "You may not read this record (%(kind)s): it is kept for those who take part in it, and for those with "
                "clearance for its customer. If you need it for your work, ask for access.",
                kind=kind,
            ),
            "write": self.env._(
                "You may not change this record (%(kind)s): leave that to those who work on it, or ask for access.",
                kind=kind,
            ),
            "create": self.env._(
                "You may not enter this record (%(kind)s): leave that to those who work on it.", kind=kind
            ),
            "unlink": self.env._(
                "You may not delete this record (%(kind)s): leave that to those who work on it.", kind=kind
            ),
        }
