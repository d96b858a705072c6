import base64
from contextlib import suppress

from odoo import Command
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import CODE, TierCase

PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


class ManualFieldsCase(TierCase):
    """A customer that a spy may not read, and fields that lead there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.is")
        cls.label = cls.env["res.partner.category"].create({"name": "Marked label"})
        cls.hidden = cls.file_customer(name="Marker Ltd", vat=CODE, email="marker@example.com")
        cls.hidden.sudo().write(
            {
                "country_id": cls.country.id,
                "category_id": [Command.set(cls.label.ids)],
                "image_1920": PIXEL,
                "barcode": "M555",
                "is_company": True,
                "user_id": cls.officer.id,
            }
        )
        cls.spy = new_test_user(
            cls.env,
            "test_spy",
            "base.group_user,base.group_partner_manager,base.group_allow_export,kehu_confidential.group_confidential_export",
        )
        cls.branch = (
            cls.env["res.partner"].sudo().create({"name": "Branch", "parent_id": cls.hidden.id, "user_id": cls.spy.id})
        )
        cls.open = cls.env["res.partner"].create({"name": "Open"})
        cls.open_branch = cls.env["res.partner"].create({"name": "Open branch", "parent_id": cls.open.id})
        cls.officer.group_ids += cls.env.ref("kehu_confidential.group_confidential_export") + cls.env.ref(
            "base.group_allow_export"
        )
        cls.hidden.sudo().write({"user_id": cls.officer.id, "kehu_tier": "2"})
        cls.env.flush_all()

    def create_manual(self, model, vals):
        """Create a field or a model, which the registry forgets after the test."""
        created = self.env[model].create(vals)
        self.addCleanup(created.unlink)
        self.addCleanup(self.env.flush_all)
        self.env.flush_all()
        return created

    def add_fields(self, fields, model="res.partner"):
        vals_list = []
        for name, vals in fields.items():
            *_others, last = self.env[model]._kehu_fields_of(vals["related"])
            vals_list.append(
                {
                    "name": name,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "ttype": last.type,
                    "relation": last.comodel_name or False,
                    "field_description": name,
                    "store": False,
                    **vals,
                }
            )
        self.create_manual("ir.model.fields", vals_list)
        return list(fields)

    def add_field(self, name, related, model="res.partner", **vals):
        return self.add_fields({name: {"related": related, **vals}}, model)[0]


@tagged("post_install", "-at_install")
class TestManualFields(ManualFieldsCase):
    """X3: a field that an administrator adds without code shows nothing of a hidden record, whatever its type and its
    path.
    """

    def answers(self, name, user=None, record=None):
        """Yield what a client can be shown of a field."""
        record = (record or self.branch).with_user(user or self.spy)
        fields_spec = {name: {"fields": {"display_name": {}}} if record._fields[name].relational else {}}
        found = [("id", "=", record.id)]
        yield record.read([name])
        yield record.web_read(fields_spec)
        yield record.search_read(found, [name])
        yield record.export_data([name])
        for group, aggregate in (([], f"{name}:count_distinct"), ([], f"{name}:array_agg"), ([name], "__count")):
            with suppress(ValueError, UserError), self.env.cr.savepoint():  # not every field is grouped or aggregated
                yield record.formatted_read_group(found, group, [aggregate])

    def assertEmpty(self, name, shown, record=None):
        """Nothing is shown to the spy of what the officer is shown, and neither a condition nor its opposite tells."""
        told = list(map(str, self.answers(name, self.officer, record)))
        self.assertTrue(any(shown in answer for answer in told), (name, told))
        for answer in map(str, self.answers(name, record=record)):
            self.assertNotIn(shown, answer, name)

    def assertNoOracle(self, path, right, wrong, record=None):
        record = (record or self.branch).with_user(self.spy)
        for operator in ("in", "not in"):
            found = [
                record.search_count([("id", "=", record.id), (path, operator, [value])]) for value in (right, wrong)
            ]
            self.assertEqual(*found, (path, operator))

    def test_field_of_any_type_is_empty(self):
        oracles = {
            "country_id": (self.country.id, self.country.id + 1),
            "category_id": (self.label.id, self.label.id + 1),
            "barcode": ("M555", "M666"),
            "user_id": (self.officer.id, self.spy.id),
        }
        shown = {
            "country_id": "Iceland",
            "category_id": "Marked label",
            "barcode": "M555",
            "is_company": "True",
            "user_id": "Qian",
            "image_1920": PIXEL.decode(),
            "message_partner_ids": "Qian",
            "message_ids": str(self.hidden.sudo().message_ids[0].id),
        }
        wanted = [
            (source, is_stored)
            for source in shown
            for is_stored in (False, True)
            if not (is_stored and source in ("image_1920", "message_ids"))
        ]
        names = self.add_fields(
            {
                f"x_{source}_{is_stored:d}": {"related": f"parent_id.{source}", "store": is_stored}
                for source, is_stored in wanted
            }
        )
        for name, (source, _is_stored) in zip(names, wanted, strict=True):
            with self.subTest(name):
                self.assertEmpty(name, shown[source])
                if source in oracles:
                    self.assertNoOracle(name, *oracles[source])

    def test_field_of_open_record_shows_it(self):
        self.open.write(
            {"country_id": self.country.id, "category_id": [Command.set(self.label.ids)], "image_1920": PIXEL}
        )
        shown = {"country_id": "Iceland", "category_id": "Marked label", "image_1920": PIXEL.decode()}
        names = self.add_fields({f"x_{source}": {"related": f"parent_id.{source}"} for source in shown})
        for name, shown in zip(names, shown.values(), strict=True):
            _read, web_read, _search_read, exported, *_groups = self.answers(name, record=self.open_branch)
            self.assertIn(shown, str(web_read), name)
            self.assertIn(shown, str(exported), name)

    def test_stored_file_of_hidden_record_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Untick"):
            self.add_field("x_image", "parent_id.image_1920", store=True)

    def test_file_is_not_streamed(self):
        name = self.add_field("x_image", "parent_id.image_1920")
        for record in (self.branch.with_user(self.spy), self.branch.with_user(self.spy).sudo()):
            with self.assertRaises(MissingError):
                self.env["ir.binary"].with_user(self.spy)._get_stream_from(record, name)

    def test_field_of_a_field_follows_all_records(self):
        self.add_fields(
            {
                "x_barcode": {"related": "parent_id.barcode"},
                "x_stored_barcode": {"related": "parent_id.barcode", "store": True},
            }
        )
        child = self.env["res.partner"].create({"name": "Child", "parent_id": self.branch.id, "user_id": self.spy.id})
        for name in self.add_fields(
            {
                "x_barcode_again": {"related": "parent_id.x_barcode"},
                "x_stored_barcode_again": {"related": "parent_id.x_stored_barcode"},
            }
        ):
            self.assertEmpty(name, "M555", child)
            self.assertNoOracle(name, "M555", "M666", child)

    def test_field_through_company_dependent_field_is_empty(self):
        self.create_manual(
            "ir.model.fields",
            {
                "name": "x_agent_id",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "ttype": "many2one",
                "relation": "res.partner",
                "company_dependent": True,
                "field_description": "Agent",
            },
        )
        self.label.x_agent_id = self.hidden
        self.env.flush_all()
        name = self.add_field("x_agent_barcode", "x_agent_id.barcode", "res.partner.category")
        self.assertEmpty(name, "M555", self.label)
        self.assertNoOracle(name, "M555", "M666", self.label)

    def test_field_through_accounts_and_messages_is_empty(self):
        portal = new_test_user(
            self.env, "test_portal", "base.group_portal", name="Portal", email="portal@example.com", phone="777"
        )
        portal.partner_id.parent_id = self.hidden
        self.env.flush_all()
        note = self.env["res.partner.category"].with_user(portal).sudo().create({"name": "Note"}).sudo(False)
        name = self.add_field("x_phone", "create_uid.phone", "res.partner.category")
        self.assertEmpty(name, "777", note)
        self.assertNoOracle(name, "777", "888", note)

    def test_label_made_of_field_is_masked(self):
        model = self.create_manual(
            "ir.model",
            {
                "name": "Note",
                "model": "x_note",
                "field_id": [
                    Command.create(
                        {
                            "name": "x_partner_id",
                            "ttype": "many2one",
                            "relation": "res.partner",
                            "field_description": "Contact",
                        }
                    )
                ],
            },
        )
        self.add_field("x_name", "x_partner_id.parent_id.barcode", "x_note", store=True)
        self.env["ir.model.access"].create(
            {"name": "Notes", "model_id": model.id, "perm_read": True, "group_id": self.env.ref("base.group_user").id}
        )
        note = self.env["x_note"].create({"x_partner_id": self.branch.id})
        self.env.flush_all()
        self.assertEqual(note.with_user(self.officer).display_name, "M555")
        self.assertNotIn("M555", str(note.with_user(self.spy).read(["display_name", "x_name"])))
        self.assertFalse(note.with_user(self.spy).name_search("M5"))

    def test_onchange_shows_nothing_of_hidden_record(self):
        self.create_manual(
            "ir.model.fields",
            {
                "name": "x_contact_id",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "ttype": "many2one",
                "relation": "res.partner",
                "field_description": "Contact",
            },
        )
        self.label.x_contact_id = self.hidden
        self.env.flush_all()
        names = self.add_fields(
            {
                f"x_barcode_{is_stored:d}": {"related": "x_contact_id.barcode", "store": is_stored}
                for is_stored in (False, True)
            },
            "res.partner.category",
        )
        label, spec = self.label.with_user(self.spy), {"name": {}, "x_contact_id": {}, **{name: {} for name in names}}
        for values in (
            {"x_contact_id": self.hidden.id},
            {"name": "Label"},
            {"name": "Label", **dict.fromkeys(names, False)},
            {"x_contact_id": self.hidden.id, **dict.fromkeys(names, False)},
            {"x_contact_id": False},
        ):
            self.assertNotIn("M555", str(label.onchange(values, list(values), spec)), values)

    def test_template_shows_nothing_of_hidden_record(self):
        self.add_fields(
            {"x_barcode": {"related": "parent_id.barcode"}, "x_stored": {"related": "parent_id.barcode", "store": True}}
        )
        report = self.env["ir.actions.report"].create(
            {
                "name": "Note",
                "model": "res.partner",
                "report_type": "qweb-text",
                "report_name": "kehu_confidential.test_note",
            }
        )
        self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "Note",
                "key": "kehu_confidential.test_note",
                "arch": "<t><t t-foreach='docs' t-as='doc'><t t-out='doc.x_barcode'/> <t "
                "t-out='doc.x_stored'/></t></t>",
            }
        )
        self.env.ref("mail.group_mail_template_editor").user_ids += self.spy + self.officer
        for user, is_shown in ((self.spy, False), (self.officer, True), (self.spy, False)):
            for engine, source in (
                ("inline_template", "{{ object.x_barcode }} {{ object.x_stored }}"),
                ("qweb", "<p t-out='object.x_barcode'/><p t-out='object.x_stored'/>"),
            ):
                [text] = (
                    self.env["mail.template"]
                    .with_user(user)
                    ._render_template(source, "res.partner", self.branch.ids, engine=engine)
                    .values()
                )
                self.assertEqual(str(text).count("M555"), 2 * is_shown, (user.login, engine))
            text, _type = self.env["ir.actions.report"].with_user(user)._render_qweb_text(report, self.branch.ids)
            self.assertEqual(str(text).count("M555"), 2 * is_shown, user.login)
        self.assertIn("M555", self.branch.x_stored)
        report.print_report_name = "'%s %s' % (object.x_barcode, object.x_stored)"
        template = self.env["mail.template"].create(
            {"name": "Note", "model_id": self.env["ir.model"]._get_id("res.partner"), "report_template_ids": report.ids}
        )
        for user, is_shown in ((self.spy, False), (self.officer, True)):
            self.env.invalidate_all()
            answer = template.with_user(user)._generate_template_attachments(self.branch.ids, ["report_template_ids"])
            self.assertEqual(str(answer[self.branch.id]["attachments"][0][0]).count("M555"), 2 * is_shown, user.login)

    def test_change_of_tracked_field_is_masked(self):
        text, country = self.add_fields(
            {
                "x_barcode": {"related": "parent_id.barcode", "store": True, "tracking": 1},
                "x_country_id": {"related": "parent_id.country_id", "store": True, "tracking": 1},
            }
        )
        values, infos = self.env["mail.tracking.value"], self.branch.fields_get([text, country])
        messages = self.branch.sudo()._message_log(body="")
        for name, old, new in ((text, "M555-1", "M555-2"), (country, self.country, self.country.browse())):
            values.create(
                {
                    **values._create_tracking_values(old, new, name, infos[name], self.branch),
                    "mail_message_id": messages.id,
                }
            )
        for user, is_told in ((self.spy, False), (self.officer, True)):
            self.env.invalidate_all()
            shown = Store().add(messages.with_user(user).sudo(False)).get_result()
            self.assertEqual(["M555-2" in str(shown), "Iceland" in str(shown)], [is_told] * 2, user.login)

    def test_field_through_what_the_server_keeps_is_empty(self):
        secret = self.env["ir.config_parameter"].search([("key", "=", "database.secret")])
        self.env["bus.bus"]._sendone(self.officer.partner_id, "test", {"body": "Marker text"})
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([("message", "ilike", "Marker text")])
        for name, record in (("x_secret", secret), ("x_told", told)):
            self.create_manual(
                "ir.model.fields",
                {
                    "name": name,
                    "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                    "ttype": "many2one",
                    "relation": record._name,
                    "field_description": name,
                },
            )
            self.label.write({name: record.id})
        names = self.add_fields(
            {"x_secret_value": {"related": "x_secret.value"}, "x_told_message": {"related": "x_told.message"}},
            "res.partner.category",
        )
        label = self.label.with_user(self.spy)
        shown = str([label.read(names), label.search_read([("id", "=", label.id)], names), label.export_data(names)])
        self.assertNotIn(secret.value, shown)
        self.assertNotIn("Marker text", shown)
        self.assertFalse(label.search([("x_secret_value", "=", secret.value)]))

    def test_field_is_taken_away_while_nothing_is_cached(self):
        field = self.create_manual(
            "ir.model.fields",
            {
                "name": "x_plain",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                "field_description": "Plain",
            },
        )
        self.addCleanup(self.registry._setup_models__, self.env.cr)
        self.registry.clear_all_caches()
        self.registry["res.partner"]._fields__.pop(field.name)  # as Odoo does before it looks through the views
        self.assertNotIn(field.name, self.env["res.users"]._kehu_followed_fields())
