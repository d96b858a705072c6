from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.kehu_workflow.models.system.linked_rows import as_ids


class MailAlias(models.Model):
    """The address by which a document takes mails is hidden with it, as are the values that the mails start with: all
    employees may read aliases (X3).
    """

    _inherit = "mail.alias"

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID or mode == "create":
            return domain
        # Odoo keeps the rule for models that delegate to aliases: nothing of this environment may be in it.
        conditions = (Domain.custom(to_sql=_not_owned_by(name)) for name in self._kehu_owning_models())
        return domain & Domain.AND(conditions)

    @api.model
    @ormcache()
    def _kehu_owning_models(self):
        """Return the names of the models whose documents have an alias, and can be hidden."""
        return tuple(
            name
            for name, model in self.env.registry.items()
            if not model._abstract
            and (field := model._fields.get("alias_id"))
            and field.comodel_name == self._name
            and field.store
            and self.env[name]._kehu_is_protected()
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def get_empty_list_help(self, help_message):
        # Odoo tells the alias of whichever document the context names.
        model, record_id = (self.env.context.get(f"empty_list_help_{key}") for key in ("model", "id"))
        is_hidden = model in self.env and self.env[model].browse(as_ids(record_id))._kehu_hidden()
        return super(MailThread, self.with_context(empty_list_help_id=None) if is_hidden else self).get_empty_list_help(
            help_message
        )


def _not_owned_by(name):
    def to_sql(model, alias, query):
        owners = model.env[name].sudo().with_context(active_test=False)
        hidden = owners._kehu_hidden_ones_domain()
        if hidden.is_false():
            return SQL("TRUE")
        return SQL(
            "%s NOT IN %s",
            model._field_to_sql(alias, "id", query),
            owners._search(hidden & Domain("alias_id", "!=", False)).subselect("alias_id"),
        )

    return to_sql
