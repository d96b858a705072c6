from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate, email_normalize

_lt = LazyTranslate(__name__)

STAGES = (
    ("received", _lt("Received")),
    ("progress", _lt("In progress")),
    ("answered", _lt("Answered")),
    ("closed", _lt("Closed")),
)
_SAID_TO_CUSTOMERS = ("comment", "email", "email_outgoing", "auto_comment")


class ServiceMixin(models.AbstractModel):
    """What the customer sees of a document: how it stands in plain words, what the customer said and what we said (C1,
    C7).

    No portal user has any right on the model. The controller finds what is the visitor's, or what the link opens, and
    shows it field by field, so that nothing internal is one RPC call away.
    """

    _inherit = "kehu.service.mixin"

    # Where it is in the portal, below /my/.
    _service_portal_path = None
    # {state: name of the stage}; other states are in progress.
    _service_stages = {}

    # === COMPUTE ===

    def _compute_access_url(self):
        for document in self:
            document.access_url = f"/my/{self._service_portal_path}/{document.id}"

    # === BUSINESS ===

    @api.model
    def _service_portal_labels(self):
        """Return what the portal calls such documents: ``title``, ``text`` and ``new``."""
        return {"title": self._description, "text": "", "new": self.env._("New")}

    @api.model
    def _service_portal_domain(self):
        """Return the domain of what the current user sees in the portal: what their own company turned to us with
        itself.
        """
        user = self.env.user
        if not user._is_portal():
            return Domain.FALSE
        # What a private person turned to us with stays with them when they join a company. What a third party reported
        # may be about the customer; it is not theirs.
        own = user.partner_id.commercial_partner_id | user.partner_id
        return (
            Domain("customer_id", "in", own.ids)
            & Domain("channel", "!=", "third")
            & ~self._service_in_doubt_domain(user.partner_id)
        )

    def _service_keeps_out(self, user):
        """Return whether a link opens nothing for ``user``: a colleague who is accused, or from
        whom it is hidden (C8).
        """
        if user in self._impartial_recused()[self.id]:
            return True
        return user._is_internal() and bool(self.with_user(user)._kehu_hidden())

    def _service_is_no_part_of(self, user):
        """Return whether ``user`` may not answer the customer for the company (C8)."""
        return self._service_keeps_out(user) or not self.with_user(user).has_access("write")

    def _kehu_may_speak(self):
        user = self.env.user
        return user._is_superuser() or not user._is_internal() or not self._service_is_no_part_of(user)

    def _service_stage(self):
        """Return the name of the stage, see ``STAGES``."""
        return self._service_stages.get(self.state, "progress")

    @api.model
    def _service_stage_names(self):
        """Return ``[(stage, name), …]`` in the words of the reader (hook)."""
        return [(stage, self.env._(name)) for stage, name in STAGES]  # pylint: disable=gettext-variable

    def _service_stage_label(self):
        return dict(self._service_stage_names())[self._service_stage()]

    def _service_result(self):
        """Return what the customer reads about what was done; nothing before it is done (hook)."""
        return False

    @api.model
    def _service_stage_domain(self, stages):
        """Return the domain of the documents that are in one of ``stages``."""
        states = [
            state
            for state in self._fields["state"].get_values(self.env)
            if self._service_stages.get(state, "progress") in stages
        ]
        return Domain("state", "in", states)

    def _service_portal_messages(self):
        """Return what was said between the customer and us, oldest first."""
        return (
            self.env["mail.message"]
            .with_user(SUPERUSER_ID)
            .search(
                Domain("model", "=", self._name)
                & Domain("res_id", "=", self.id)
                & Domain("subtype_id", "=", self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"))
                & Domain("is_internal", "=", False)
                & Domain("message_type", "in", _SAID_TO_CUSTOMERS)
                & (Domain("body", "not in", [False, ""]) | Domain("attachment_ids", "!=", False)),
                order="date, id",
            )
        )

    def _service_portal_author(self, message):
        """Return ``(name, whether it came from outside)``. Colleagues are the company: the customer need not know which
        one.
        """
        author = message.author_id
        if not (author.partner_share if author else message.message_type == "email"):
            return self.company_id.name, False
        if author and self.customer_id in (author, author.commercial_partner_id):
            return author.name, True
        email = email_normalize(message.email_from)
        if not author and email == email_normalize(self.contact_email) and self._service_is_customers(email):
            return self.contact_name or self.contact_email, True
        return email or message.email_from, True

    def _service_portal_values(self, partner, company, values):
        """Return the values to create what a customer enters in the portal.

        :param partner: contact who enters it
        :param values: cleaned texts by field name
        """
        desk = self.env["kehu.service.desk"].search(
            [("intake", "=", self._name), ("company_id", "=", company.id)], limit=1
        )
        return {
            **values,
            "partner_id": partner.id,
            "contact_email": partner.email,
            "company_id": company.id,
            "channel": "portal",
            "desk_id": desk.id,
        }

    def _service_keep_words(self, partner, text, files):
        """Post what a customer entered as their message: it stays as it was said, whatever is written into the fields
        (C1).

        :param partner: contact who enters it
        :param text: as HTML
        :param files: ``[(name, content)]``
        """
        labels = self.fields_get(["serial", "order_reference"], ["string"])
        lines = Markup().join(
            Markup("<li>%s: %s</li>") % (label["string"], self[name]) for name, label in labels.items() if self[name]
        )
        self.message_post(
            author_id=partner.id,
            subject=self.name,
            body=text + (Markup("<ul>%s</ul>") % lines if lines else ""),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=files,
        )

    # === RATING ===

    def _service_may_be_rated(self):
        return self._service_stage() in ("answered", "closed")

    def _service_rating(self):
        """Return how the customer rated us last, if ever."""
        return self.rating_ids.filtered("consumed").sorted("write_date")[-1:]

    def _service_rate(self, rate, feedback, author):
        """Take the customer's rating; a later one replaces it.

        :param rate: 1 to 5
        :param author: contact who rates; nobody, if the address on file is that of no contact
        """
        rating = self._service_rating()
        if not rating:
            token = self._rating_get_access_token()
            rating = self.rating_ids.filtered(lambda rating: rating.access_token == token)
        rating._kehu_given_by(author)
        self.rating_apply(rate, rating=rating, feedback=feedback)

    def _service_ask_rating(self):
        """Ask the customer, with the answer, how content they are; a link in the mail is enough (T6)."""
        reachable = self.filtered(lambda document: document._service_is_reachable())
        if reachable:
            reachable._service_send(self._service_rating_template)

    def _get_allowed_message_params(self):
        # Ratings are given when there is an answer, once; not with each message.
        return super()._get_allowed_message_params() - {"rating_value"}
