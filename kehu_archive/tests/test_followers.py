from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestFollowers(ArchiveCase):
    """X3, C8: who follows a document is told only to users who may read the document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = new_test_user(cls.env, "test_system", "base.group_system", name="Admin")
        cls.archives = cls.env["kehu.archive"].concat(
            *(cls.file_archive(cls.clerk, name=f"Customer {number}") for number in range(4))
        )
        cls.hidden = cls.archives[0].partner_id
        for documents in (cls.archives, cls.archives.partner_id):
            documents.sudo().message_subscribe((cls.manager | cls.officer).partner_id.ids)
        cls.hidden.with_user(cls.officer).kehu_custodian_id = cls.officer
        cls.hidden.sudo().kehu_tier = "3"
        # Whoever lost the right to read is unsubscribed; a colleague with clearance is not.
        cls.followers = cls.rows(cls.archives)
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def rows(cls, documents):
        return (
            cls.env["mail.followers"]
            .sudo()
            .search([("res_model", "=", documents._name), ("res_id", "in", documents.ids)])
        )

    def found(self, user, rows):
        """Return the rows that each way of searching finds, having checked that all ways agree."""
        mine = self.env["mail.followers"].with_user(user)
        answers = [
            mine.search(domain) & rows
            for domain in (
                [],
                [("id", "in", rows.ids)],
                [("res_model", "in", rows.mapped("res_model"))],
                [("res_model", "=", rows[0].res_model), ("res_id", "in", rows.mapped("res_id"))],
                ["|", ("res_model", "=", "x"), ("res_id", "in", rows.mapped("res_id"))],
                ["!", ("res_model", "=", "x")],
                [("partner_id", "in", rows.partner_id.ids)],
                [("res_model", "=", rows.mapped("res_model"))],
                [("id", "=", rows.ids)],
                [("id", "!=", False)],
                [("res_model", "=ilike", "%")],
                [("res_model", "not in", ["x"])],
                [("id", "in", rows._as_query())],
            )
        ]
        for answer in answers:
            self.assertEqual(answer, answers[0])
        domain = [("id", "in", rows.ids)]
        self.assertEqual(mine.search_count(domain), len(answers[0]))
        groups = mine.formatted_read_group([("res_model", "=", rows[0].res_model), *domain], ["res_id"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in groups), len(answers[0]))
        self.assertEqual({row_id for row_id, _name in mine.name_search("", domain)}, set(answers[0].ids))
        for row in rows - answers[0]:
            for read in (
                lambda row=row: row.with_user(user).read(["res_id", "partner_id"]),
                lambda row=row: row.with_user(user).web_read({"res_id": {}}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.env.invalidate_all()
                    read()
        self.env.invalidate_all()
        answers[0].with_user(user).read(["res_id", "partner_id"])
        return answers[0]

    def test_followers_of_hidden_archive_are_hidden(self):
        open_ones = self.rows(self.archives[1:])
        self.assertTrue(self.followers - open_ones)
        for user in (self.employee, self.clerk, self.system):
            self.assertEqual(self.found(user, self.followers), open_ones, user.name)
        self.assertEqual(self.found(self.officer, self.followers), self.followers)

    def test_followers_of_hidden_contact_are_hidden(self):
        rows = self.rows(self.archives.partner_id)
        shown = rows.filtered(lambda row: row.res_id != self.hidden.id)
        self.assertTrue(rows - shown)
        self.assertEqual(self.found(self.employee, rows), shown)
        self.assertEqual(self.found(self.officer, rows), rows)

    def test_followers_of_each_model_follow_its_reading(self):
        Followers = self.env["mail.followers"].sudo()
        models = [name for name in Followers._kehu_followed_models() if name.startswith("kehu.")]
        self.assertIn("kehu.archive", models)
        rows = Followers.create(
            [{"res_model": name, "res_id": 2**31 - 1, "partner_id": self.clerk.partner_id.id} for name in models]
        )
        for user in (self.employee, self.officer, self.system):
            self.assertFalse(self.found(user, rows), user.name)

    def test_follower_of_unreadable_document_cannot_be_forged(self):
        mine = self.env["mail.followers"].with_user(self.system)
        own = mine.create(
            {"res_model": "res.partner", "res_id": self.clerk.partner_id.id, "partner_id": self.system.partner_id.id}
        )
        values = {"res_model": "kehu.archive", "res_id": self.archives[0].id}
        for attack in (
            lambda: mine.create({**values, "partner_id": self.system.partner_id.id}),
            lambda: (own.write(values), own.read(["res_id"])),
            lambda: self.rows(self.archives[0]).with_user(self.system).sudo(False).unlink(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()

    def test_searching_followers_costs_the_same_for_many(self):
        counts = []
        for archives in (self.archives[1], self.archives[1:]):
            for domain in (
                [("res_model", "=", "kehu.archive"), ("res_id", "in", archives.ids)],
                [("id", "in", self.rows(archives).ids)],
            ):
                mine = self.env["mail.followers"].with_user(self.clerk)
                mine.search(domain)
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                mine.search(domain).read(["partner_id"])
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts[2:]), max(counts[:2]))
        self.assertLess(max(counts), 16)

    def test_outsider_follows_no_confidential_record(self):
        outsider = self.env["res.partner"].create({"name": "Outsider", "email": "outsider@example.com"})
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.hidden.id, "email": "buyer@example.com"}
        )
        archive = self.archives[0].with_user(self.officer)
        for document in (archive, archive.partner_id):
            for subscribe in (
                lambda document=document: document.message_subscribe(outsider.ids),
                lambda document=document: (
                    self.env["mail.followers.edit"]
                    .with_user(self.officer)
                    .create(
                        {
                            "res_model": document._name,
                            "res_ids": repr(document.ids),
                            "operation": "add",
                            "partner_ids": outsider.ids,
                        }
                    )
                    .edit_followers()
                ),
            ):
                with self.assertRaisesRegex(AccessError, "can follow"), self.env.cr.savepoint():
                    subscribe()
            document.with_context(mail_post_autofollow=True).message_post(body="x", partner_ids=outsider.ids)
            document.message_subscribe((contact | self.officer.partner_id).ids)
            self.assertIn(contact, document.message_partner_ids)
            self.assertNotIn(outsider, document.message_partner_ids)
        self.archives[1].with_user(self.clerk).message_subscribe(outsider.ids)
        self.assertIn(outsider, self.archives[1].message_partner_ids)

    def test_colleague_who_may_not_read_does_not_follow(self):
        colleague = self.clerk.partner_id
        for document in (self.archives[0], self.hidden):
            document.with_user(self.officer).with_context(mail_post_autofollow=True).message_post(
                body="x", partner_ids=colleague.ids
            )
            document.sudo().message_subscribe(colleague.ids)
            self.assertNotIn(colleague, document.message_partner_ids)

    def test_colleague_is_taken_off_by_nobody_else(self):
        archive, partners = self.archives[1].with_user(self.clerk), self.manager.partner_id
        outsider = self.env["res.partner"].create({"name": "Outsider", "email": "outsider@example.com"})
        archive.message_subscribe(outsider.ids)
        rows = self.rows(archive).filtered(lambda row: row.partner_id == partners)
        for drop in (
            lambda: archive.message_unsubscribe(partners.ids),
            rows.with_user(self.system).unlink,
            lambda: (
                self.env["mail.followers.edit"]
                .with_user(self.clerk)
                .create(
                    {
                        "res_model": archive._name,
                        "res_ids": repr(archive.ids),
                        "operation": "remove",
                        "partner_ids": partners.ids,
                    }
                )
                .edit_followers()
            ),
        ):
            with self.assertRaisesRegex(AccessError, "by themselves"), self.env.cr.savepoint():
                drop()
        archive.message_unsubscribe(outsider.ids)
        archive.with_user(self.manager).message_unsubscribe(partners.ids)
        self.assertFalse(archive.message_partner_ids & (partners | outsider))

    def test_outsider_of_before_the_raise_gets_nothing(self):
        spy, own = self.env["res.partner"].create(
            [{"name": "Spy", "email": "spy@evil.example"}, {"name": "Wu", "email": "wu@customer.example"}]
        )
        archive = self.archives[1]
        customer = archive.partner_id
        own.parent_id = customer
        for document in (archive, customer):
            document.sudo().message_subscribe((spy | own).ids)
        customer.sudo().kehu_tier = "2"
        for document in (archive, customer):
            self.assertEqual(document.sudo().message_partner_ids & (spy | own), own)
        document.sudo()._message_subscribe(spy.ids)  # as a document of any other model keeps it
        self.assertIn(spy, document.sudo().message_partner_ids)
        for partners, told in ((own.browse(), own), (spy, spy | own)):
            message = document.with_user(self.officer).message_post(
                body="Said", partner_ids=partners.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertEqual(message.sudo().notified_partner_ids & (spy | own), told)
