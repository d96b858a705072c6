"""Templates show what their reader may see of every record that they come to, not of their document alone (X3).

Templates read field by field, where Odoo asks for rights only what is not in the cache yet; superuser code, such as a
related field, fills the cache for everybody.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from odoo import api, models
from odoo.tools import OrderedSet

# What labels are made of, and the language in which a customer is written to.
_OF_LABELS = {"display_name", "lang"}
# What the label of a contact says: of a hidden one to which a document leads it is read as its reader is shown it.
_IN_LABELS = frozenset({"commercial_partner_id", "display_name", "lang", "name", "parent_id"})
# The address to which a mail goes is not among them; whether there is one decides who is written to.
_TO_RECIPIENTS = {"partner_to": _IN_LABELS | {"email"}}
# What Odoo may have made of it meanwhile, in the cache.
_MADE_OF_NAMES = {"res.partner": ("display_name", "email_formatted")}
_AT_ONCE = 1000  # records that are looked at together

# The fields that a template found empty so far: ``{(user id, field): {record id: whether it is empty}}``; none outside
# of templates.
_emptied = ContextVar("kehu_emptied", default=None)
# The records that the text of a template came to so far: ``{(user id, model): {record id: whether it is hidden}}``;
# none in views.
_reached = ContextVar("kehu_reached", default=None)
# What a template is about: ``(model, ids)``.
_about = ContextVar("kehu_about", default=(None, ()))
_named_by = ContextVar("kehu_named_by", default=_IN_LABELS)


def is_rendering():
    """Return whether a template is rendered for the current user."""
    return _emptied.get() is not None


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @contextmanager
    def _kehu_rendering(self, is_text=False, about=(None, ())):
        """Let a template find empty what is empty for the current user, and contacts called as they are for them.

        :param is_text: whether a hidden record is refused, even where the cache has its values
        :param about: model and ids of the documents, which are refused as ever
        """
        if self.env.su or self._kehu_sees_labels():
            yield
            return
        emptied = {}
        tokens = _emptied.set(emptied), _reached.set({} if is_text else None), _about.set(about)
        try:
            yield
        finally:
            for variable, token in zip((_emptied, _reached, _about), tokens):
                variable.reset(token)
            for (_uid, field), known in emptied.items():
                rows = self.env[field.model_name].browse(record_id for record_id, is_empty in known.items() if is_empty)
                rows.invalidate_recordset([field.name, *_MADE_OF_NAMES.get(field.model_name, ())], flush=False)

    @api.model
    def _has_field_access(self, field, operation):
        # Odoo asks this before it looks a value up in the cache.
        if (emptied := _emptied.get()) is not None and operation == "read" and not self.env.su:
            token = _emptied.set(None)
            try:
                self._kehu_empty_for_reader(field, emptied)
            finally:
                _emptied.reset(token)
        return super()._has_field_access(field, operation)

    def _kehu_empty_for_reader(self, field, emptied):
        """Empty a field in the cache as far as it is empty for the current user.

        :raise AccessError: the text of a template reads a hidden record
        """
        name, reached = field.name, _reached.get()
        if name in _named_by.get() and self._kehu_is_called_by_label(field, emptied):
            return
        if reached is not None and len(self) == 1 and name not in _OF_LABELS:
            self._kehu_check_reached(reached.setdefault((self.env.uid, self._name), {}))
        # A token is not shown by itself, and would be made anew.
        if name not in self._kehu_followed_fields() or name in self._kehu_secret_fields():
            return
        known = emptied.setdefault((self.env.uid, field), {})
        if any(record_id not in known for record_id in self._ids):
            records = self._kehu_prefetched()
            rows = records.exists()._kehu_emptied([name]).get(name, {})
            known.update((record_id, record_id in rows) for record_id in records._ids)
        if empty := self.filtered(lambda record: known.get(record.id)):
            empty.flush_recordset([name])
            field._update_cache(empty, field.convert_to_cache(False, empty, validate=False))

    def _kehu_is_called_by_label(self, field, emptied):
        """Return whether this is a hidden contact to which a document leads, called in the cache as its reader may call
        it.
        """
        if self._name != "res.partner" or len(self) != 1 or not self.env.user._is_internal():
            return False
        known = emptied.setdefault((self.env.uid, field), {})
        if self.id not in known:
            records, (model, ids) = self._kehu_prefetched(), _about.get()
            hidden = records._kehu_hidden() - self.browse(ids if model == self._name else ())
            known.update((record_id, record_id in hidden._ids) for record_id in records._ids)
            hidden.flush_recordset([field.name])
            hidden.sudo().with_context(prefetch_fields=False).fetch([field.name])
        if not known[self.id]:
            return False
        value = self.sudo().with_prefetch().with_context(prefetch_fields=False)[field.name]
        if field.type == "char" and (field.name not in _IN_LABELS or self._kehu_masked()):
            value = value and self.sudo().display_name
        elif field.type == "many2one" and self._kehu_masked():
            value = False
        field._update_cache(self, field.convert_to_cache(value, self, validate=False))
        return True

    def _kehu_check_reached(self, known):
        """Refuse to render records that are hidden from the user.

        :param known: ``{record id: whether it is hidden}``
        :raise AccessError: the record is hidden
        """
        if self.id not in known:
            records = self._kehu_prefetched()
            hidden = set(records._kehu_hidden()._ids)
            known.update((record_id, record_id in hidden) for record_id in records._ids)
        if known[self.id]:
            raise self.env["ir.rule"]._make_access_error("read", self)

    def _kehu_prefetched(self):
        """Return ``self`` and the records that Odoo would read along with it."""
        return self.browse(OrderedSet([*self._ids, *islice(self._prefetch_ids, _AT_ONCE)]))


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    def _render_field(self, field, res_ids, *args, **kwargs):
        token = _named_by.set(_TO_RECIPIENTS.get(field, _IN_LABELS))
        try:
            return super()._render_field(field, res_ids, *args, **kwargs)
        finally:
            _named_by.reset(token)

    @api.model
    def _render_template(self, template_src, model, res_ids, engine="inline_template", add_context=None, options=None):
        with self._kehu_rendering(is_text=engine != "qweb_view", about=(model, tuple(res_ids))):
            return super()._render_template(
                template_src, model, res_ids, engine=engine, add_context=add_context, options=options
            )

    @api.model
    def _render_eval_context(self):
        # Odoo gives the user in superuser mode, and thus whatever the user's contact leads to.
        values = super()._render_eval_context()
        return {**values, "user": self.env.user.with_env(self.env)} if self.env.user._is_internal() else values


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_template(self, template, values=None):
        documents = (values or {}).get("docs")
        about = (documents._name, documents._ids) if isinstance(documents, models.BaseModel) else (None, ())
        with self._kehu_rendering(about=about):
            return super()._render_template(template, values)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        # The name of a report is an expression, too.
        with self._kehu_rendering(about=(self.model, tuple(res_ids))):
            return super()._generate_template_attachments(res_ids, render_fields, render_results=render_results)
