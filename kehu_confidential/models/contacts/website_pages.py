"""What is on a website can be read by everybody: no confidential customer is (X3)."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.models.system.linked_rows import named_ids

from ..rule.tier import CONFIDENTIAL

_FORM = "/website/form/"
_MAILING = "/mailing/"
_SIGNED = "/payment/"  # payments take a contact with a signature of the id
# What Odoo's own apps open to forms; contact forms send mails to addresses that the website has signed.
_OF_FORMS = frozenset(
    {
        "crm.lead",
        "helpdesk.ticket",
        "hr.applicant",
        "mail.mail",
        "mailing.contact",
        "project.task",
        "res.partner",
    }
)
# What visitors say of themselves; whose contact they are, a colleague says.
_OF_VISITORS = frozenset(
    {
        "city",
        "company_name",
        "country_id",
        "email",
        "function",
        "is_company",
        "name",
        "phone",
        "state_id",
        "street",
        "street2",
        "vat",
        "website",
        "zip",
    }
)
_PUBLISHED = {"is_published", "website_published"}


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        # Pages about one contact (/partners/…, /customers/…, /members/…) read it as superuser, for an editor of the
        # website even if it is not published; other routes look up whichever contact the visitor names: of a hidden one
        # they do not hear.
        if rule.endpoint.routing.get("website") and not rule.rule.startswith(_SIGNED):
            value = cls._kehu_params(rule, args).get("partner_id")
            ids = named_ids([value]) or named_ids([cls._unslug(str(value))[1]])
            if ids and request.env["res.partner"].browse(ids).exists()._kehu_hidden():
                if "partner_id" in args:
                    raise request.not_found()
                args["partner_id"] = False
        if rule.rule.startswith(_MAILING) and request.env.user._is_internal():
            cls._kehu_check_mailing(rule, args)
        if rule.rule.startswith(_FORM) and args.get("model_name") in request.env:
            cls._kehu_check_form(request.env[args["model_name"]])
        return result

    @classmethod
    def _kehu_params(cls, rule, args):
        """Return what a route is called with."""
        if rule.endpoint.routing["type"] == "jsonrpc":
            try:
                params = request.get_json_data().get("params")
            except (AttributeError, ValueError):
                params = None  # Odoo refuses the request
            return {**(params if isinstance(params, dict) else {}), **args}
        return {**request.get_http_params(), **args}

    @classmethod
    def _kehu_check_mailing(cls, rule, args):
        """The pages of a mailing show and take, as superuser, what it says to any record of its model: to employees
        that of records that they may read, and none of hidden ones by a link that was sent to another.

        :raise NotFound: it is kept from them
        """
        params = cls._kehu_params(rule, args)
        mailing_id, record_id = (
            next((int(str(params[name])) for name in names if str(params.get(name) or "").isdecimal()), 0)
            for names in (("mailing_id",), ("document_id", "res_id"))
        )
        mailing = request.env["mailing.mailing"].sudo().browse(mailing_id).exists()
        if mailing and record_id:
            record = request.env[mailing.mailing_model_real].browse(record_id)
            is_sent = bool(params.get("hash_token") or params.get("token"))
            if record.exists() and (record._kehu_hidden() if is_sent else not record.has_access("read")):
                raise request.not_found()

    @classmethod
    def _kehu_check_form(cls, model):
        """Forms make records as superuser, of whatever model and fields somebody has opened to them, for visitors.

        :raise NotFound: of other models than those that apps open by themselves
        """
        if model._name not in _OF_FORMS:
            raise request.not_found()
        request.kehu_form = model._name, request.env.user


class Base(models.AbstractModel):
    """What is published about a customer, such as a sponsor of an event, is not if the customer is confidential."""

    _inherit = "base"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._kehu_is_published_about_customers():
            records._kehu_take_off_website()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._kehu_is_published_about_customers() and not vals.keys().isdisjoint(
            {*_PUBLISHED, *self._kehu_customer_fields()}
        ):
            self._kehu_take_off_website()
        return result

    # === BUSINESS ===

    @api.model
    @ormcache("self._name")
    def _kehu_is_published_about_customers(self):
        field = self._fields.get("is_published")
        return bool(field and field.store and not self._abstract and self._kehu_customer_fields())

    def _kehu_take_off_website(self):
        if classified := self.sudo().filtered("is_published")._kehu_classified():
            classified.sudo().is_published = False
            if not self.env.su:
                self.env.user._bus_send(
                    "simple_notification", {"type": "warning", "message": self._kehu_unpublished_words()}
                )

    @api.model
    def _kehu_unpublished_words(self):
        return self.env._("A confidential customer is not published on a website.")


class ResPartner(models.Model):
    """The fields are those of Odoo's website, where it is installed."""

    _inherit = "res.partner"

    @api.private
    def website_form_input_filter(self, request, values):
        return {name: value for name, value in values.items() if name in _OF_VISITORS}

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(not _PUBLISHED.isdisjoint(vals) for vals in vals_list):
            partners._kehu_refuse_published()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not _PUBLISHED.isdisjoint(vals):
            self._kehu_refuse_published()
        return result

    def _kehu_take_customers_off_website(self):
        """Take these contacts, what is below them, and what is published about them off the website, as far as it is
        confidential now.
        """
        customers = self.sudo().filtered(lambda partner: (partner.kehu_tier or "0") >= CONFIDENTIAL)
        if customers and "is_published" in self._fields:
            published = customers.with_context(active_test=False).search(
                [("id", "child_of", customers.ids), ("is_published", "=", True), ("kehu_tier", ">=", CONFIDENTIAL)]
            )
            published.is_published = False
        models_published = (
            model
            for model in map(self.env.__getitem__, self.env.registry if customers else ())
            if model._kehu_is_published_about_customers()
        )
        for model in models_published:
            own = Domain.OR(Domain(name, "child_of", customers.ids) for name in model._kehu_customer_fields())
            documents = model.sudo().with_context(active_test=False)
            documents.search(own & Domain("is_published", "=", True))._kehu_take_off_website()

    def _kehu_refuse_published(self):
        if any(partner.is_published and (partner.kehu_tier or "0") >= CONFIDENTIAL for partner in self.sudo()):
            raise UserError(self._kehu_unpublished_words())
