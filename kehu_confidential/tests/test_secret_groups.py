from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import new_test_user, tagged

from .common import TierCase
from odoo.addons.kehu_confidential.models.rights.res_groups import WATCHED
from odoo.addons.kehu_confidential.models.rights.secret_groups import Membership

TOP_SECRET = "kehu_confidential.group_clearance_top_secret"


@tagged("post_install", "-at_install")
class TestSecretGroups(TierCase):
    """X2: clearance, and who is in the groups on which confidentiality rests, is seen by few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.auditor = new_test_user(cls.env, "test_auditor", "kehu_confidential.group_tier_auditor", name="Zhou")
        cls.portal = new_test_user(cls.env, "test_portal", "base.group_portal", name="Lin")
        cls.secret_groups = cls.env["res.groups"].union(*map(cls.env.ref, WATCHED))
        cls.top_secret = cls.env.ref(TOP_SECRET)
        cls.internal = cls.env.ref("base.group_user")
        # Made as by an import: of no other group.
        cls.subject = new_test_user(cls.env, "test_subject", TOP_SECRET, name="Kong")
        cls.employees = cls.salesman, cls.employee, cls.manager, cls.cleared
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("base.group_allow_export")
        cls.viewers = cls.admin, cls.officer, cls.auditor

    def each(self, users):
        for user in users:
            self.env.invalidate_all()
            yield user, self.subject.with_user(user)

    def read_by_all_ways(self, subject, name):
        """Yield the ids that a client reads in a field, by each way of reading."""
        yield subject.read([name])[0][name]
        yield [value["id"] for value in subject.web_read({name: {"fields": {"display_name": {}}}})[0][name]]
        exported = subject.export_data([f"{name}/id"])["datas"]
        yield [self.env.ref(xml_id).id for row in exported for xml_id in row[0].split(",")]
        yield subject[name].ids
        yield (subject | self.officer.with_env(subject.env))[name].ids

    # === READING ===

    def test_clearance_is_read_by_viewers_and_oneself(self):
        for _user, subject in self.each((*self.viewers, self.subject)):
            self.assertEqual(subject.read(["kehu_clearance"])[0]["kehu_clearance"], "3")
        for user, subject in self.each(self.employees):
            with self.assertRaises(AccessError):
                subject.read(["kehu_clearance"])
            self.assertNotIn("kehu_clearance", subject.web_read({"name": {}})[0])
            with self.assertRaises(AccessError):
                subject.export_data(["kehu_clearance"])
            self.assertEqual(user.with_user(user).read(["kehu_clearance"])[0]["kehu_clearance"], user.kehu_clearance)
        self.assertEqual(self.portal.with_user(self.portal).read(["kehu_clearance"])[0]["kehu_clearance"], "0")

    def test_clearance_is_followed_by_no_path(self):
        record = self.env["res.partner.category"].with_user(self.subject).sudo().create({"name": "Test"})
        for user, _subject in self.each(self.employees):
            with self.assertRaises(AccessError):
                record.with_user(user).export_data(["create_uid/kehu_clearance"])
            with self.assertRaises(AccessError):
                self.env["res.users"].with_user(user).search([("kehu_clearance", "=", "3")])

    def test_employees_read_no_secret_group_of_others(self):
        for name in ("group_ids", "all_group_ids"):
            for _user, subject in self.each(self.employees):
                for ids in self.read_by_all_ways(subject, name):
                    self.assertIn(self.internal.id, ids)
                    self.assertFalse({*ids} & {*self.secret_groups.ids})
                self.assertFalse(subject.filtered_domain([(name, "in", self.top_secret.ids)]))
            for _user, subject in self.each((*self.viewers, self.subject)):
                for ids in self.read_by_all_ways(subject, name):
                    self.assertIn(self.top_secret.id, ids)

    def test_employees_read_no_member_of_secret_groups(self):
        for name in ("user_ids", "all_user_ids"):
            for user, _subject in self.each(self.employees):
                for group in self.secret_groups.with_user(user):
                    self.assertLessEqual(group[name], user)
                    self.assertFalse({*group.read([name])[0][name]} - {*user.ids})
                self.assertIn(self.subject, self.internal.with_user(user)[name])
            for user, _subject in self.each(self.viewers):
                self.assertIn(self.subject, self.top_secret.with_user(user)[name])
            for user, _subject in self.each([self.subject]):
                self.assertEqual(self.top_secret.with_user(user)[name], self.subject)

    def test_counts_of_groups_are_for_administrators(self):
        for user, subject in self.each(self.employees):
            for name in ("groups_count", "rules_count", "accesses_count"):
                with self.assertRaises(AccessError):
                    subject.read([name])
            with self.assertRaises(AccessError):
                self.top_secret.with_user(user).read(["all_users_count"])
        self.assertTrue(self.subject.with_user(self.admin).read(["groups_count"])[0]["groups_count"])

    def test_has_group_tells_employees_nothing(self):
        for user, subject in self.each(self.employees):
            for group in WATCHED:
                with self.assertRaises(AccessError):
                    subject.has_group(group)
                with self.assertRaises(AccessError):
                    subject.has_groups(f"base.group_no_one,!{group}")
                user.with_user(user).has_group(group)
            self.assertTrue(subject.has_group("base.group_user"))
            self.assertFalse({*subject.action_show_groups()["domain"][0][2]} & {*self.secret_groups.ids})
        for _user, subject in self.each(self.viewers):
            self.assertTrue(subject.has_group(TOP_SECRET))

    def test_rights_are_the_same_whoever_reads_first(self):
        for name in ("group_ids", "all_group_ids"):
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            subject = self.subject.with_user(self.salesman)
            subject[name], subject.has_group("base.group_user"), self.top_secret.with_user(self.salesman).all_user_ids
            self.assertTrue(self.subject.has_group(TOP_SECRET))
            self.assertIn(self.subject, self.top_secret.all_user_ids)
            self.assertEqual(self.subject.kehu_clearance, "3")

    # === SEARCHING ===

    def conditions(self, group):
        """Return domains on users that all ask whether they are in a group."""
        for name in ("group_ids", "all_group_ids"):
            yield Domain(name, "in", group.ids)
            yield ~Domain(name, "not in", group.ids)
            yield Domain(f"partner_id.user_ids.{name}", "in", group.ids)
        yield Domain("group_ids", "any", [("id", "=", group.id)])
        yield ~Domain("group_ids", "not any", [("id", "=", group.id)])
        yield Domain("group_ids", "=", group.full_name)
        yield Domain("group_ids.name", "=like", group.name)
        yield Domain("group_ids", "any", [("id", "=", group.id), ("user_ids", "in", self.subject.ids)])

    def test_searches_on_users_tell_viewers_alone(self):
        asked = Domain("id", "in", self.subject.ids)
        for user, _subject in self.each((*self.employees, *self.viewers, self.subject)):
            users, expected = self.env["res.users"].with_user(user), user in (*self.viewers, self.subject)
            for condition in self.conditions(self.top_secret):
                self.assertEqual(bool(users.search(asked & condition)), expected, condition)
                if not expected:
                    self.assertTrue(users.search(asked & ~condition), condition)
                self.assertEqual(bool(users.name_search("Kong", list(asked & condition))), expected, condition)
            implied = Domain("all_group_ids", "in", self.env.ref("kehu_confidential.group_clearance_confidential").ids)
            self.assertEqual(bool(users.search(asked & implied)), expected)

    def test_searches_from_elsewhere_tell_viewers_alone(self):
        partner = self.subject.partner_id
        ways = (
            ("res.partner", Domain("user_ids.group_ids", "in", self.top_secret.ids) & Domain("id", "=", partner.id)),
            (
                "res.partner",
                Domain("user_ids.all_group_ids", "in", self.top_secret.ids) & Domain("id", "=", partner.id),
            ),
            ("res.groups", Domain("user_ids", "in", self.subject.ids) & Domain("id", "=", self.top_secret.id)),
            ("res.groups", Domain("all_user_ids", "in", self.subject.ids) & Domain("id", "=", self.top_secret.id)),
            ("res.groups", Domain("user_ids.login", "=like", "test_subjec_") & Domain("id", "=", self.top_secret.id)),
            (
                "res.groups",
                Domain("all_user_ids.login", "=like", "test_subjec_") & Domain("id", "=", self.top_secret.id),
            ),
            (
                "res.groups.privilege",
                Domain("group_ids.user_ids", "in", self.subject.ids)
                & Domain("id", "=", self.top_secret.privilege_id.id),
            ),
        )
        for user, _subject in self.each((*self.employees, *self.viewers, self.subject)):
            for model, domain in ways:
                found = self.env[model].with_user(user).search_count(domain)
                self.assertEqual(bool(found), user in (*self.viewers, self.subject), domain)

    def test_ordinary_groups_are_found_as_ever(self):
        for user, _subject in self.each(self.employees):
            users = self.env["res.users"].with_user(user)
            internal = users.search([("share", "=", False)])
            self.assertIn(self.subject, internal)
            for domain in (
                [("all_group_ids", "in", self.internal.ids)],
                [("group_ids", "!=", False), ("share", "=", False)],
            ):
                self.assertIn(self.subject, users.search(domain), domain)
            self.assertFalse(users.search([("id", "=", self.subject.id), ("group_ids", "=", False)]))
            self.assertIn(
                self.manager,
                users.search([("group_ids", "in", self.env.ref("base.group_partner_manager").ids)]),
            )

    def test_users_are_not_grouped_by_groups(self):
        for user, _subject in self.each(self.employees):
            for model, name in (
                ("res.users", "group_ids"),
                ("res.groups", "user_ids"),
                ("res.partner", "create_uid.group_ids"),
            ):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).formatted_read_group([], [name], ["__count"])
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).formatted_read_grouping_sets([], [[name]], ["__count"])
        groups = (
            self.env["res.users"]
            .with_user(self.admin)
            .formatted_read_group([("id", "=", self.subject.id)], ["group_ids"], ["__count"])
        )
        self.assertIn(self.top_secret.id, [group["group_ids"][0] for group in groups])

    def test_portal_users_learn_nothing(self):
        users = self.env["res.users"].with_user(self.portal)
        for domain in self.conditions(self.top_secret):
            try:
                found = users.search(domain & Domain("id", "in", self.subject.ids))
            except AccessError:
                continue
            self.assertFalse(found, domain)
        with self.assertRaises(AccessError):
            self.subject.with_user(self.portal).has_group(TOP_SECRET)

    # === WRITING ===

    def test_right_that_is_computed_cannot_be_written(self):
        customer = self.env["res.partner"].create({"name": "Marker Ltd", "is_company": True, "kehu_tier": "3"})
        mine = self.admin.with_user(self.admin)
        for record, vals in (
            (mine, {"kehu_clearance": "3"}),
            (mine, {"all_group_ids": [Command.link(self.top_secret.id)]}),
            (self.internal.with_user(self.admin), {"all_implied_ids": [Command.link(self.top_secret.id)]}),
        ):
            record.web_save(vals, {"display_name": {}})
            self.assertEqual(mine.kehu_clearance, "1")
            self.assertTrue(customer.with_user(self.admin)._kehu_hidden())

    # === KEPT WHOLE ===

    def test_group_that_gives_clearance_is_secret_too(self):
        group = self.env["res.groups"].create({"name": "Board", "implied_ids": [Command.link(self.top_secret.id)]})
        board = new_test_user(self.env, "test_board", "base.group_user", name="Bai")
        group.user_ids = board
        for user, _subject in self.each(self.employees):
            self.assertFalse(board.with_user(user).group_ids & group)
            self.assertFalse(group.with_user(user).user_ids)
            self.assertFalse(self.env["res.users"].with_user(user).search([("group_ids", "in", group.ids)]))
        self.assertEqual(group.with_user(self.officer).user_ids, board)

    def test_members_of_secret_groups_are_employees_by_themselves(self):
        user = new_test_user(self.env, "test_other", "base.group_user")
        user.group_ids = self.top_secret
        self.assertIn(self.internal, user.group_ids)
        self.assertIn(self.internal, self.subject.group_ids)

    def test_channel_subscribes_no_secret_group(self):
        Channel = self.env["discuss.channel"]
        for user, _subject in self.each(self.employees):
            with self.assertRaises(ValidationError):
                Channel.with_user(user).create(
                    {"name": "Ours", "channel_type": "channel", "group_ids": [Command.link(self.top_secret.id)]}
                )
            channel = Channel.with_user(user).create({"name": "Ours", "channel_type": "channel"})
            with self.assertRaises(ValidationError):
                channel.write({"group_ids": [Command.link(self.top_secret.id)]})

    def test_settings_and_users_are_kept_by_administrators(self):
        self.subject.with_user(self.admin).write(
            {"group_ids": [Command.link(self.env.ref("base.group_partner_manager").id)]}
        )
        self.assertIn(self.top_secret, self.subject.group_ids)
        self.assertEqual(self.subject.kehu_clearance, "3")
        self.env["res.config.settings"].with_user(self.admin).create({}).execute()

    def test_fields_of_memberships_are_still_ours(self):
        for model, name in (("res.users", "group_ids"), ("res.users", "all_group_ids"), ("res.groups", "user_ids")):
            self.assertIsInstance(self.env[model]._fields[name], Membership, "redefined by another addon")
