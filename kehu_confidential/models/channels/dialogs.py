"""What a dialog shows of the records that it is about, and what a template makes of them: noted as read (X5)."""

from ast import literal_eval

from odoo import api, models
from odoo.fields import Domain


_MODEL_FIELDS, _ID_FIELDS = ("res_model", "model"), ("res_id", "res_ids")  # as dialogs of Odoo call them


def _ids_in_text(value):
    """Return the ids in the value of a field of a dialog, which may be the text of a list."""
    if isinstance(value, str):
        try:
            value = literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return []
    values = value if isinstance(value, (list, tuple)) else [value]
    return [value for value in values if isinstance(value, int) and value > 0]


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_shown(self, through=()):
        if not self._transient or not any(self._ids):
            return super()._kehu_shown(through)
        names = [name for name in self._kehu_dialog_fields() if self._fields[name].store]
        return [
            shown
            for dialog in self.sudo()
            for records in self._kehu_pointed_to({name: dialog[name] for name in names})
            for shown in records._kehu_shown(through)
        ]

    @api.model
    def _kehu_can_show(self):
        return bool(self._kehu_dialog_fields()) if self._transient else super()._kehu_can_show()

    @api.model
    def _kehu_classified_domain(self, domain):
        return Domain.TRUE if self._transient else super()._kehu_classified_domain(domain)

    @api.model
    def _kehu_dialog_fields(self):
        """Return the names of the fields by which a dialog says what it is about."""
        return [
            name
            for name, field in self._fields.items()
            if name in _MODEL_FIELDS
            or name in _ID_FIELDS
            or field.type == "reference"
            or field.type in ("many2one", "many2many")
            and not self.env[field.comodel_name]._transient
            and self.env[field.comodel_name]._kehu_can_show()
        ]

    @api.model
    def _kehu_pointed_to(self, values):
        """Yield the recordsets that a dialog of this model is about.

        :param values: ``{field: value}``, read or sent by a client
        """
        for name, value in values.items():
            if isinstance(value, models.BaseModel):
                yield value.with_env(self.env)
            elif isinstance(value, str) and name in self._fields and self._fields[name].type == "reference":
                yield self._kehu_pointed_at(*value.partition(",")[::2])
        ids = [record_id for name in _ID_FIELDS for record_id in _ids_in_text(values.get(name))]
        for name in _MODEL_FIELDS:
            yield self._kehu_pointed_at(values.get(name), ids)

    @api.model
    def _kehu_pointed_at(self, model, ids):
        if not isinstance(model, str) or model not in self.env or self.env[model]._transient:
            return self.browse()
        return self.env[model].browse(_ids_in_text(ids))

    def _kehu_log_filled(self, values):
        context = self.env.context
        defaults = {key.removeprefix("default_"): value for key, value in context.items() if key.startswith("default_")}
        result = super()._kehu_log_filled({**defaults, **values})
        if self._transient:
            active = self._kehu_pointed_at(
                context.get("active_model"), context.get("active_ids") or context.get("active_id")
            )
            for records in (active, *self._kehu_pointed_to({**defaults, **values})):
                self.env["kehu.access.log"]._log_shown(records - records._kehu_hidden(), "read")
        return result


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(self, template_src, model, res_ids, engine="inline_template", add_context=None, options=None):
        rendered = super()._render_template(
            template_src, model, res_ids, engine=engine, add_context=add_context, options=options
        )
        # A rendering that a visitor starts, such as the confirmation of an order, is shown to no employee; jobs are not
        # noted.
        if model in self.env and self.env.user._is_internal():
            self.env["kehu.access.log"]._log_shown(self.env[model].browse(res_ids), "read")
        return rendered
