from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestServerRows(TransactionCase):
    """A3: what no group may create is made by the server, with the defaults of the code alone."""

    def test_models_without_right_to_create_take_no_default(self):
        creatable = set(self.env["ir.model.access"].search([("perm_create", "=", True)]).mapped("model_id.model"))
        rows = self.registry["kehu.server.rows.mixin"]
        open_ones = [
            name
            for name, model in self.registry.items()
            if name.startswith("kehu.")
            and model._auto
            and not model._abstract
            and not model._transient
            and name not in creatable
            and not issubclass(model, rows)
        ]
        self.assertEqual(open_ones, [])
