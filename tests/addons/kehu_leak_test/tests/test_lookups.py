from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .kinds_case import KindsCase
from .markers import CONTENT, MARKER, QUIET


@tagged("post_install", "-at_install")
class TestLookups(KindsCase):
    """X3: what Odoo looks up as superuser, and what a document was about before, names no hidden record."""

    # === WHAT ODOO LOOKS UP FOR THE READER ===

    def test_no_computed_list_names_a_hidden_record(self):
        self.assertNothing(self.computed_lists(), 10)

    def computed_lists(self):
        """By the schema: lists that are computed when they are read, of records that may be hidden."""
        for model in self.models:
            for name in self._readable(model, "one2many", "many2many"):
                field = model._fields[name]
                if not field.compute or field.store or not self.env[field.comodel_name]._kehu_is_protected():
                    continue
                with mute_logger(*QUIET):
                    try:
                        rows = model.search([], limit=80).read([name])
                    except AccessError:
                        continue  # refused as a whole: it names nobody
                self.tried += 1
                listed = (
                    self.env[field.comodel_name]
                    .with_user(self.spy)
                    .browse({record_id for row in rows for record_id in row[name]})
                )
                if hidden := listed._kehu_hidden():
                    yield model._name, name, hidden.ids

    def test_duplicates_of_a_lead_are_those_that_the_reader_sees(self):
        vals = {"phone": "+86 755 8877 6655", "email_from": "somebody@only-duplicates.example.com"}
        hidden, first, second = self.env["crm.lead"].create(
            [
                {**vals, "name": "a", "partner_id": self.markers.customers["3"].id},
                {**vals, "name": "b"},
                {**vals, "name": "c"},
            ]
        )
        for name in ("phone", "email_from"):
            (hidden + first + second).write(vals)
            (hidden + first + second).write({name: False})
            self.env.flush_all()
            self.env.invalidate_all()
            for field in ("duplicate_lead_ids", "duplicate_lead_count"):  # whichever is asked for first
                self.env.invalidate_all()
                mine = first.with_user(self.spy)
                mine.mapped(field)
                [row] = mine.read(["duplicate_lead_ids", "duplicate_lead_count"])
                self.assertEqual(
                    (set(row["duplicate_lead_ids"]), row["duplicate_lead_count"]), ({first.id, second.id}, 1), name
                )
            [found] = mine.web_read({"duplicate_lead_ids": {"fields": {"name": {}}}})
            self.assertEqual(len(found["duplicate_lead_ids"]), 2)
            self.env.invalidate_all()
            self.assertIn(hidden, first.duplicate_lead_ids, "the server sees all")

    def test_account_number_of_hidden_customer_names_nobody(self):
        mine = self.env["res.partner"].create(
            {
                "name": "Twin",
                "bank_ids": [Command.create({"acc_number": self.markers.customers["3"].bank_ids.acc_number})],
            }
        )
        self.env.flush_all()
        self.assertEqual(mine.bank_ids.duplicate_bank_partner_ids, self.markers.customers["3"])
        self.env.invalidate_all()
        for records in (mine, mine.bank_ids):
            [row] = records.with_user(self.spy).read(["duplicate_bank_partner_ids"])
            self.assertEqual(row["duplicate_bank_partner_ids"], [])
            [row] = records.with_user(self.spy).web_read(
                {"duplicate_bank_partner_ids": {"fields": {"display_name": {}}}}
            )
            self.assertEqual(row["duplicate_bank_partner_ids"], [])

    # === WHAT A DOCUMENT WAS ABOUT BEFORE ===

    def test_former_customer_of_a_document_is_not_told(self):
        other = self.env["res.partner"].create({"name": "Other customer"})
        for model, vals in (
            ("crm.lead", {"name": "x", "type": "opportunity"}),
            ("sale.order", {}),
            ("project.project", {"name": "x"}),
        ):
            document = (
                self.env[model]
                .with_context(tracking_disable=False)
                .create({**vals, "partner_id": self.markers.customers["3"].id})
            )
            self.env.flush_all()
            self.env.cr.precommit.run()
            document.partner_id = other
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.assertFalse(document.with_user(self.spy)._kehu_hidden())
            self.env.invalidate_all()
            messages = (
                self.env["mail.message"]
                .with_user(self.spy)
                .search([("model", "=", model), ("res_id", "=", document.id)])
            )
            self.assertTrue(messages.sudo().tracking_value_ids, model)
            self.assertNotRegex(str(Store().add(messages).get_result()), MARKER)

    def test_document_of_hidden_customer_makes_no_public_contact(self):
        order = self.env["sale.order"].create({"partner_id": self.markers.customers["2"].id})
        plain = self.env["sale.order"].create({"partner_id": self.env.company.partner_id.id})
        self.env.flush_all()
        for document, is_made in ((order, False), (plain, True)):
            address = f"new{document.id}@example.com"
            found = document.with_user(self.spy)._partner_find_from_emails_single([address])
            self.assertEqual(bool(found), is_made)
            self.assertEqual(self.env["res.partner"].search_count([("email", "=", address)]), int(is_made))
        self.assertFalse(order.with_user(self.spy)._partner_find_from_emails_single([f"{CONTENT}2@example.com"]))
        suggested = order.with_user(self.spy)._message_get_suggested_recipients(primary_email="typed@example.com")
        self.assertFalse([recipient for recipient in suggested if not recipient["partner_id"]])
        self.assertNotIn(CONTENT, str(suggested))
