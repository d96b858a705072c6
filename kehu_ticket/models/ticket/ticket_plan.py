from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 200


class ServicePlan(models.Model):
    """After each delivery the customer is asked how things go: so many days later, by whom (T7)."""

    _name = "kehu.service.plan"
    _description = "Planned Follow-up"
    _order = "days, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, help="Subject of the tickets.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    days = fields.Integer(string="Days After Delivery", required=True)
    date_start = fields.Date(
        string="Begins On",
        required=True,
        default=fields.Date.context_today,
        help="Follow-ups that were due before are not made up for.",
    )
    kind_id = fields.Many2one(
        "kehu.service.kind",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref("kehu_ticket.service_kind_follow_up", raise_if_not_found=False),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Handler",
        domain=[("share", "=", False)],
        check_company=True,
        help="Empty: whoever takes it.",
    )

    _days_positive = models.Constraint("CHECK (days > 0)", "A follow-up comes after the delivery.")

    # === CRON ===

    @api.model
    def _cron_follow_up(self):
        """Create the tickets that are due, each once, however often the job is killed (T7)."""
        cron = self.env["ir.cron"]
        # Committed before any work, or a job that is killed early counts as stuck.
        if not cron._commit_progress(remaining=self._count_due()):
            return
        while due := self._find_due():
            self._create_tickets(due)
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
            if not cron._commit_progress(len(due)):
                return

    # === BUSINESS ===

    @api.model
    def _deliveries(self):
        """Return SQL with ``company_id``, ``partner_id``, ``customer_id``, ``date`` and ``serial`` of what was
        delivered (hook).

        Here what the product files say was sold; an addon that knows delivery notes adds those.
        """
        return SQL("""
            SELECT company_id, partner_id, commercial_partner_id AS customer_id, date_sold AS date, name AS serial
              FROM kehu_product_file WHERE active AND date_sold IS NOT NULL""")

    @api.model
    def _due(self):
        """Return SQL of the follow-ups that are due: one for all that a customer got on one day."""
        self.env.flush_all()
        return SQL(
            """
            SELECT plan.id AS plan_id, delivery.company_id, delivery.customer_id, delivery.date,
                   MIN(delivery.partner_id) AS partner_id, ARRAY_AGG(delivery.serial ORDER BY delivery.serial) AS serials
              FROM kehu_service_plan plan
              JOIN (%(deliveries)s) delivery
                ON delivery.date + plan.days BETWEEN plan.date_start AND %(today)s
               AND (plan.company_id IS NULL OR plan.company_id = delivery.company_id)
             WHERE plan.active AND NOT EXISTS (
                   SELECT FROM kehu_service_ticket ticket
                    WHERE ticket.plan_id = plan.id AND ticket.company_id = delivery.company_id
                      AND ticket.customer_id = delivery.customer_id AND ticket.date_delivered = delivery.date)
             GROUP BY plan.id, delivery.company_id, delivery.customer_id, delivery.date""",
            deliveries=self._deliveries(),
            today=fields.Date.context_today(self),
        )

    @api.model
    def _count_due(self):
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) due", self._due()))[0][0]

    @api.model
    def _find_due(self):
        return self.env.execute_query_dict(SQL("%s ORDER BY delivery.date, plan.id LIMIT %s", self._due(), BATCH))

    @api.model
    def _create_tickets(self, due):
        companies = self.env["res.company"].browse({row["company_id"] for row in due})
        langs = {company.id: company._kehu_lang() for company in companies}
        # Handlers find them in their list, and customers are asked, not thanked: no mail for each.
        tickets = (
            self.env["kehu.service.ticket"]
            .with_context(mail_auto_subscribe_no_notify=True)
            .create(
                [
                    self.with_context(lang=langs[row["company_id"]]).browse(row["plan_id"])._prepare_ticket_values(row)
                    for row in due
                ]
            )
        )
        tickets.is_confirmation_due = False
        return tickets

    def _prepare_ticket_values(self, row):
        """Return the values of the ticket for one row of ``_due``."""
        self.ensure_one()
        serials = row["serials"]
        return {
            "name": self.name,
            "kind_id": self.kind_id.id,
            "user_id": self.user_id.id,
            "channel": "follow_up",
            "company_id": row["company_id"],
            "partner_id": row["partner_id"],
            "serial": serials[0] if len(serials) == 1 else False,
            "description": self.env._(
                "Delivered on %(date)s: %(serials)s",
                date=fields.Date.to_string(row["date"]),
                serials=", ".join(serials[:50]),
            ),
            "plan_id": self.id,
            "date_delivered": row["date"],
        }


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    plan_id = fields.Many2one("kehu.service.plan", string="Planned By", readonly=True, copy=False, ondelete="restrict")
    date_delivered = fields.Date(string="Delivered On", readonly=True, copy=False)

    _plan_uniq = models.UniqueIndex(
        "(plan_id, customer_id, date_delivered, company_id) WHERE plan_id IS NOT NULL",
        "This follow-up was planned already.",
    )

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"plan_id", "date_delivered"}
