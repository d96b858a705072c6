"""The first opinion is what the customer was told, by mail or by word: a status or a text of ours alone meets no clock
(C7).
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ...groups import STAFF
from .complaint import ENDED
from .complaint_reply import WAYS

_WRITTEN = {"opinion", "opinion_way", "opinion_to", "opinion_on"}


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    opinion = fields.Html(
        string="First Opinion",
        copy=False,
        help="What the customer is told first: what we think of it, and what happens next.",
    )
    opinion_way = fields.Selection(WAYS, string="How the Opinion Is Given", required=True, default="email", copy=False)
    opinion_to = fields.Char(string="Whom We Told", copy=False)
    opinion_on = fields.Datetime(string="Told When", copy=False)
    date_opinion = fields.Datetime(string="First Opinion On", readonly=True, copy=False, tracking=True)
    opinion_user_id = fields.Many2one(
        "res.users", string="First Opinion By", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_opinion", "opinion_user_id"}

    @api.model
    def _service_later_fields(self):
        return super()._service_later_fields() | _WRITTEN

    def _settled_fields(self):
        return super()._settled_fields() | (_WRITTEN if self.date_opinion else set())

    # === ACTIONS ===

    def action_give_opinion(self):
        """Send the first opinion to the customer, or record to whom and when it was said; that ends its clock (C7).

        :raise AccessError: the user is not of the service, or may not write the complaint
        :raise UserError: it is empty or was given before, the complaint is closed, there is no address, or it is not
            said whom and when we told
        """
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service gives customers the first opinion."))
        self.check_access("write")
        self._workflow_lock()
        for complaint in self:
            if refusal := complaint._opinion_refusal():
                raise UserError(
                    self.env._("“%(complaint)s”: %(problem)s", complaint=complaint.display_name, problem=refusal)
                )
        by_mail = self.filtered(lambda complaint: complaint.opinion_way == "email")
        for complaint in by_mail:
            complaint._message_reply(complaint.opinion)
        told = self - by_mail
        told._message_log_batch({complaint.id: complaint._opinion_note() for complaint in told})
        self.sudo().write({"date_opinion": fields.Datetime.now(), "opinion_user_id": self.env.uid})
        return True

    def _opinion_note(self):
        date = fields.Datetime.context_timestamp(self, self.opinion_on).replace(tzinfo=None)
        way = dict(self._fields["opinion_way"]._description_selection(self.env))[self.opinion_way]
        return Markup("<p>%s</p>%s") % (
            self.env._(
                "%(name)s was told the first opinion on %(date)s, %(way)s:", name=self.opinion_to, date=date, way=way
            ),
            self.opinion,
        )

    def _opinion_refusal(self):
        """Return why the first opinion of one complaint cannot be given; nothing if it can."""
        if self.date_opinion:
            return self.env._("The customer has the first opinion already.")
        if self.state in ENDED:
            return self.env._("It is closed.")
        if is_html_empty(self.opinion):
            return self.env._("Write what the customer is told.")
        if self.opinion_way == "email":
            return not self._service_is_reachable() and self.env._(
                "There is no e-mail address to reply to. Enter one, or call instead, and say how and what the "
                "customer was told."
            )
        if not (self.opinion_to and self.opinion_on):
            return self.env._("Say whom we told, and when.")
        if not self.date_received <= self.opinion_on <= fields.Datetime.now():
            return self.env._("It was told between the receipt of the complaint and now.")
        return None
