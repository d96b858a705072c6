from odoo import SUPERUSER_ID, fields, http
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq, plaintext2html

from odoo.addons.portal.controllers.portal import CustomerPortal, pager as portal_pager

from ..models.links.service_link_secret import STAND_IN
from .portal_input import FILE_KINDS, LONGEST_LINE, LONGEST_TEXT, check_pace, read_files, read_text

MOST_NEW = 10  # in an hour
PAGE = 20


class ServicePortal(CustomerPortal):
    """What customers turned to us with, in the customer portal (C1, C7, T6). Its paths are those of the models.

    Nobody from outside has a right on the models: each route finds the document by its owner or by the token of the
    link in the mail, then reads it as superuser. Whatever is not found that way does not exist, for all that anybody
    can tell.
    """

    # === HOME ===

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["service_kinds"] = [self._service_kind(model) for model in self._service_models().values()]
        return values

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for path, model in self._service_models().items():
            if f"{path}_count" in counters:
                values[f"{path}_count"] = model.search_count(self._service_domain(model))
        return values

    # === LIST ===

    @http.route(
        ["/my/<service:path>", "/my/<service:path>/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def service_list(self, path, page=1, sortby="newest", filterby="all", **kwargs):
        """Show the complaints or tickets of the visitor and their company, a page at a time (C1)."""
        if (model := self._service_models().get(path)) is None:
            return request.redirect("/my")
        sortings = {
            "newest": {"label": request.env._("Newest"), "order": "date_received desc, id desc"},
            "oldest": {"label": request.env._("Oldest"), "order": "date_received, id"},
            "number": {"label": request.env._("Number"), "order": "number, id"},
        }
        filters = {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {"label": request.env._("Not closed"), "domain": ~model._service_stage_domain(["closed"])},
            **{
                stage: {"label": label, "domain": model._service_stage_domain([stage])}
                for stage, label in model._service_stage_names()
            },
        }
        sortby = sortby if sortby in sortings else "newest"
        filterby = filterby if filterby in filters else "all"
        domain = self._service_domain(model) & filters[filterby]["domain"]
        url = f"/my/{path}"
        pager = portal_pager(
            url=url,
            total=model.search_count(domain),
            page=page,
            step=PAGE,
            url_args={"sortby": sortby, "filterby": filterby},
        )
        return self._service_render(
            "kehu_complaint.portal_service_list",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "service",
                "kind": self._service_kind(model),
                "documents": model.search(domain, order=sortings[sortby]["order"], limit=PAGE, offset=pager["offset"]),
                "pager": pager,
                "default_url": url,
                "searchbar_sortings": sortings,
                "sortby": sortby,
                "searchbar_filters": filters,
                "filterby": filterby,
            },
        )

    # === NEW ===

    @http.route("/my/<service:path>/new", type="http", auth="user", website=True, methods=["GET", "POST"])
    def service_new(self, path, **post):
        """Show the form of a new complaint or ticket, and take what was filled in (C1)."""
        model = self._service_models().get(path)
        if model is None or not request.env.user._is_portal():
            return request.redirect("/my")
        error = None
        if request.httprequest.method == "POST":
            try:
                return request.redirect(self._service_create(model, post).access_url + "?done=new")
            except ValidationError as refused:
                error = str(refused)
        return self._service_render(
            "kehu_complaint.portal_service_new",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "service",
                "kind": self._service_kind(model),
                "error": error,
                "said": post,
                "file_kinds": ",".join(FILE_KINDS),
            },
        )

    def _service_create(self, model, post):
        """Create what the customer typed.

        :raise ValidationError: with what must be changed
        """
        user = request.env.user
        values = {name: read_text(post.get(name), LONGEST_LINE) for name in ("name", "serial", "order_reference")}
        text = read_text(post.get("description"), LONGEST_TEXT)
        if not (values["name"] and text):
            raise ValidationError(request.env._("Say what it is about, and what happened."))
        files = read_files()
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        recent = model.search_count(
            self._service_domain(model) & Domain("channel", "=", "portal") & Domain("create_date", ">=", since)
        )
        if recent >= MOST_NEW:
            raise ValidationError(request.env._("That is a lot at once: wait an hour, or call us."))
        text = plaintext2html(text)
        values = model._service_portal_values(user.partner_id, user.company_id, {**values, "description": text})
        document = model.with_context(mail_create_nosubscribe=True).create(values)
        document._service_leave_to_cleared()
        document.message_subscribe(user.partner_id.ids)
        document._service_keep_words(user.partner_id, text, files)
        return document

    # === ONE ===

    @http.route(
        "/my/<service:path>/<int:document_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def service_document(self, path, document_id, access_token=None, done=None, refused=None, **kwargs):
        """Show one complaint or ticket to users who may read it, and to holders of its link (C1)."""
        if not (document := self._service_find(path, document_id, access_token)):
            return self._service_refuse(path, document_id, access_token)
        if url := self._service_joined_url(document, access_token):
            return request.redirect(url)
        if request.env.user._is_internal():
            # The page is made as superuser: that a colleague reads it, is noted here (X5).
            request.env["kehu.access.log"]._log_shown(request.env[document._name].browse(document.ids), "read")
        if request.env.user._is_public():
            # Whoever has but the link reads times in the customer's zone.
            request.update_context(tz=document.partner_id.tz or document.company_id.resource_calendar_id.tz)
        stages = document._service_stage_names()
        return self._service_render(
            "kehu_complaint.portal_service_document",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "service",
                "kind": self._service_kind(document),
                "document": document,
                "reached": [stage for stage, _label in stages].index(document._service_stage()),
                "stages": stages,
                "messages": [
                    (message, *document._service_portal_author(message), self._service_said(document, message))
                    for message in document._service_portal_messages()
                ],
                "rating": document._service_rating(),
                "satisfactions": document._fields["satisfaction"]._description_selection(request.env),
                "access_token": access_token,
                "no_breadcrumbs": request.env.user._is_public(),
                "done": done,
                "error": request.session.pop("kehu_service_refused", None) if refused else None,
                "file_kinds": ",".join(FILE_KINDS),
            },
        )

    @http.route(
        "/my/<service:path>/<int:document_id>/answer",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def service_answer(self, path, document_id, access_token=None, message=None, **post):
        """Post a message of the customer, with files (C1)."""
        if not (document := self._service_find_to_answer(path, document_id, access_token)):
            return self._service_refuse(path, document_id, access_token)
        try:
            text, files = read_text(message, LONGEST_TEXT), read_files()
            if not (text or files):
                raise ValidationError(request.env._("Write something, or choose a file."))
            check_pace(document)
        except ValidationError as refused:
            request.session["kehu_service_refused"] = str(refused)
            return self._service_back(document, access_token, "refused=1")
        author = document._service_speaker(request.env.user)
        document.message_post(
            author_id=author.id,
            email_from=author.email_formatted or document.contact_email or False,
            body=plaintext2html(text) if text else "",
            message_type="comment" if author else "email",
            subtype_xmlid="mail.mt_comment",
            attachments=files,
        )
        return self._service_back(document, access_token, "done=answer")

    @http.route(
        "/my/<service:path>/<int:document_id>/rate",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def service_rate(self, path, document_id, access_token=None, rate=None, feedback=None, **post):
        """Take the rating of the customer, 1 to 5, with a comment (C6)."""
        if not (document := self._service_find_to_answer(path, document_id, access_token)):
            return self._service_refuse(path, document_id, access_token)
        if rate not in ("1", "2", "3", "4", "5") or not document._service_may_be_rated():
            return self._service_back(document, access_token, "")
        author = document._service_speaker(request.env.user)
        document._service_rate(int(rate), read_text(feedback, LONGEST_TEXT), author)
        return self._service_back(document, access_token, "done=rating")

    @http.route(
        "/my/<service:path>/<int:document_id>/resend",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def service_resend(self, path, document_id, access_token=None, **post):
        """Send a new link to the address that the stale one was sent to."""
        model = self._service_models().get(path)
        if model is not None and access_token:
            model.browse(document_id).exists()._service_resend_link(access_token)
        return self._service_stale_link(path, document_id, access_token, is_sent=True)

    def _service_refuse(self, path, document_id, access_token):
        """Offer another link to those who came with one, and the log-in to others: the same for what does not exist."""
        if not access_token:
            return request.redirect("/my")
        response = self._service_stale_link(path, document_id, access_token)
        response.status_code = 403
        return response

    def _service_stale_link(self, path, document_id, access_token, is_sent=False):
        return self._service_render(
            "kehu_complaint.portal_service_stale_link",
            {
                **self._prepare_portal_layout_values(),
                "resend_url": f"/my/{path}/{document_id}/resend",
                "access_token": access_token,
                "is_sent": is_sent,
                "no_breadcrumbs": True,
            },
        )

    # === FINDING ===

    def _service_models(self):
        """Return ``{path: model}``, as superuser: what the routes may do with it, they check."""
        env = request.env(user=SUPERUSER_ID, su=True)
        models = env["kehu.service.desk"]._intake_models()
        return {model._service_portal_path: model for model in models if model._service_portal_path}

    def _service_kind(self, model):
        labels = model.with_context(lang=request.env.lang)._service_portal_labels()
        return {"path": model._service_portal_path, **labels}

    def _service_domain(self, model):
        return model.with_user(request.env.user)._service_portal_domain()

    def _service_find(self, path, document_id, access_token=None):
        """Return the document that is the customer's own, or whose link the visitor has; nothing otherwise."""
        if (model := self._service_models().get(path)) is None:
            return None
        found = model.search(Domain("id", "=", document_id) & self._service_domain(model))
        if not found and access_token:
            document = model.browse(document_id).exists()
            user = request.env.user
            # As bytes: what no token consists of is a wrong one, and no error.
            is_right = document.access_token and consteq(
                document.access_token.encode(), access_token.encode(errors="replace")
            )
            # Colleagues have links with a stand-in, which open what they may read anyway.
            is_preview = (
                access_token == STAND_IN and user._is_internal() and document.with_user(user).has_access("read")
            )
            if (is_right or is_preview) and not document._service_keeps_out(user):
                return document
        return found

    def _service_joined_url(self, document, access_token):
        """Return where the conversation of a duplicate goes on, if the customer may read it there;
        nothing otherwise.
        """
        other = None if request.env.user._is_internal() else document._service_goes_on_in()
        if not other:
            return None
        if other.search_count(Domain("id", "=", other.id) & self._service_domain(other)):
            return f"{other.access_url}?done=joined"
        # The links of both go to one address: whoever has the one is sent the other, too.
        email = other._service_addressee().email
        if access_token and email and email == document._service_addressee().email:
            return f"{other.access_url}?access_token={other._portal_ensure_token()}&done=joined"
        return None

    def _service_find_to_answer(self, path, document_id, access_token=None):
        """Return the document to the customer; nothing to colleagues, who answer in the backend, as the company."""
        return None if request.env.user._is_internal() else self._service_find(path, document_id, access_token)

    def _service_said(self, document, message):
        """Return what the message says; its links open for the customer, and for no colleague."""
        return message.body if request.env.user._is_internal() else document._service_unveil(message.body)

    # === ANSWERING ===

    def _service_render(self, template, values):
        response = request.render(template, values)
        # The token is in the address: it goes nowhere else, and the page stays in no cache.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _service_back(self, document, access_token, query):
        token = f"access_token={access_token}&" if access_token else ""
        return request.redirect(f"{document.access_url}?{token}{query}#conversation")
