from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_manual_fields import ManualFieldsCase


@tagged("post_install", "-at_install")
class TestRenderedFields(ManualFieldsCase):
    """X3: a template shows what its reader may see of every record that it reaches, and not of its
    own document alone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("mail.group_mail_template_editor").user_ids += cls.spy + cls.officer

    def setUp(self):
        super().setUp()
        self.create_manual(
            "ir.model.fields",
            {
                "name": "x_other_id",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "many2one",
                "relation": "res.partner",
                "field_description": "Other",
            },
        )
        self.open.x_other_id = self.branch
        self.add_fields(
            {"x_barcode": {"related": "parent_id.barcode"}, "x_stored": {"related": "parent_id.barcode", "store": True}}
        )
        self.env.flush_all()

    def render(self, user, source, engine="inline_template"):
        self.env.invalidate_all()
        # As what an administrator wrote, which nobody checks.
        template = self.env["mail.template"].with_user(user)
        return str(template._render_template(source, "res.partner", self.open.ids, engine=engine)[self.open.id])

    def test_field_of_another_record_is_empty(self):
        for engine, source in (
            ("inline_template", "{{ object.x_other_id.x_barcode }} {{ object.x_other_id.x_stored }}"),
            (
                "qweb",
                "<t t-set='other' t-value='object.x_other_id'/><p t-out='other.x_barcode'/><p "
                "t-field='other.x_stored'/>",
            ),
            (
                "qweb",
                "<t t-foreach='object.x_other_id' t-as='o'><p t-out=\"o['x_barcode']\"/><p t-out='o.x_stored'/></t>",
            ),
        ):
            for user, is_shown in ((self.spy, False), (self.officer, True), (self.spy, False)):
                self.assertEqual(self.render(user, source, engine).count("M555"), 2 * is_shown, (user.login, source))
        self.assertEqual(self.branch.x_barcode, "M555")
        self.assertIn("M555", self.branch.x_stored)

    def test_hidden_record_is_not_read_from_the_cache(self):
        for source in (
            "object.x_other_id.x_barcode or object.x_other_id.parent_id.barcode",
            "str(object.x_other_id.x_stored) + str(object.x_other_id.parent_id.barcode)",
        ):
            with suppress(AccessError, UserError):
                self.assertNotIn("M555", self.render(self.spy, "{{ %s }}" % source), source)
            self.assertIn("M555", self.render(self.officer, "{{ %s }}" % source), source)

    def test_contact_is_called_as_the_reader_sees_it(self):
        source = "{{ object.x_other_id.name }}: {{ object.x_other_id.parent_id.name }}"
        self.assertEqual(self.render(self.spy, source), "Branch: Marker Ltd")
        self.env["ir.config_parameter"].set_param("kehu_confidential.masking_tier", "2")
        masked = self.render(self.spy, source)
        self.assertNotIn("Marker", masked)
        self.assertIn(f"Branch: Confidential customer #{self.hidden.id}", masked)
        self.assertEqual(self.render(self.officer, source), "Branch: Marker Ltd")
        self.assertEqual(self.branch.name, "Branch")

    def test_hidden_document_is_not_named(self):
        templates = self.env["mail.template"].with_user(self.spy)
        for source in ("{{ object.name }}", "{{ object.display_name }}", "{{ object.parent_id.name }}"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                templates._render_template(source, "res.partner", self.hidden.ids)

    def test_user_of_a_template_has_no_more_rights(self):
        self.spy.partner_id.sudo().x_other_id = self.hidden
        with suppress(AccessError, UserError):
            self.assertNotIn("M555", self.render(self.spy, "{{ user.partner_id.x_other_id.barcode }}"))
        self.assertIn(self.spy.name, self.render(self.spy, "{{ user.name }} {{ user.signature }}"))

    def test_editor_writes_no_field_that_leads_to_others(self):
        with self.assertRaisesRegex(AccessError, "administrator"):
            self.env["mail.template"].with_user(self.spy).create(
                {
                    "name": "t",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "subject": "{{ object.x_other_id.x_barcode }}",
                }
            )
