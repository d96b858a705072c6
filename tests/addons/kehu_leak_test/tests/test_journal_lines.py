from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestJournalLines(TransactionCase):
    """A9: a document has one line in the dossier of its customer, in step with it and as hidden as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk = "base.group_allow_export,kehu_archive.group_archive_user"
        cls.clerk = new_test_user(cls.env, "journal_clerk", clerk)
        cls.manager = new_test_user(
            cls.env, "journal_manager", "base.group_allow_export,kehu_archive.group_archive_manager"
        )
        cls.cleared = new_test_user(
            cls.env, "journal_cleared", f"{clerk},kehu_confidential.group_clearance_confidential"
        )
        cls.customer, cls.other, cls.secret = cls.env["res.partner"].create(
            [
                {"name": "Customer", "is_company": True},
                {"name": "Other", "is_company": True},
                {"name": "Hidden Customer", "is_company": True, "kehu_tier": "2"},
            ]
        )
        cls.person = cls.env["res.partner"].create({"name": "Person", "parent_id": cls.customer.id})
        cls.archive = cls.env["kehu.archive"].create({"partner_id": cls.customer.id})
        cls.document = cls.deal()

    @classmethod
    def deal(cls, user=None, **vals):
        return (
            cls.env["kehu.leak.dealing"]
            .with_user(user or cls.clerk)
            .create({"name": "Screen is broken", "partner_id": cls.person.id, **vals})
        )

    def lines(self, documents, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["kehu.archive.journal"]
            .with_user(user or self.env.user)
            .search([("res_model", "=", documents._name), ("res_id", "in", documents.ids)], order="id")
        )

    def test_a_document_enters_itself(self):
        line = self.lines(self.document)
        self.assertEqual(
            (
                line.partner_id,
                line.archive_id,
                line.kind_id.code,
                line.summary,
                line.note,
                line.user_id,
                line.company_id,
            ),
            (
                self.customer,
                self.archive,
                "dealing",
                "Screen is broken",
                "About Screen is broken",
                self.clerk,
                self.env.company,
            ),
        )
        self.assertEqual(line.with_user(self.clerk).action_open_document()["res_id"], self.document.id)
        self.assertEqual(self.archive.kehu_journal_ids, line)

    def test_the_line_keeps_step(self):
        line = self.lines(self.document)
        self.document.name = "Screen is dead"
        self.assertEqual(self.lines(self.document), line)
        self.assertEqual((line.summary, line.note), ("Screen is dead", "About Screen is dead"))
        self.document.partner_id = self.other
        self.assertEqual(self.lines(self.document).partner_id, self.other)
        self.document.partner_id = False
        self.assertFalse(self.lines(self.document))
        self.document.partner_id = self.customer
        self.assertEqual(self.lines(self.document).partner_id, self.customer)
        self.assertFalse(self.lines(self.deal(partner_id=False)))
        copies = self.document + self.document.copy()
        self.assertEqual(self.lines(copies).mapped("res_id"), copies.ids)
        copies.write({"name": "Both"})
        self.assertEqual(self.lines(copies).mapped("summary"), ["Both", "Both"])
        copies.sudo().unlink()
        self.assertFalse(self.lines(copies))

    def test_defaults_of_the_caller_do_not_reach_the_line(self):
        document = (
            self.env["kehu.leak.dealing"]
            .with_user(self.clerk)
            .with_context(
                default_note="Forged",
                default_kind_id=self.env.ref("kehu_archive.journal_kind_call").id,
                default_summary="Forged",
                default_res_id=self.document.id,
                default_kehu_own_tier="1",
            )
            .create({"name": "True", "partner_id": self.customer.id})
        )
        line = self.lines(document)
        self.assertEqual(
            (line.summary, line.note, line.kind_id.code, line.kehu_own_tier), ("True", "About True", "dealing", "1")
        )

    def test_the_uncleared_do_not_see_the_line_of_a_hidden_document(self):
        hidden = self.deal(self.cleared, name="Hidden defect", kehu_own_tier="2")
        line = self.lines(hidden)
        self.assertEqual((line.kehu_tier, self.lines(hidden, self.cleared)), ("2", line))
        self.refused_to(self.clerk, line, hidden)
        # And when it is raised later, or its customer is.
        self.document.with_user(self.cleared).kehu_own_tier = "2"
        self.refused_to(self.manager, self.lines(self.document), self.document)
        other = self.deal(partner_id=self.other.id)
        self.assertTrue(self.lines(other, self.clerk))
        self.other.kehu_tier = "2"
        self.assertEqual(self.lines(other).kehu_tier, "2")
        self.refused_to(self.manager, self.lines(other), other)
        self.refused_to(
            self.manager, self.lines(self.deal(self.cleared, partner_id=self.secret.id)), self.document.browse()
        )

    def test_a_document_that_its_own_rules_refuse_hides_its_line(self):
        self.document.sudo().is_private = True
        line = self.lines(self.document)
        self.assertEqual(self.lines(self.document, self.clerk), line)
        self.refused_to(self.manager, line, self.document)

    def refused_to(self, user, line, document):
        self.assertTrue(line)
        self.assertFalse(self.lines(document, user))
        lines = self.env["kehu.archive.journal"].with_user(user)
        self.assertNotIn(line, self.archive.with_user(user).kehu_journal_ids)
        self.env.invalidate_all()
        domain = [("id", "=", line.id)]
        self.assertFalse(lines.search_count(domain))
        self.assertFalse(lines.search_read(domain, ["summary"]))
        self.assertFalse(lines.name_search(line.sudo().summary))
        self.assertFalse(lines.formatted_read_group(domain, ["summary"], ["__count"]))
        for route in (
            lambda: line.with_user(user).read(["summary", "note"]),
            lambda: line.with_user(user).web_read({"summary": {}}),
            lambda: line.with_user(user).export_data(["summary"]),
            lambda: line.with_user(user).action_open_document(),
            lambda: line.with_user(user).write({"summary": "?"}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                route()
            self.assertNotIn(line.sudo().summary, str(refused.exception))

    def test_lines_of_documents_are_the_servers(self):
        line = self.lines(self.document)
        for user in (self.clerk, self.manager):
            for attack in (
                lambda user=user: line.with_user(user).write({"summary": "Nothing"}),
                lambda user=user: line.with_user(user).write({"kehu_own_tier": "1"}),
                lambda user=user: line.with_user(user).write({"res_model": False, "res_id": False}),
                lambda user=user: line.with_user(user).unlink(),
                lambda user=user: self.archive.with_user(user).write(
                    {"kehu_journal_ids": [Command.update(line.id, {"summary": "Nothing"})]}
                ),
                lambda user=user: self.archive.with_user(user).write({"kehu_journal_ids": [Command.delete(line.id)]}),
            ):
                with (
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                    mute_logger("odoo.addons.base.models.ir_model"),
                ):
                    attack()
                self.env.invalidate_all()
        self.assertEqual(line.summary, "Screen is broken")
        kind = self.env.ref("kehu_leak_test.journal_kind_dealing")
        for change in (lambda: kind.write({"code": "other_code"}), kind.unlink):
            with self.assertRaisesRegex(UserError, "has to stay"):
                change()

    def queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_a_hundred_documents_cost_a_few_queries(self):
        careful = self.env["kehu.leak.careful"].with_user(self.clerk)
        dealing = self.env["kehu.leak.dealing"].with_user(self.clerk)
        values = [{"name": f"No. {number}", "partner_id": self.person.id} for number in range(100)]
        for model in (careful, dealing):
            model.create(values[:1])
        without = self.queries(lambda: careful.create(values))
        made = []
        one = self.queries(lambda: dealing.create(values[:1]))
        all_at_once = self.queries(lambda: made.append(dealing.create(values)))
        documents = made[0]
        self.assertEqual(len(self.lines(documents)), 100)
        self.assertLessEqual(all_at_once - without, 6, (without, one, all_at_once))
        few, many = documents[:1], documents[1:]
        for vals, extra in (({"partner_id": self.other.id}, 0), ({"name": "Renamed"}, 0), ({"amount": 7}, 0)):
            counts = [
                self.queries(lambda batch=batch, vals=vals: batch.with_context(tracking_disable=True).write(vals))
                for batch in (few, many)
            ]
            self.assertLessEqual(counts[1], counts[0] + 1 + extra, (vals, counts))
        untouched = self.queries(lambda: many.with_context(tracking_disable=True).write({"amount": 8}))
        relevant = self.queries(lambda: many.with_context(tracking_disable=True).write({"name": "Again"}))
        self.assertLessEqual(relevant - untouched, 6, (untouched, relevant))
