"""Rows of Odoo from which follows who may do what with our documents: they come with the addons, and no client changes
them (X3).

Administrators configure by groups, approval rules and settings. With these rows they could rewrite what was decided,
read the log, or give the rights of one group to the members of another, without a trace.
"""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, ValidationError

OURS = "kehu."  # what the names of our models begin with
_A_DAY = {"minutes": 24 * 60, "hours": 24, "days": 1}


class Base(models.AbstractModel):
    _inherit = "base"

    def unlink(self):
        return super(Base, self._kehu_unforced()).unlink()

    def _kehu_unforced(self):
        """Return ``self`` without the context of uninstalling, which skips what refuses to delete, unless the server
        set it (A14).

        Odoo uninstalls as OdooBot. In superuser mode for somebody else it forces rows of its own; ours are never forced
        so.
        """
        is_servers = self.env.uid == SUPERUSER_ID or (self.env.su and not self._name.startswith(OURS))
        return (
            self
            if is_servers or not self.env.context.get(MODULE_UNINSTALL_FLAG)
            else self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        )


class AddonRowsMixin(models.AbstractModel):
    """Rows that only the server changes, as far as they are about our addons."""

    _name = "kehu.addon.rows.mixin"
    _description = "Comes with an Addon"

    _kehu_free_fields = frozenset()  # everybody with access may write these

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        (records if self.env.su else records.sudo()._kehu_filter_taken().sudo(False))._kehu_check_not_ours()
        return records

    def write(self, vals):
        if vals.keys() <= self._kehu_free_fields:
            return super().write(vals)
        self._kehu_check_not_ours()
        result = super().write(vals)
        self._kehu_check_not_ours()
        return result

    def unlink(self):
        self._kehu_check_not_ours()
        return super().unlink()

    # === BUSINESS ===

    @api.model
    def _kehu_guarded_relations(self):
        own = (name for name, field in self._fields.items() if field.type == "many2many" and field.store)
        return super()._kehu_guarded_relations().union(own) - self._kehu_free_fields

    @contextmanager
    def _kehu_watch_relation(self, name):
        before = {row.id: row[name] for row in self.sudo()}
        with super()._kehu_watch_relation(name):
            yield
        relinked = self.sudo().exists().filtered(lambda row: row[name] != before[row.id])
        relinked.with_env(self.env)._kehu_check_not_ours()

    def _kehu_check_not_ours(self):
        """Refuse changes of what comes with our addons.

        :raise AccessError: a client would change what comes with an addon
        """
        if not self.env.su and (ours := self.sudo()._kehu_filter_ours()):
            raise AccessError(
                self.env._(
                    "This comes with an addon, which relies on it, and cannot be changed: %s. Use groups and "
                    "approval rules to say who "
                    "may do what.",
                    ", ".join(record.display_name or "" for record in ours[:10]),
                )
            )

    def _kehu_filter_ours(self):
        """Return those of ``self`` on which our addons rely (hook)."""
        raise NotImplementedError

    def _kehu_filter_taken(self):
        """Return those of new rows that no client makes (hook)."""
        return self._kehu_filter_ours()


class IrModelData(models.Model):
    _name = "ir.model.data"
    _inherit = ["ir.model.data", "kehu.addon.rows.mixin"]

    _kehu_free_fields = frozenset({"noupdate"})

    def _kehu_filter_ours(self):
        # By these names code finds what it relies on: groups, kinds of messages and to-dos, jobs, the company.
        installed = self.env.registry._init_modules
        return self.filtered(lambda name: name.module.startswith("kehu_") or name.module in installed)

    def _kehu_filter_taken(self):
        # Apps name what users make with them: pages of a website, taxes.
        return self._kehu_filter_ours().filtered(
            lambda name: name.module.startswith("kehu_") or name.model in ("res.groups", "res.users")
        )

    @api.model
    def _update_xmlids(self, data_list, update=False):
        # An import names records in the database, without a row being created.
        if self.env.uid != SUPERUSER_ID:
            for data in data_list:
                module, name = data["xml_id"].split(".", 1)
                record = data["record"]
                taken = self.sudo().new({"module": module, "name": name, "model": record._name, "res_id": record.id})
                if self._xmlid_to_res_id(data["xml_id"]) != record.id:
                    taken._kehu_filter_taken().sudo(False)._kehu_check_not_ours()
        return super()._update_xmlids(data_list, update=update)


