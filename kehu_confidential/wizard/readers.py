"""Who can read a document, and by what right: shown to confidentiality officers (X4, X7)."""

from collections import defaultdict
from itertools import product

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, LazyTranslate, safe_eval, split_every

from ..groups import OFFICER
from ..models.rule.tier import CONFIDENTIAL

_lt = LazyTranslate(__name__)

_AT_ONCE = 200

# What fields are called that say something of the current user, where they are said of another.
_WORDS = {
    "approval_is_mine": _lt("Decides on it"),
    "kehu_is_granted": _lt("Grant"),
    "kehu_is_lent": _lt("Decides on it"),
    "kehu_is_to_decide": _lt("Decides on it"),
}


class Readers(models.TransientModel):
    _name = "kehu.readers"
    _description = "Who Can Read This"

    line_ids = fields.One2many("kehu.readers.line", "readers_id", readonly=True)

    @api.model
    def default_get(self, fields):
        """Fill in the readers of the record from which the dialog was opened.

        :raise AccessError: the current user is no confidentiality officer, or may not read the record
        :raise UserError: it was opened from elsewhere
        """
        self.check_access("create")
        defaults = super().default_get(fields)
        name, document_id = self.env.context.get("active_model"), self.env.context.get("active_id")
        if (
            not isinstance(name, str)
            or name not in self.env
            or not self.env[name]._kehu_shows_readers()
            or type(document_id) is not int
        ):
            raise UserError(self.env._("Open it from a customer or from a document about one."))
        document = self.env[name].browse(document_id).exists()
        document.check_access("read")
        defaults["line_ids"] = [
            Command.create({"user_id": user.id, "reasons": "\n".join(reasons)})
            for user, reasons in (document._kehu_readers() if document else {}).items()
        ]
        return defaults


