"""What is taken out of the system on paper or in a file says who took it, when and under which request (X6)."""

import io

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime
from odoo.tools.pdf import PdfReader, PdfWriter

from ..rule.tier import CONFIDENTIAL

TAKEN_AWAY = ("res.partner", "res.users", "kehu.")  # reports of these models are for us, not for the customer
FONT = "STSong-Light"  # every PDF reader brings it along


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_watermark(self):
        """Return the line for every page that shows these records, or an empty string if none is confidential."""
        return self._kehu_watermark_line(
            {row for records in self._kehu_shown() for row in records._kehu_confidential_customers()}
        )

    def _kehu_confidential_customers(self):
        """Return ``(tier, customer id)`` of what in ``self`` is confidential."""
        sources = self._kehu_customer_tiers() if any(self._ids) else []
        return (
            self.env.execute_query(
                SQL(
                    """SELECT taken.tier, p.commercial_partner_id
                 FROM (%s) AS taken(res_id, partner_id, tier) JOIN res_partner p ON p.id = taken.partner_id
                WHERE taken.tier >= %s GROUP BY 1, 2""",
                    SQL(" UNION ALL ").join(sources),
                    CONFIDENTIAL,
                )
            )
            if sources
            else []
        )

    @api.model
    def _kehu_watermark_line(self, rows):
        """Return the line for a file with these ``(tier, customer id)``, empty if there are none."""
        if not rows:
            return ""
        grants = self.env["kehu.grant"].sudo()
        references = grants.search(
            grants._live_domain()
            & Domain("user_id", "=", self.env.uid)
            & Domain("partner_id", "in", [customer for _tier, customer in rows])
            & Domain("reference", "!=", False),
        ).mapped("reference")
        tiers = dict(self.env["res.partner"]._fields["kehu_tier"]._description_selection(self.env))
        return " | ".join(
            [
                tiers[max(tier for tier, _customer in rows)],
                self.env.user.name,
                format_datetime(self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH:mm"),
                *sorted(set(references)),
            ]
        )


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        streams = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        report = self._get_report(report_ref)
        # What a customer gets, such as an order or an invoice, is ordinary work, and carries no mark.
        if report.model and report.model.startswith(TAKEN_AWAY):
            for res_id, stream in streams.items():
                text = self.env[report.model].browse(res_id or res_ids)._kehu_watermark()
                if text and stream["stream"]:
                    stream["stream"] = mark_pdf(stream["stream"], text)
        return streams


def mark_pdf(stream, text):
    """Return a PDF as ``stream`` with ``text`` across and at the foot of each page."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    writer = PdfWriter()
    for page in PdfReader(stream, strict=False).pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        packet = io.BytesIO()
        sheet = canvas.Canvas(packet, pagesize=(width, height))
        sheet.setFont(FONT, 8)
        sheet.drawCentredString(width / 2, 12, text)
        sheet.translate(width / 2, height / 2)
        sheet.rotate(45)
        sheet.setFillAlpha(0.12)
        sheet.setFont(FONT, 28)
        for row in (-1, 0, 1):
            sheet.drawCentredString(0, row * height / 4, text)
        sheet.save()
        packet.seek(0)
        writer.add_page(page)
        writer.pages[-1].merge_page(PdfReader(packet).pages[0])
    marked = io.BytesIO()
    writer.write(marked)
    marked.seek(0)
    return marked
