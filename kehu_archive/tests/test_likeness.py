from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .. import likeness
from .common import CODE, OTHER_CODE, ArchiveCase
from .likeness_pairs import DIFFERENT, SAME


@tagged("post_install", "-at_install")
class TestLikeness(ArchiveCase):
    """A21: customers whose names are alike are found, and hidden ones are not."""

    def assertPairs(self, *expected, user=None):
        action = self.env["kehu.archive.likeness"].with_user(user or self.manager).action_find()
        pairs = self.env["kehu.archive.likeness"].with_user(user or self.manager).search(action["domain"])
        names = {frozenset((pair.archive_id.name, pair.other_id.name)) for pair in pairs}
        mine = {pair for pair in names if any("瑞丰" in name or "瑞豐" in name for name in pair)}
        self.assertEqual(mine, {frozenset(pair) for pair in expected})
        return pairs.filtered(lambda pair: frozenset((pair.archive_id.name, pair.other_id.name)) in mine)

    def test_names_of_one_customer_are_told_from_others(self):
        """Precision and recall of names alone."""
        self.assertGreaterEqual(min(len(SAME), len(DIFFERENT)), 30)
        found, wrong = (
            [pair for pair in pairs if likeness.is_like(*map(likeness.profile, pair))] for pairs in (SAME, DIFFERENT)
        )
        self.assertGreaterEqual(len(found) / (len(found) + len(wrong)), 0.85, wrong)
        self.assertGreaterEqual(len(found) / len(SAME), 0.75, set(SAME) - set(found))

    def test_names_that_are_alike_meet_under_a_key(self):
        for one, other in (map(likeness.profile, pair) for pair in SAME):
            if likeness.is_like(one, other):
                self.assertTrue(likeness.blocks(one) & likeness.blocks(other), (one, other))

    def test_odd_names_are_no_error(self):
        for name in (
            "",
            " ",
            "（）",
            "公司",
            "有限公司",
            "深圳",
            "%",
            "_",
            "-",
            "1",
            "（原）",
            "((",
            "中国",
            "a" * 3000,
            "信息技术" * 40 + "x",
            "1" * 100 + "x",
            "信息技术" * 900,
            "(" * 500,
        ):
            profile = likeness.profile(name)
            likeness.is_like(profile, profile)
            likeness.blocks(profile)

    def test_pairs_of_archives_are_listed(self):
        self.file_archive(name="深圳市瑞丰电子科技有限公司", vat=CODE)
        self.file_archive(name="深圳瑞豐電子科技有限公司")
        self.file_archive(name="广州瑞丰电子科技有限公司")
        self.file_archive(name="深圳市瑞丰电子科技有限公司龙华分公司")
        self.assertPairs(("深圳市瑞丰电子科技有限公司", "深圳瑞豐電子科技有限公司"))

    def test_different_codes_are_different_customers(self):
        self.file_archive(name="深圳市瑞丰电子科技有限公司", vat=CODE)
        self.file_archive(name="瑞丰电子科技有限公司", vat=OTHER_CODE)
        self.assertPairs()

    def test_phone_and_domain_count_with_the_name(self):
        self.file_archive(name="瑞丰机床有限公司", email="a@ruifeng.example")
        self.file_archive(name="瑞丰轴承有限公司", email="b@ruifeng.example")
        self.file_archive(name="瑞丰塑业有限公司", email="a@qq.com")
        self.file_archive(name="瑞丰木业有限公司", email="b@qq.com")
        (pair,) = self.assertPairs(("瑞丰机床有限公司", "瑞丰轴承有限公司"))
        self.assertTrue(pair.is_same_domain)

    def test_pair_is_merged_with_the_dialog_of_odoo(self):
        one = self.file_archive(name="深圳市瑞丰电子科技有限公司", vat=CODE)
        other = self.file_archive(name="瑞丰电子科技")
        (pair,) = self.assertPairs((one.name, other.name))
        action = pair.action_merge()
        dialog = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]).create({})
        self.assertEqual(dialog.partner_ids, (one | other).partner_id)
        dialog.dst_partner_id = one.partner_id
        dialog.action_merge()
        self.assertEqual((one | other).exists(), one)
        self.assertFalse(pair.exists())
        self.assertPairs()

    def test_reason_takes_a_pair_off_the_list(self):
        self.file_archive(name="深圳市瑞丰电子科技有限公司")
        self.file_archive(name="瑞丰电子科技有限公司")
        (pair,) = self.assertPairs(("深圳市瑞丰电子科技有限公司", "瑞丰电子科技有限公司"))
        pair.distinct_reason = "Another company"
        self.assertPairs()

    def test_hidden_customer_is_in_no_pair_and_no_hint(self):
        hidden = self.file_archive(name="深圳市瑞丰电子科技有限公司").sudo()
        hidden.partner_id.kehu_tier = "3"
        hidden.kehu_custodian_id = False
        mine = self.file_archive(self.salesman, name="瑞丰电子科技有限公司")
        self.env.invalidate_all()
        self.assertFalse(hidden.with_user(self.manager)._filtered_access("read"))
        self.assertPairs()
        for user in (self.manager, self.salesman):
            self.assertFalse(mine.with_user(user).likeness_hint)
            self.assertFalse(mine.with_user(user).sudo().likeness_hint)
        self.manager.group_ids += self.env.ref("kehu_confidential.group_clearance_top_secret")
        hidden.kehu_custodian_id = self.manager
        self.env.invalidate_all()
        mine.invalidate_recordset()
        self.assertTrue(hidden.with_user(self.manager)._filtered_access("read"))
        self.assertIn(hidden.name, mine.with_user(self.manager).likeness_hint)

    def test_pairs_are_not_forged_by_rpc(self):
        one = self.file_archive(name="深圳市瑞丰电子科技有限公司")
        other = self.file_archive(name="瑞丰电子科技有限公司")
        hidden = self.file_archive(name="Hidden").sudo()
        hidden.partner_id.kehu_tier = "3"
        hidden.kehu_custodian_id = False
        likenesses = self.env["kehu.archive.likeness"]
        for user in (self.clerk, self.employee):
            with self.assertRaises(AccessError):
                likenesses.with_user(user).action_find()
        with self.assertRaises(AccessError):
            likenesses.with_user(self.manager).create({"archive_id": one.id, "other_id": hidden.id})
        (pair,) = self.assertPairs((one.name, other.name))
        with self.assertRaises(AccessError):
            pair.write({"other_id": hidden.id})
        with self.assertRaises(AccessError):
            pair.with_user(self.clerk).action_merge()

    def test_form_names_who_it_may_be(self):
        one = self.file_archive(name="深圳市瑞丰电子科技有限公司")
        with Form(self.env["kehu.archive"].with_user(self.salesman)) as form:
            form.name = "瑞豐電子科技"
            self.assertEqual(form.likeness_hint, one.display_name)
            form.distinct_reason = "Another company"
            self.assertFalse(form.likeness_hint)

    def test_search_for_pairs_takes_no_query_for_each(self):
        for number in range(2):
            self.file_archive(name=f"瑞丰第{number}电子有限公司")
        finder = self.env["kehu.archive.likeness"].with_user(self.manager)
        finder._find_pairs()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        finder._find_pairs()
        few = self.env.cr.sql_log_count - before
        for number in range(20):
            self.file_archive(name=f"瑞丰第{number + 10}电子有限公司")
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        finder._find_pairs()
        self.assertLessEqual(self.env.cr.sql_log_count - before, few)
