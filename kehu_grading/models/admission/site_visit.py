from odoo import api, fields, models
from odoo.exceptions import ValidationError

FINDINGS = (
    "visit_premises",
    "visit_equipment",
    "visit_staff",
    "visit_warehouse",
    "visit_funds",
    "visit_background",
    "visit_projects",
    "visit_market",
)
REPORT = ("visit_date", "visitor_ids", *FINDINGS, "visit_advice", "visit_opinion")
VISIT = {*REPORT, "visit_shortfalls", "visit_file", "visit_file_name"}


class SiteVisitMixin(models.AbstractModel):
    """A firm was visited: what was found, what is missing and what the visitors advise (G9).

    Photographs are attached to the document itself.
    """

    _name = "kehu.site.visit.mixin"
    _description = "On-site Visit"

    visit_date = fields.Date(string="Visited On", copy=False)
    visitor_ids = fields.Many2many(
        "res.users", "kehu_admission_visitor_rel", string="Visitors", copy=False, domain=[("share", "=", False)]
    )
    visit_premises = fields.Text(string="Premises", copy=False)
    visit_equipment = fields.Text(string="Equipment", copy=False)
    visit_staff = fields.Text(string="Staff", copy=False)
    visit_warehouse = fields.Text(string="Warehouse", copy=False)
    visit_funds = fields.Text(string="Funds", copy=False)
    visit_background = fields.Text(string="Background", copy=False)
    visit_projects = fields.Text(string="Past Projects", copy=False)
    visit_market = fields.Text(string="Market", copy=False)
    visit_shortfalls = fields.Text(
        string="Unclear or Not Fulfilled",
        copy=False,
        help="What is unclear counts as not fulfilled: the advice is then not to admit, or to admit on conditions.",
    )
    visit_advice = fields.Selection(
        [("yes", "Admit"), ("conditions", "Admit on conditions"), ("no", "Do not admit")], string="Advice", copy=False
    )
    visit_opinion = fields.Text(string="Opinion", copy=False)
    visit_file = fields.Binary(string="Signed Report", copy=False)
    visit_file_name = fields.Char(copy=False)

    @api.constrains("visit_date", "visitor_ids")
    def _check_visit(self):
        for record in self:
            if record.visit_date and record.visit_date > record.company_id._kehu_today():
                raise ValidationError(self.env._("A visit that is reported has taken place: its day is not to come."))
            if any(record.visitor_ids.mapped("share")):
                raise ValidationError(self.env._("Colleagues visit a distributor."))
            if record.visitor_ids and record.visitor_ids <= record.user_id:
                raise ValidationError(self.env._("Whoever applies does not visit alone: name a colleague, too."))

    @api.constrains("visit_shortfalls", "visit_advice")
    def _check_advice(self):
        for record in self:
            if record.visit_advice == "yes" and (record.visit_shortfalls or "").strip():
                raise ValidationError(
                    self.env._(
                        "What is unclear or not fulfilled stands against admitting without conditions: "
                        "advise to admit on conditions, or not to admit."
                    )
                )
