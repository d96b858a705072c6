from odoo.tests import tagged

from .kinds_case import KindsCase
from .oracles import Oracles


@tagged("post_install", "-at_install")
class TestLeakKinds(KindsCase):
    """X3: each kind of leak is looked for in all models."""

    def test_no_search_is_an_oracle(self):
        self.assertNothing(self.oracles(), 40)

    def test_careless_search_is_found(self):
        self.env["kehu.leak.careless"].create({"customer_ref": self.markers.customers["2"].id})
        careless = self.env["kehu.leak.careless"].with_user(self.spy)
        self.assertIn((careless._name, "customer_email", "=ilike"), list(Oracles(self.markers, [careless]).leaks()))

    def test_row_below_a_hidden_record_is_hidden(self):
        self.assertNothing(self.rows_below(), 20)

    def test_no_model_delegates_to_a_hidden_file(self):
        self.assertNothing(self.delegated_files(), 3)

    def test_row_shows_no_particulars_of_a_hidden_customer(self):
        self.assertNothing(self.particulars(), 30)

    def test_no_aggregate_shows_a_hidden_customer(self):
        self.assertNothing(self.aggregates(), 100)

    def test_hidden_record_is_not_named(self):
        self.assertNothing(self.labels(), 100)

    def test_chatter_does_not_tell_of_a_hidden_customer(self):
        self.assertNothing(self.messages(), 50)

    def test_no_link_opens_a_hidden_customer(self):
        self.assertNothing(self.tokens(), 5)
