from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_partner_search.models import res_partner
from odoo.addons.kehu_partner_search.models.res_partner import Walk
from odoo.addons.kehu_partner_search.tests.test_name_search import TERMS, NameSearchCase


@tagged("post_install", "-at_install")
class TestHiddenNames(NameSearchCase):
    """A17: the search indexes find no hidden customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "test_hidden_clerk", "kehu_archive.group_archive_user")
        cls.partners[1].write({"kehu_tier": "3", "kehu_custodian_id": False})

    def test_a_hidden_customer_is_not_found_by_the_index(self):
        self.assertIn(self.partners[1].id, dict(self.partners.name_search("华强")))
        self.assertNotIn(self.partners[1].id, dict(self.partners.with_user(self.clerk).name_search("华强")))

    def test_a_short_walk_finds_no_hidden_customer(self):
        partners = self.env["res.partner"].with_user(self.clerk)
        expected = {(term, limit): partners.name_search(term, limit=limit) for term in TERMS for limit in (1, 3, 8)}
        self.patch(res_partner, "COMMON", 1)
        for length in (1, 2, 3, 5, 10000):
            walk = Walk(length, False)
            self.patch(type(partners), "_kehu_short_walk", lambda self, text, limit, walk=walk: walk)
            for (term, limit), found in expected.items():
                self.assertEqual(partners.name_search(term, limit=limit), found, (walk, term, limit))
