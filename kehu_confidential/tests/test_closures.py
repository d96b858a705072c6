import inspect
import sys

from odoo.http import Controller
from odoo.tests import TransactionCase, tagged

from odoo.addons.kehu_workflow.closures import Closure, Gaps, is_ours

from odoo.addons.kehu_confidential.closures import FIELD, MEMBERSHIP, STORE, XLSX
from odoo.addons.kehu_confidential.models.messages.blacklists import LISTED
from odoo.addons.kehu_confidential.models.rule.tier_rule import BELOW, FOUND_BY_RULE, GUESTS, MESSAGES, ROWS

from .common import TierCase

# What our addons extend for other reasons than confidentiality.
PORTAL = "odoo.addons.portal.controllers.portal:CustomerPortal"
ORDINARY = {
    (PORTAL, "_prepare_home_portal_values"),
    (PORTAL, "_prepare_portal_layout_values"),
    ("account.move.line", "create"),
    ("account.move.line", "unlink"),
    ("account.move.line", "write"),
    ("base", "_create"),
    ("base", "_get_view"),
    ("base", "_notify_get_reply_to"),
    ("base", "_write_multi"),
    ("base", "get_import_templates"),
    ("base", "web_search_read"),
    ("base_import.import", "_get_mapping_suggestions"),
    ("base_import.import", "_parse_date_from_data"),
    ("base_import.import", "_read_file"),
    ("base_import.import", "execute_import"),
    ("ir.actions.actions", "get_bindings"),
    ("ir.cron", "_callback"),
    ("ir.http", "_get_converters"),
    ("ir.http", "session_info"),
    ("ir.rule", "_make_access_error"),
    ("ir.ui.menu", "load_web_menus"),
    ("mail.activity", "create"),
    ("mail.activity.mixin", "_get_view"),
    ("mail.alias.mixin.optional", "_alias_get_creation_values"),
    ("mail.thread", "_detect_loop_sender_domain"),
    ("mail.thread", "_message_post_after_hook"),
    ("mail.thread", "_track_get_fields"),
    ("mail.thread", "rating_apply"),
    ("portal.mixin", "_compute_access_url"),
    ("res.company", "write"),
    ("res.config.settings", "get_values"),
    ("res.config.settings", "set_values"),
    ("res.groups", "_get_view_group_hierarchy"),
    ("res.partner", "_search_display_name"),
    ("res.partner", "name_search"),
    ("res.users", "action_archive"),
    ("res.users", "fields_get"),
    ("resource.calendar", "write"),
    ("resource.calendar.attendance", "create"),
    ("resource.calendar.attendance", "unlink"),
    ("resource.calendar.attendance", "write"),
    ("resource.calendar.leaves", "create"),
    ("resource.calendar.leaves", "unlink"),
    ("resource.calendar.leaves", "write"),
    ("resource.resource", "unlink"),
    ("sale.order", "_create_down_payment_lines_from_base_lines"),
    ("sale.order", "_has_to_be_paid"),
    ("sale.order", "_has_to_be_signed"),
    ("sale.order", "_is_confirmation_amount_reached"),
    ("sale.order", "action_confirm"),
    ("sale.order", "action_quotation_sent"),
    ("sale.order", "write"),
    ("sale.order.discount", "_create_discount_lines"),
    ("sale.order.line", "create"),
    ("sale.order.line", "unlink"),
    ("sale.order.line", "write"),
}
# Called by Odoo while it sets a model up.
SETUP = {"_auto_init", "_post_model_setup__", "_register_hook", "_valid_field_parameter", "init"}


def definer(classes, method):
    """Return the class of Odoo that begins a method; none if only ours define it."""
    return next((cls for cls in reversed(classes) if method in vars(cls) and not is_ours(cls)), None)


