from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _kehu_draw(self, code, company, count):
        """Draw ``count`` numbers of the company's sequence for ``code``, in one query for them all.

        :return: list of formatted numbers, ascending; None if there is no sequence, or none that can be drawn from like that
        """
        rows = self.env.execute_query(SQL(
            """SELECT s.id, s.prefix, s.suffix, s.padding,
                      nextval('ir_sequence_' || lpad(s.id::text, greatest(3, length(s.id::text)), '0'))
                 FROM (SELECT * FROM ir_sequence WHERE code = %s AND company_id = %s AND active ORDER BY name, id LIMIT 1) s,
                      generate_series(1, %s)
                WHERE s.implementation = 'standard' AND s.use_date_range IS NOT TRUE""", code, company.id, count))
        if not rows:
            return None
        sequence_id, prefix, suffix, padding, _number = rows[0]
        prefix, suffix = prefix or "", suffix or ""
        if "%" in prefix + suffix:
            prefix, suffix = self.browse(sequence_id)._get_prefix_suffix()
        return [f"{prefix}{number:0{padding}d}{suffix}" for *_sequence, number in rows]
