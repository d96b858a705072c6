import contextlib

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.http_routing.tests.common import MockRequest

from ..controllers.portal_pages import PortalPages
from ..apps.hidden_names import leave_contacts_out
from .common import TierCase


@tagged("post_install", "-at_install")
class TestPortalLabels(TierCase):
    """X3: a customer in the portal learns no name by the id of an unreadable record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "test_portal", "base.group_portal", name="Portal")
        cls.company = cls.env["res.partner"].create({"name": "Own company", "is_company": True})
        cls.portal.partner_id.parent_id = cls.company
        cls.others = cls.env["res.partner"].create(
            [{"name": f"Marker {tier}", "user_id": cls.officer.id, "kehu_tier": tier} for tier in "0123"]
        )
        cls.users = cls.env["res.users"].create(
            [
                {
                    "login": f"marker{other.id}",
                    "partner_id": other.id,
                    "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                }
                for other in cls.others
            ]
        )
        cls.env.flush_all()

    def assertNameless(self, call, *about):
        """The call is refused, or answers without a name of another customer."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                answer = str(call())
        except AccessError as error:
            answer = str(error)
        self.assertNotIn("Marker", answer, about)

    def test_id_of_another_customer_tells_no_name(self):
        for other in (*self.others, *self.users):
            record = other.with_user(self.portal)
            for call in (
                lambda record=record: record.read(["display_name"]),
                lambda record=record: record.web_read({"display_name": {}}),
                lambda record=record: record.search_read([("id", "=", record.id)], ["display_name"]),
                lambda record=record: record.name_search("Marker"),
            ):
                self.assertNameless(call, other._name, other.id)

    def test_visitors_do_not_say_which_contact_they_are(self):
        # By the field, Odoo takes name and telephone from the contact as superuser (event.registration).
        allowed = leave_contacts_out(lambda model: {"name", "email", "parent_id"})
        self.assertEqual(allowed(self.company), {"name", "email"})

    def test_controller_labels_no_unreadable_record(self):
        # As controllers do that take an ID from a client; the second look finds what the first has left in the cache.
        banks = self.env["res.partner.bank"].create(
            [{"acc_number": f"Marker {other.kehu_tier}", "partner_id": other.id} for other in self.others]
        )
        self.env["ir.rule"].create(
            {
                "name": "None",
                "model_id": self.env["ir.model"]._get_id("res.partner.bank"),
                "domain_force": [(0, "=", 1)],
                "groups": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        for record, user in (
            *((other, self.portal) for other in self.others),
            *((bank, self.employee) for bank in banks),
        ):

            def label(record=record.with_user(user)):
                for _time in range(2):
                    with contextlib.suppress(AccessError):
                        return record.display_name
                return ""

            self.assertNameless(label, record, user.login)

    def test_form_labels_no_id_of_another_customer(self):
        # The models on which portal users may create, and their own account.
        models = [
            name
            for name in self.env
            if not self.env[name]._abstract
            and name != "base"
            and self.env[name].with_user(self.portal).has_access("create")
        ]
        self.assertIn("mail.message", models)
        targets = {"res.partner": self.others, "res.users": self.users}
        forms = [
            (self.env[name].with_user(self.portal), field)
            for name in models
            for field in self.env[name]._fields.values()
        ]
        forms += [(self.portal.with_user(self.portal), field) for field in self.portal._fields.values()]
        for model, field in forms:
            for other in targets.get(field.comodel_name, ()) if field.type in ("many2one", "many2many") else ():
                value, spec = other.id, {field.name: {"fields": {"display_name": {}}}}
                if field.type == "many2many":
                    value = [Command.link(other.id)]
                self.assertNameless(
                    lambda: model.onchange({field.name: value}, [field.name], spec), model._name, field.name
                )
                defaults = model.browse().with_context(**{f"default_{field.name}": value})
                self.assertNameless(lambda: defaults.onchange({}, [], spec), model._name, field.name)

    def test_own_names_are_shown(self):
        own = self.company.with_user(self.portal)
        self.assertEqual(own.read(["display_name"])[0]["display_name"], "Own company")
        message = self.env["mail.message"].with_user(self.portal)
        spec = {"author_id": {"fields": {"display_name": {}}}}
        for value in (self.company, self.portal.partner_id):
            self.assertIn(value.name, str(message.with_context(default_author_id=value.id).onchange({}, [], spec)))

    def test_page_tells_not_whether_there_is_a_document(self):
        missing = self.env["res.partner"].create({"name": "Gone"})
        missing.unlink()
        for user in (self.portal, self.employee):
            with MockRequest(self.env(user=user)):
                answers = set()
                for document in (self.others[3], missing):
                    with self.assertRaises(AccessError) as refused:
                        PortalPages()._document_check_access("res.partner", document.id)
                    answers.add(str(refused.exception))
                self.assertEqual(len(answers), 1, user.login)
                own = PortalPages()._document_check_access("res.partner", user.partner_id.id)
                self.assertEqual(own, user.partner_id)

    def test_portal_users_read_none_of_our_notes_on_them(self):
        self.company.comment = "Marker: pays late"
        company = self.company.with_user(self.portal)
        self.assertEqual(company.read(["name", "street"])[0]["name"], "Own company")
        for name in ("comment", "trust", "kehu_tier", "kehu_team_id"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                company.read([name])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            company.search([("comment", "like", "late")])
        users = self.env["res.users"].with_user(self.portal)
        for name in ("comment", "trust", "kehu_tier", "kehu_team_id"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                users.search_read([], [name])
        self.assertTrue(users.search_read([], ["name"]))