class IrModelAccess(models.Model):
    _name = "ir.model.access"
    _inherit = ["ir.model.access", "kehu.addon.rows.mixin"]

    def _kehu_filter_ours(self):
        return self.filtered(lambda access: (access.model_id.model or "").startswith(OURS))


class IrRule(models.Model):
    _name = "ir.rule"
    _inherit = ["ir.rule", "kehu.addon.rows.mixin"]

    def _kehu_filter_ours(self):
        return self.filtered(lambda rule: (rule.model_id.model or "").startswith(OURS))


class IrCron(models.Model):
    """Jobs of ours run, at least once a day: reminders, escalation and what expires hang on them (A4)."""

    _name = "ir.cron"
    _inherit = ["ir.cron", "kehu.addon.rows.mixin"]

    _kehu_free_fields = frozenset({"interval_number", "interval_type", "priority"})

    @api.constrains("interval_number", "interval_type")
    def _check_kehu_interval(self):
        if self.env.uid != SUPERUSER_ID and any(
            job.interval_number > _A_DAY.get(job.interval_type, 0) for job in self.sudo()._kehu_filter_ours()
        ):
            raise ValidationError(self.env._("This job has to run at least once a day."))

    def _kehu_filter_ours(self):
        names = self._get_external_ids()
        return self.filtered(lambda job: any(name.startswith("kehu_") for name in names[job.id]))


class IrCronProgress(models.Model):
    """A job that is said to have timed out is not run, and deactivated (A4)."""

    _name = "ir.cron.progress"
    _inherit = ["ir.cron.progress", "kehu.server.written.mixin"]


class IrCronTrigger(models.Model):
    """When a job is to run besides its interval (A4)."""

    _name = "ir.cron.trigger"
    _inherit = ["ir.cron.trigger", "kehu.server.written.mixin"]


class MailMessageSchedule(models.Model):
    """To whom a message is still to be told, under which heading (A9)."""

    _name = "mail.message.schedule"
    _inherit = ["mail.message.schedule", "kehu.server.written.mixin"]

    def force_send(self):
        self.check_access("unlink")
        return super(MailMessageSchedule, self.sudo()).force_send()


class IrActionsServer(models.Model):
    """What a job of ours does."""

    _name = "ir.actions.server"
    _inherit = ["ir.actions.server", "kehu.addon.rows.mixin"]

    def _kehu_filter_ours(self):
        jobs = (
            self.env["ir.cron"]
            .sudo()
            .with_context(active_test=False)
            .search([("ir_actions_server_id", "in", self.ids)])
        )
        return self & jobs._kehu_filter_ours().ir_actions_server_id


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def unlink(self):
        return super(IrModelFields, self._kehu_unforced()).unlink()

    def _kehu_unforced(self):
        # A custom field that is renamed takes its copies on delegating models with it; they hold nothing.
        fields = [self.env[row.model]._fields.get(row.name) for row in self.sudo() if row.model in self.env]
        if fields and all(field and field.inherited and field.base_field.manual for field in fields):
            return self
        return super()._kehu_unforced()


class IrModelFieldsSelection(models.Model):
    """What the fields of all addons can say. Odoo writes another value into all rows that have it, past their models: of
    whom a message came, whether an order is confirmed.
    """

    # The check comes before Odoo's own code, which changes tables first.
    _name = "ir.model.fields.selection"
    _inherit = ["kehu.addon.rows.mixin", "ir.model.fields.selection"]

    def _kehu_filter_ours(self):
        return self.filtered(lambda value: value.field_id.state == "base")


class IrModelConstraint(models.Model):
    """What the database checks. Odoo drops it with its row."""

    _name = "ir.model.constraint"
    _inherit = ["kehu.addon.rows.mixin", "ir.model.constraint"]

    def _kehu_filter_ours(self):
        return self


class IrModelRelation(models.Model):
    _name = "ir.model.relation"
    _inherit = ["kehu.addon.rows.mixin", "ir.model.relation"]

    def _kehu_filter_ours(self):
        return self