@tagged("post_install", "-at_install")
class TestClosureList(TransactionCase):
    """X3: the list of closures is whole: what extends Odoo is a closure, or is called ordinary here."""

    maxDiff = None

    def setUp(self):
        super().setUp()
        self.closures = self.env["kehu.closure.check"]._closures()
        self.found = {}
        for key, method in (*self.extended_models(), *self.extended_controllers()):
            parameters = inspect.signature(inspect.unwrap(method)).parameters.values()
            self.found.setdefault(key, set()).update(
                parameter.name
                for parameter in parameters
                if parameter.name not in ("self", "cls")
                and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
            )

    def extended_models(self):
        """Yield ``((model, method), function)`` of what our classes define although Odoo does."""
        for name, model in self.registry.items():
            classes = model.__mro__
            for position, cls in enumerate(classes):
                if not is_ours(cls):
                    continue
                for method, function in vars(cls).items():
                    function = getattr(function, "__func__", function)
                    origin = (
                        inspect.isfunction(function)
                        and method not in SETUP
                        and definer(classes[position + 1 :], method)
                    )
                    if not origin:
                        continue
                    if not cls._name.startswith("kehu."):
                        yield (cls._name, method), function
                    elif not (name.startswith("kehu.") and origin.__module__.startswith("odoo.orm.")):
                        yield (getattr(origin, "_name", None) or "base", method), function

    def extended_controllers(self):
        for module in [module for name, module in sys.modules.items() if name.startswith("odoo.addons.kehu_")]:
            for cls in vars(module).values():
                if inspect.isclass(cls) and issubclass(cls, Controller) and is_ours(cls):
                    for method, function in vars(cls).items():
                        function = getattr(function, "__func__", function)
                        if inspect.isfunction(function) and definer(cls.__mro__[1:], method):
                            yield (f"{cls.__base__.__module__}:{cls.__base__.__name__}", method), function

    def test_each_extension_of_odoo_is_listed(self):
        listed = {(closure.owner, closure.method) for closure in self.closures}
        self.assertEqual(sorted(self.found.keys() - listed - ORDINARY), [], "declare a closure, or call it ordinary")

    def test_wrappers_take_the_parameters_by_name(self):
        for closure in self.closures:
            if closure.wrapper:
                wrapped = inspect.signature(closure.wrapper(lambda self: None), follow_wrapped=False)
                with self.subTest(closure=f"{closure.owner}.{closure.method}"):
                    wrapped.bind(None, **dict.fromkeys(closure.parameters))

    def is_wrapped(self, closure):
        """Return whether the wrapper of the closure stands around its method."""
        method = getattr(self.registry.get(closure.owner), closure.method, None)
        return closure.wrapper is not None and closure.wrapper in getattr(method, "kehu_wrapped_by", ())

    def test_each_closure_is_an_extension(self):
        loaded = self.registry._init_modules
        expected = {
            (closure.owner, closure.method)
            for closure in self.closures
            if closure.owner not in (FIELD, MEMBERSHIP, STORE, XLSX)
            and (closure.app is None or closure.app in loaded)
            and closure.method not in getattr(self.registry.get(closure.owner), "_fields", ())
            and not self.is_wrapped(closure)
        }
        self.assertEqual(sorted(expected - self.found.keys()), [], "nothing of ours extends these any more")

    def test_fields_by_which_rows_are_hidden_are_listed(self):
        optional = {(closure.owner, closure.method) for closure in self.closures if closure.app}
        single = [(model, (field,)) for fields in (GUESTS, MESSAGES, FOUND_BY_RULE) for model, field in fields.items()]
        single += [(model, (field,)) for model, (field, _of_contact) in LISTED.items()]
        named = {
            (model, field)
            for model, fields in (*BELOW.items(), *ROWS.items(), *single)
            for field in fields
            if not model.startswith("mail.")
        }  # of an app that we depend on
        self.assertEqual(sorted(named - optional), [], "declare a closure, with the app that defines the field")

    def test_closures_name_the_parameters_that_we_use(self):
        named = {}
        for closure in self.closures:
            named.setdefault((closure.owner, closure.method), set()).update(closure.parameters)
        for key in named.keys() & self.found.keys():
            self.assertEqual(self.found[key] - named[key], set(), key)


@tagged("post_install", "-at_install")
class TestFailClosed(TierCase):
    """X3: where part of the protection is missing, confidential customers are closed to everybody, and nothing else."""

    def setUp(self):
        super().setUp()
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        self.customers = self.env["res.partner"].create(
            [
                {
                    "name": "Customer %s" % tier,
                    "is_company": True,
                    "kehu_tier": tier,
                    "user_id": self.salesman.id,
                    "kehu_team_id": self.unit.id,
                }
                for tier in "0123"
            ]
        )

    def close(self):
        self.addCleanup(setattr, self.registry, "kehu_gaps", self.registry.kehu_gaps)
        self.registry.kehu_gaps = Gaps((Closure("mail.thread", "_renamed", (), "particulars"),))
        self.env.invalidate_all()

    def read_by(self, user, records):
        self.env.invalidate_all()
        return len(records.with_user(user).search([("id", "in", records.ids)]))

    def test_nobody_reads_confidential_customers(self):
        readers = (self.officer, self.salesman, self.leader)
        for user in readers:
            self.assertEqual(self.read_by(user, self.customers), 4, user.name)
        self.close()
        for user in readers:
            self.assertEqual(self.read_by(user, self.customers), 2, user.name)
            self.assertFalse(self.customers[3].with_user(user).has_access("read"))
            self.assertNotIn("Customer 3", self.customers[3].with_user(user).display_name)
        self.assertEqual(len(self.customers.search([("id", "in", self.customers.ids)])), 4, "the server goes on")
        self.customers[0].with_user(self.salesman).write({"comment": "x"})
