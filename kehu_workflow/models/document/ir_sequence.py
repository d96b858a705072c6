from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _kehu_draw(self, code, company, count):
        """Draw ``count`` numbers of the company's sequence for ``code``, in one query for them all.

        Numbers without gaps return when what they were for is not kept; until then nobody else draws one.

        :return: list of formatted numbers, ascending; None if there is no sequence, or none that can be drawn from like
            that
        """
        self.flush_model(["number_next"])
        rows = self.env.execute_query(
            SQL(
                """WITH s AS (
                       SELECT * FROM ir_sequence WHERE code = %s AND company_id = %s AND active ORDER BY name, id LIMIT 1
                   ), without_gaps AS (
                       UPDATE ir_sequence SET number_next = ir_sequence.number_next + s.number_increment * %s
                         FROM s
                        WHERE s.id = ir_sequence.id AND s.implementation = 'no_gap' AND s.use_date_range IS NOT TRUE
                    RETURNING ir_sequence.number_next
                   )
                   SELECT s.id, s.prefix, s.suffix, s.padding,
                      CASE s.implementation
                          WHEN 'standard'
                          THEN nextval('ir_sequence_' || lpad(s.id::text, greatest(3, length(s.id::text)), '0'))
                          ELSE (SELECT number_next FROM without_gaps) - s.number_increment * n
                      END
                 FROM s, generate_series(%s, 1, -1) n
                WHERE s.use_date_range IS NOT TRUE""",
                code,
                company.id,
                count,
                count,
            )
        )
        if not rows:
            return None
        self.invalidate_model(["number_next"], flush=False)
        sequence_id, prefix, suffix, padding, _number = rows[0]
        prefix, suffix = prefix or "", suffix or ""
        if "%" in prefix + suffix:
            prefix, suffix = self.browse(sequence_id)._get_prefix_suffix()
        return [f"{prefix}{number:0{padding}d}{suffix}" for *_sequence, number in rows]