class ReadersLine(models.TransientModel):
    _name = "kehu.readers.line"
    _description = "Reader"

    readers_id = fields.Many2one("kehu.readers", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", readonly=True)
    reasons = fields.Text(string="Reads As", readonly=True)


class IrActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Offer officers the readers of each document, of addons to come, too."""
        bindings = super().get_bindings(model_name)
        if model_name in self.env and self.env[model_name]._kehu_shows_readers() and self.env.user.has_group(OFFICER):
            action = self.env["ir.actions.act_window"]._for_xml_id("kehu_confidential.kehu_readers_action")
            offered = {name: action[name] for name in ("id", "name", "binding_view_types")}
            bindings["action"] = [*bindings.get("action", ()), offered]
        return bindings


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_shows_readers(self):
        """Return whether officers are shown who reads a record of this model: a customer, or a document about one."""
        return self._name == "res.partner" or (
            self._name.startswith("kehu.") and not self._transient and self._kehu_is_protected()
        )

    def _kehu_readers(self):
        """Return ``{employee: reasons}`` for those who can read the record, whoever asks.

        Who reads is asked of the rules themselves, and why of what they name: the clearance, the fields in which the
        reader stands, the groups that need no field. All employees are asked about at once, in statements of a size that
        PostgreSQL plans well; their rules ask besides.
        """
        self.ensure_one()
        document = self.sudo()
        users = self.env["res.users"].sudo().search([("share", "=", False)], order="name")
        as_user = {user: self._kehu_as(user) for user in users}
        readers = document._kehu_which_hold(
            {user: (model, Domain.TRUE) for user, model in as_user.items() if model.has_access("read")}
        )
        rules = (
            self.env["ir.rule"]
            .sudo()
            .search([("model_id.model", "=", self._name), ("perm_read", "=", True), ("groups", "!=", False)])
        )
        ways = {
            (user, label, number): (model.sudo(), way)
            for user, model in as_user.items()
            if user in readers
            for number, (way, label) in enumerate(document._kehu_ways_of(user, model, rules))
        }
        reasons = defaultdict(dict)
        for user, label, _number in document._kehu_which_hold(ways):
            reasons[user][label] = True
        open_to_all = [] if document._kehu_highest_tier() >= CONFIDENTIAL else [self.env._("Below confidential")]
        return {user: sorted(reasons[user]) or open_to_all for user in users if user in readers}

    @api.model
    def _kehu_as(self, user):
        """Return the model as the user sees it in all of the user's companies."""
        return self.with_user(user).with_context(active_test=False, allowed_company_ids=user.company_ids.ids).browse()

    def _kehu_which_hold(self, asked):
        """Return the keys of those of ``asked`` that hold for the record.

        :param asked: ``{key: (model in the environment of a user, domain)}``
        """
        holding = set()
        for some in split_every(_AT_ONCE, asked):
            queries = [
                model._search(Domain("id", "=", self.id) & domain).subselect(SQL("%s::int", number))
                for number, (model, domain) in enumerate(asked[key] for key in some)
            ]
            holding |= {some[number] for (number,) in self.env.execute_query(SQL(" UNION ALL ").join(queries))}
        return holding

    @api.model
    def _kehu_related_domain(self):
        """Return the domain of the records that the current user reaches without clearance."""
        if hasattr(self, "_kehu_readers_domain"):
            return self._kehu_readers_domain()
        related = self.env["res.partner"]._kehu_relations_domain()
        if self._name == "res.partner":
            return related
        delegation = self._inherits.get("res.partner")
        return Domain.OR(
            Domain(name, "any!", related) for name in ([delegation] if delegation else self._kehu_customer_fields())
        )

    def _kehu_ways_of(self, user, model, rules):
        """Yield ``(domain, reason)`` for each way in which a reader may have come to read the record, in sudo.

        :param model: as the user sees it
        :param rules: those of groups, in sudo
        """
        tier = self._kehu_highest_tier()
        if tier >= CONFIDENTIAL and user.kehu_clearance >= tier:
            tiers = dict(self.env["res.partner"]._fields["kehu_tier"]._description_selection(self.env))
            yield Domain.TRUE, self.env._("Clearance: %s", tiers[user.kehu_clearance])
        elif tier >= CONFIDENTIAL:
            for way, words in _alternatives(self, model._kehu_related_domain()):
                if words:
                    yield way, words
        for rule in rules.filtered(lambda rule: rule.groups & user.all_group_ids):
            groups = ", ".join((rule.groups & user.all_group_ids).mapped("name"))
            context = model.env["ir.rule"]._eval_context()  # with the companies of the reader
            domain = safe_eval.safe_eval(rule.domain_force, context) if rule.domain_force else []
            for way, words in _alternatives(self, Domain(domain)):
                yield way, words or groups


def _alternatives(model, domain):
    """Yield ``(domain, words)``: each way in which the domain can hold, with what it says of people."""
    operator = getattr(domain, "OPERATOR", getattr(domain, "operator", None))
    if operator == "|":
        for child in domain.children:
            yield from _alternatives(model, child)
    elif operator == "&":
        for parts in product(*(list(_alternatives(model, child)) for child in domain.children)):
            yield Domain.AND(way for way, _words in parts), ", ".join(filter(None, (words for _way, words in parts)))
    elif operator in ("any", "any!") and isinstance(domain.value, Domain) and domain.field_expr in model._fields:
        field = model._fields[domain.field_expr]
        label = field._description_string(model.env)
        for way, words in _alternatives(model.env[field.comodel_name], domain.value):
            yield Domain(domain.field_expr, operator, way), f"{label}: {words}" if words else ""
    else:
        yield domain, _words(model, domain) if hasattr(domain, "field_expr") and domain.value else ""


def _words(model, condition):
    """Return what a condition says of people or documents, by the labels of its fields; nothing of other things."""
    labels, is_telling = [], False
    for name in condition.field_expr.split("."):
        field, word = model._fields.get(name), _WORDS.get(name)
        if field is None:
            return ""  # a part of a date, or a property
        # pylint: disable-next=gettext-variable
        labels.append(model.env._(word) if word else field._description_string(model.env))
        is_telling = bool(word) or field.relational and field.comodel_name not in ("res.company", "res.partner")
        if field.relational:
            model = model.env[field.comodel_name]
    return ": ".join(labels) if is_telling else ""
