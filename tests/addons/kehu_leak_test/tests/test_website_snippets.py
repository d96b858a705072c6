from odoo.tests import tagged

from .flow_case import FlowCase
from .markers import CONTENT


@tagged("post_install", "-at_install")
class TestWebsiteSnippets(FlowCase):
    """X3: dynamic content of the website, which core reads as superuser, shows what its reader may see."""

    def shown(self, records, *names):
        snippet = self.env["website.snippet.filter"].create(
            {
                "name": "Latest",
                "limit": 16,
                "field_names": ",".join(names),
                "filter_id": self.env["ir.filters"].create({"name": "Latest", "model_id": records._name}).id,
            }
        )
        rows = snippet.with_user(self.clerk)._prepare_values(limit=16, search_domain=[("id", "in", records.ids)])
        return {row["_record"].id: {name: row[name] for name in names} for row in rows}

    def test_snippet_shows_no_token(self):
        partners = self.hidden | self.open
        orders = self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
        for order in orders:
            order._portal_ensure_token()
        rows = self.shown(orders, "name", "access_token")
        self.assertEqual({row["access_token"] for row in rows.values()}, {False})
        self.assertEqual(rows[orders[-1].id]["name"], orders[-1].name)
        self.assertNotIn(orders[1].id, rows)

    def test_snippet_empties_what_is_copied_from_hidden_customer(self):
        partners = self.hidden | self.open
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": partner.id,
                    "invoice_source_email": f"{CONTENT}@x.example.com",
                }
                for partner in partners
            ]
        )
        rows = self.shown(moves, "invoice_source_email")
        self.assertFalse(rows[moves[0].id]["invoice_source_email"])
        self.assertEqual(rows[moves[-1].id]["invoice_source_email"], moves[-1].invoice_source_email)

    def test_snippet_of_one_record_is_one_that_its_reader_may_read(self):
        # Visitors name model and record (Odoo's route for a single one).
        partners = self.hidden | self.open
        orders = self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
        snippet = self.env["website.snippet.filter"].create(
            {
                "name": "Latest",
                "limit": 16,
                "field_names": "name",
                "filter_id": self.env["ir.filters"].create({"name": "Latest", "model_id": "sale.order"}).id,
            }
        )

        def one(user, order):
            reader = snippet.with_user(user).sudo()
            return reader._prepare_values(limit=1, res_model="sale.order", res_id=order.id)

        self.assertEqual(one(self.clerk, orders[1]), [])
        self.assertEqual(one(self.clerk, orders[-1])[0]["name"], orders[-1].name)
        for order in orders:
            self.assertEqual(one(self.env.ref("base.public_user"), order), [])
