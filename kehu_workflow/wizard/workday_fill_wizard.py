from odoo import fields, models


class WorkdayFillWizard(models.TransientModel):
    """Asks which year to fill with statutory holidays and make-up days (P4)."""

    _name = "kehu.workday.fill.wizard"
    _description = "Fill a Year"

    year = fields.Integer(required=True, default=lambda self: fields.Date.today().year)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")

    # === ACTIONS ===

    def action_fill(self):
        """Fill the working days of the year, and open them."""
        self.ensure_one()
        self.env["kehu.workday"]._fill_year(self.year, self.company_id)
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_workflow.kehu_workday_action")
        return {**action, "domain": [("date", ">=", f"{self.year}-01-01"), ("date", "<=", f"{self.year}-12-31")]}
