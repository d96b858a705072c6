import io

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import OdooPdfFileReader, PdfWriter

from .flow_case import FlowCase
from .markers import CONTENT

_REPORTS = {"sale.order": "sale.action_report_saleorder", "purchase.order": "purchase.action_report_purchase_order"}


@tagged("post_install", "-at_install")
class TestElectronicOrders(FlowCase):
    """X3: with the print of an order goes its electronic form, with all particulars of the customer: not for users who may
    not read the customer.
    """

    def make_orders(self):
        goods = self.env["product.product"].create({"name": "Thing"})
        lines = {
            "sale.order": {"product_id": goods.id, "product_uom_qty": 1},
            "purchase.order": {"product_id": goods.id, "product_qty": 1, "price_unit": 1},
        }
        for model, line in lines.items():
            yield self.env[model].create(
                {"partner_id": self.markers.customers["2"].id, "order_line": [Command.create(line)]}
            )

    def printed_with(self, order, user):
        """Return what stands within the PDF of an order."""
        page, writer = io.BytesIO(), PdfWriter()
        writer.add_blank_page(width=100, height=100)
        writer.write(page)
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(user).with_context(force_report_rendering=True)
        self.patch(type(reports), "_run_wkhtmltopdf", lambda _self, _bodies, **_options: page.getvalue())
        content, _kind = reports._render_qweb_pdf(_REPORTS[order._name], order.ids)
        return list(OdooPdfFileReader(io.BytesIO(content), strict=False).getAttachments())

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_print_of_an_order_holds_no_electronic_one(self):
        for order in self.make_orders():
            self.assertFalse(self.printed_with(order, self.clerk), order)
            self.assertIn(f"{CONTENT}2", str(self.printed_with(order, self.cleared)))

    def test_colleague_downloads_no_electronic_order(self):
        for order in self.make_orders():
            path = f"{order.access_url}/download_edi"
            token = order._portal_ensure_token()
            self.env.flush_all()
            for login, is_shown in (("flow_clerk", False), ("flow_cleared", True), (None, True)):
                self.authenticate(login, login)
                page = self.url_open(path if login else f"{path}?access_token={token}")
                self.assertEqual(f"{CONTENT}2" in page.text, is_shown, (order, login))
