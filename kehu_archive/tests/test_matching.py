import time

from odoo.tests import BaseCase, tagged

from odoo.addons.kehu_archive import matching


@tagged("post_install", "-at_install")
class TestMatching(BaseCase):
    """A2, A21: spellings of one thing meet, spellings of two things do not."""

    def test_spellings_of_one_name_meet(self):
        self.assertEqual(matching.name_key("阿里巴巴（中国）有限公司 "), matching.name_key("阿里巴巴(中国)　有限公司"))
        self.assertEqual(matching.name_key("ＴＣＬ科技集团"), matching.name_key("tcl 科技集团"))
        self.assertNotEqual(matching.name_key("华为技术有限公司"), matching.name_key("华为投资有限公司"))

    def test_spellings_of_one_number_meet(self):
        for phone in (
            "0755-28780808",
            "(0755) 2878 0808",
            "+86 755 28780808",
            "0086-755-28780808",
            "０７５５－２８７８０８０８",
            "0755-28780808转12",
            "+86 755 28780808; 0755-1",
        ):
            self.assertEqual(matching.phone_key(phone), "75528780808", phone)
        self.assertEqual(matching.phone_key("+86 138 0013 8000"), matching.phone_key("13800138000"))
        self.assertEqual(matching.phone_key("8613800138000"), matching.phone_key("13800138000"))
        self.assertEqual(matching.phone_key("+1 202 555 0100"), "12025550100")
        self.assertEqual(matching.phone_key("n/a"), "")

    def test_code_is_spelled_as_on_the_licence(self):
        self.assertEqual(matching.credit_code(" ９１３３０１００７９９６５５０５８ｂ "), "91330100799655058B")
        self.assertEqual(matching.credit_code("9133-0100 7996 5505 8b"), "91330100799655058B")

    def test_having_no_tax_number_is_nothing_in_common(self):
        self.assertEqual(matching.code_key("/"), "")
        self.assertEqual(matching.code_key("DE 123.456"), "DE123456")

    def test_web_addresses(self):
        for good in ("www.huawei.com", "https://www.huawei.com", "http://例子.中国/路径?a=1", "example.com:8069/x"):
            self.assertTrue(matching.is_web_address(good), good)
        for bad in ("not a url", "http://not a url", "javascript:alert(1)", "huawei", "http://"):
            self.assertFalse(matching.is_web_address(bad), bad)

    def test_long_nonsense_is_looked_at_once(self):
        """Whoever may search could keep the server busy with text on which a pattern goes back and forth."""
        for typed in ("1" * 200_000 + "a", "1" + "x" * 200_000 + "\nq"):
            start = time.thread_time()  # of this thread alone, however busy the machine is
            self.assertIn("name_key", matching.keys_typed(typed))
            self.assertLess(time.thread_time() - start, 5)

    def test_plates_with_and_without_dash(self):
        self.assertEqual(matching.serial_key("粤B-12345"), matching.serial_key("粤B·12345"))
        self.assertNotEqual(matching.serial_key("SN-001"), matching.serial_key("SN001"))
