from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from .common import CODE, TierCase


@tagged("post_install", "-at_install")
class TestSearchRights(TierCase):
    """X3: whether a hidden record fits a condition is not told, by whatever way the search gets to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = cls.file_customer(name="Marker Ltd", vat=CODE, email="marker@example.com", phone="+86 755 5550001")
        cls.open = cls.file_customer(cls.clerk, name="Open Ltd")
        cls.spy = new_test_user(
            cls.env,
            "test_spy",
            "base.group_user,base.group_partner_manager,base.group_allow_export,kehu_confidential.group_confidential_export",
            name="Spy",
            email="spy@example.com",
        )
        cls.hidden.sudo().write({"user_id": cls.officer.id, "kehu_tier": "2"})
        cls.env.flush_all()
        cls.mine = cls.env["res.partner"].with_user(cls.spy).create({"name": "Container"})

    def follow(self):
        """Make the hidden customer a follower, as a mail or a colleague with clearance would."""
        self.env["mail.followers"].sudo().create(
            {"res_model": "res.partner", "res_id": self.mine.id, "partner_id": self.hidden.id}
        )
        self.env.flush_all()

    def fits(self, *condition, model="res.partner", record=None):
        record = record or self.mine
        return self.env[record._name].with_user(self.spy).search_count([("id", "=", record.id), condition])

    def assertNoOracle(self, path, right, wrong, record=None):
        """A condition and its opposite answer the same whether the value is right or wrong."""
        for operator in ("=", "!=", "=like", "not =like", "ilike", "not ilike", "in", "not in", "<", ">="):
            answers = [
                self.fits(path, operator, [value] if operator in ("in", "not in") else value, record=record)
                for value in (right, wrong)
            ]
            self.assertEqual(*answers, (path, operator))

    def test_followers_are_no_oracle(self):
        self.follow()
        for field, right in (
            ("vat", "9%"),
            ("name", "Marker%"),
            ("email", "marker%"),
            ("kehu_tier", "2"),
            ("user_id.login", "x%"),
        ):
            self.assertNoOracle(f"message_partner_ids.{field}", right, "8%")
        others = [("id", "!=", self.spy.partner_id.id)]
        for domain in ([("vat", "=like", "9%")], ["!", ("vat", "=like", "9%")], [("id", "=", self.hidden.id)], []):
            self.assertFalse(self.fits("message_partner_ids", "any", domain + others), domain)
        self.assertTrue(self.fits("message_partner_ids", "not any", [("vat", "=like", "9%")]))
        self.assertTrue(self.fits("message_partner_ids", "not any", [("vat", "=like", "8%")]))
        for operand in ("Marker", "marker@example.com"):
            self.assertFalse(self.fits("message_partner_ids", "ilike", operand))
        self.assertFalse(self.fits("message_partner_ids", "in", self.hidden.ids))
        self.assertFalse(self.fits("message_follower_ids.partner_id.vat", "=like", "9%"))
        self.assertTrue(self.fits("message_partner_ids", "in", self.spy.partner_id.ids))
        self.assertTrue(self.fits("message_partner_ids", "ilike", "Spy"))
        self.assertTrue(self.fits("message_is_follower", "=", True))

    def test_order_through_hidden_contact_tells_nothing(self):
        secret = self.env["res.partner"].create({"name": "Mmm secret", "user_id": self.officer.id, "kehu_tier": "3"})
        probe = self.env["res.partner"].create({"name": "Probe"})
        channel = self.env["discuss.channel"].create({"name": "Sorted", "channel_type": "channel"})
        channel._add_members(partners=secret | probe, users=self.spy, post_joined_message=False)
        messages = (
            self.env["mail.message"]
            .sudo()
            .create(
                [
                    {
                        "model": "res.partner",
                        "res_id": self.mine.id,
                        "author_id": author.id,
                        "body": "x",
                        "message_type": "comment",
                    }
                    for author in (secret, probe)
                ]
            )
        )
        for user, is_told in ((self.spy, False), (self.officer, True)):
            answers = set()
            if is_told:
                channel._add_members(users=user, post_joined_message=False)
            for name in ("Aaa", "Zzz"):
                probe.name = name
                self.env.flush_all()
                both = [("partner_id", "in", (secret | probe).ids)]
                members = (
                    self.env["discuss.channel.member"]
                    .with_user(user)
                    .search([("channel_id", "=", channel.id), *both], order="partner_id, id")
                )
                said = (
                    self.env["mail.message"].with_user(user).search([("id", "in", messages.ids)], order="author_id, id")
                )
                groups = (
                    self.env["mail.message"]
                    .with_user(user)
                    .formatted_read_group([("id", "in", messages.ids)], ["author_id"], ["__count"], order="author_id")
                )
                self.assertEqual(len(members), 2)
                answers.add((members.ids[0], said.ids[0], groups[0]["author_id"][0]))
            self.assertEqual(len(answers), 2 if is_told else 1, user.login)

    def test_followers_answer_whoever_may_read(self):
        self.follow()
        found = self.env["res.partner"].with_user(self.officer).search([("message_partner_ids.vat", "=like", "9%")])
        self.assertIn(self.mine, found)

    def test_account_of_a_hidden_contact_fits_no_condition(self):
        account = (
            self.env["res.users"]
            .sudo()
            .create(
                {
                    "login": "marker@example.com",
                    "partner_id": self.hidden.id,
                    "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                }
            )
        )
        for user, expected in ((self.spy, self.env["res.users"]), (self.officer, account)):
            users = self.env["res.users"].with_user(user).sudo()
            self.assertEqual(
                users.search(Domain("id", "=", account.id) & users._kehu_reachable_domain()), expected, user.name
            )

    def test_portal_user_asks_nothing_of_internal_notes(self):
        portal = new_test_user(self.env, "test_asking", "base.group_portal", name="Wu", email="wu@example.com")
        portal.partner_id.parent_id = self.open
        for contact in (self.open, portal.partner_id):
            contact.message_post(body="Bankrupt", subtype_xmlid="mail.mt_note", author_id=self.officer.partner_id.id)
            contact.message_post(body="Welcome", subtype_xmlid="mail.mt_comment", message_type="comment")
        self.env.flush_all()
        partners = self.env["res.partner"].with_user(portal)

        def finds(*condition):
            return partners.search_count([("id", "=", portal.partner_id.id), condition])

        for path in ("message_ids", "commercial_partner_id.message_ids", "parent_id.message_ids"):
            with self.subTest(path):
                self.assertFalse(finds(f"{path}.body", "ilike", "Bankrupt"))
                self.assertTrue(finds(f"{path}.body", "not ilike", "Bankrupt"))
                self.assertEqual(
                    finds(path, "not any", [("body", "ilike", "Bankrupt")]),
                    finds(path, "not any", [("body", "ilike", "Wrong")]),
                )
        self.assertTrue(finds("message_ids.body", "ilike", "Welcome"), "what was said to the customer is found")
        self.assertFalse(finds("message_ids.author_id.user_ids.login", "=like", "%"))
        self.assertFalse(finds("activity_ids.summary", "ilike", "x"))
        self.assertTrue(finds("name", "=", "Wu"))
        self.assertTrue(finds("parent_id.name", "=", "Open Ltd"))

    def test_hidden_contact_cannot_be_named(self):
        for call in (
            lambda: self.mine.message_subscribe(self.hidden.ids),
            lambda: self.mine.message_post(body="x", partner_ids=self.hidden.ids),
            lambda: self.mine.write({"message_partner_ids": [Command.link(self.hidden.id)]}),
            lambda: self.mine.write(
                {
                    "message_follower_ids": [
                        Command.create(
                            {"res_model": "res.partner", "res_id": self.mine.id, "partner_id": self.hidden.id}
                        )
                    ]
                }
            ),
        ):
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                call()
            self.assertNotIn("Marker", str(refused.exception))
        self.assertNotIn(self.hidden, self.mine.sudo().message_partner_ids)

    def test_customer_of_a_document_is_not_subscribed(self):
        branch = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Branch", "parent_id": self.hidden.id, "user_id": self.spy.id})
        )
        document = branch.with_user(self.spy).sudo(False)
        # As Odoo does by itself, when a document of the customer is made.
        self.assertTrue(document.message_subscribe((self.hidden + branch).ids))
        self.assertIn(branch, document.sudo().message_partner_ids)
        self.assertNotIn(self.hidden, document.sudo().message_partner_ids)
        self.assertTrue(document.message_post(body="Ordinary work"))

    def test_sender_of_a_message_is_no_oracle(self):
        self.mine.sudo().with_user(self.env.ref("base.user_root")).message_post(
            body="x", author_id=self.hidden.id, email_from="marker@example.com", message_type="comment"
        )
        self.env.flush_all()
        message = self.mine.sudo().message_ids[0].with_user(self.spy).sudo(False)
        for path in ("email_from", "reply_to", "author_id.email", "author_id.vat"):
            self.assertNoOracle(path, "marker%", "markes%", record=message)
            self.assertNoOracle(f"message_ids.{path}", "marker%", "markes%")
        groups = (
            self.env["mail.message"]
            .with_user(self.spy)
            .formatted_read_group([("id", "=", message.id)], ["email_from"], ["__count"])
        )
        self.assertNotIn("marker", str(groups))
        self.assertNotIn("marker", str(message.read(["email_from", "reply_to"])))
        self.assertIn("marker", message.sudo().email_from)

    def test_sender_of_a_file_is_no_oracle(self):
        account = (
            self.env["res.users"]
            .sudo()
            .create(
                {
                    "login": "marker@example.com",
                    "partner_id": self.hidden.id,
                    "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                }
            )
        )
        file = (
            self.env["ir.attachment"]
            .with_user(account)
            .sudo()
            .create({"name": "File", "raw": b"x", "res_model": "res.partner", "res_id": self.mine.id})
        )
        self.env.flush_all()
        for path, right in (
            ("create_uid.email", "marker%"),
            ("create_uid.partner_id.vat", "9%"),
            ("create_uid.login", "marker%"),
        ):
            self.assertNoOracle(path, right, "8%", record=file)
        self.assertTrue(self.fits("name", "=", "File", record=file))
        self.assertTrue(self.fits("res_model", "=", "res.partner", record=file))

    def test_related_field_without_code_is_no_oracle(self):
        model = self.env["ir.model"]._get("res.partner")
        fields = (
            self.env["ir.model.fields"]
            .sudo()
            .create(
                [
                    {
                        "name": f"x_phone_{kind}",
                        "model_id": model.id,
                        "ttype": "char",
                        "related": "parent_id.phone",
                        "store": kind == "stored",
                        "field_description": kind,
                    }
                    for kind in ("plain", "stored")
                ]
            )
        )
        self.addCleanup(fields.unlink)
        self.addCleanup(self.env.flush_all)
        branch = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Branch", "parent_id": self.hidden.id, "user_id": self.spy.id})
        )
        self.env.flush_all()
        branches = self.env["res.partner"].with_user(self.spy)
        self.assertEqual(branches.search_count([("id", "=", branch.id)]), 1)
        for name in ("x_phone_plain", "x_phone_stored"):
            self.assertNoOracle(name, "+86%", "+49%", record=branch)
            for answer in (
                branches.browse(branch.id).read([name]),
                branches.browse(branch.id).export_data([name]),
                branches.formatted_read_group([("id", "=", branch.id)], [name], ["__count"]),
                branches.formatted_read_group([("id", "=", branch.id)], ["name"], [f"{name}:array_agg", f"{name}:max"]),
            ):
                self.assertNotIn("555", str(answer))
            order = branches.search([("id", "in", [branch.id, self.mine.id])], order=f"{name} desc")
            self.assertEqual(len(order), 2)
            self.assertIn("555", branch.sudo()[name])
            self.assertIn("555", str(branches.with_user(self.officer).browse(branch.id).read([name])))


@tagged("post_install", "-at_install")
class TestRecipientsByAddress(HttpCase, TierCase):
    """X3: the chat looks up contacts by their address; a hidden one is not there."""

    def test_address_of_hidden_contact_is_an_unknown_one(self):
        hidden = self.file_customer(name="Marker Ltd", email="marker@example.com")
        spy = new_test_user(self.env, "test_spy", "base.group_user", email="spy@example.com")
        hidden.sudo().write({"user_id": self.officer.id, "kehu_tier": "3"})
        mine = self.env["res.partner"].create({"name": "Container"})
        self.env["mail.followers"].sudo().create(
            {"res_model": "res.partner", "res_id": mine.id, "partner_id": hidden.id}
        )
        self.env.flush_all()
        self.authenticate("test_spy", "test_spy")

        def found(*emails, thread=mine):
            return [
                row["id"]
                for row in self.make_jsonrpc_request(
                    "/mail/partner/from_email",
                    {"thread_model": "res.partner", "thread_id": thread.id, "emails": emails},
                )
            ]

        self.assertEqual(found("marker@example.com", "nobody@example.com", "spy@example.com"), [spy.partner_id.id])
        self.assertEqual(found("marker@example.com", thread=mine.browse()), [])
        with self.assertRaisesRegex(JsonRpcException, "NotFound"):
            found("marker@example.com", thread=hidden)

    def test_new_contact_repeats_what_was_typed_and_no_more(self):
        hidden = self.file_customer(name="Marker Ltd", email="marker@example.com", phone="555")
        new_test_user(self.env, "test_spy", "base.group_user,base.group_partner_manager", email="spy@example.com")
        hidden.sudo().write({"user_id": self.officer.id, "kehu_tier": "3"})
        self.env.flush_all()
        self.authenticate("test_spy", "test_spy")
        for address in ("marker@example.com", "nobody@example.com"):
            [row] = self.make_jsonrpc_request(
                "/mail/partner/from_email", {"thread_model": "res.partner", "thread_id": False, "emails": [address]}
            )
            self.assertGreater(row["id"], hidden.id)
            self.assertEqual((row["name"], row["email"]), (address, address))
            self.assertFalse(self.env["res.partner"].browse(row["id"]).phone)
        message = self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "res.partner",
                "thread_id": row["id"],
                "post_data": {
                    "body": "Hello",
                    "subtype_xmlid": "mail.mt_comment",
                    "partner_emails": ["marker@example.com"],
                },
            },
        )
        posted = self.env["mail.message"].browse(message["message_id"]).sudo()
        self.assertEqual(posted.partner_ids.mapped("name"), ["marker@example.com"])
        self.assertNotIn(hidden, posted.partner_ids)
