import importlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...apps.automations import wrap_again
from ...apps.recycled_records import archive_by_hand, delete_by_hand, recycle_by_hand
from ...apps.waiting_sms import keep_as_said
from ...closures import NO_GAPS, Closure, Gaps, is_defined, wrap

_logger = logging.getLogger(__name__)

_ACTIVITY = "kehu_workflow.mail_activity_type_protection"


CLOSURES = (
    Closure("base", "_update_field_translations", ("field_name", "translations", "digest", "source_lang"), "evidence"),
    Closure("ir.attachment", "create", ("vals_list",), "evidence"),
    Closure("ir.attachment", "unlink", (), "evidence"),
    Closure("ir.attachment", "write", ("vals",), "evidence"),
    Closure("base.partner.merge.automatic.wizard", "_update_reference_fields_generic",
            ("referenced_model", "src_records", "dst_record", "additional_update_records"), "evidence"),
    Closure("mail.activity", "_action_done", ("feedback", "attachment_ids"), "evidence"),
    Closure("mail.activity", "unlink", (), "evidence"),
    Closure("mail.compose.message", "_prepare_mail_values", ("res_ids",), "evidence"),
    Closure("mail.mail", "create", ("vals_list",), "evidence"),
    Closure("mail.mail", "unlink", (), "evidence"),
    Closure("mail.mail", "write", ("vals",), "evidence"),
    Closure("mail.message", "create", ("vals_list",), "evidence"),
    Closure("mail.message", "unlink", (), "evidence"),
    Closure("mail.message", "write", ("vals",), "evidence"),
    Closure("mail.message.reaction", "create", ("vals_list",), "evidence"),
    Closure("mail.message.reaction", "write", ("vals",), "evidence"),
    Closure("mail.message.subtype", "_get_auto_subscription_subtypes", ("model_name",), "evidence"),
    Closure("mail.message.subtype", "default_subtypes", ("model_name",), "evidence"),
    Closure("mail.message.schedule", "force_send", (), "evidence"),
    Closure("mail.scheduled.message", "write", ("vals",), "evidence"),
    Closure("mail.template", "send_mail_batch",
            ("res_ids", "force_send", "raise_exception", "email_values", "email_layout_xmlid"), "evidence"),
    Closure("mail.thread", "_check_can_update_message_content", ("messages",), "evidence"),
    Closure("mail.thread", "_get_allowed_message_params", (), "evidence"),
    Closure("mail.thread", "_message_compute_author", ("author_id", "email_from"), "evidence"),
    Closure("mail.thread", "_message_create", ("values_list",), "evidence"),
    Closure("mail.thread", "_message_update_content", ("message", "body", "attachment_ids", "strict"), "evidence"),
    Closure("mail.thread", "_notify_thread_with_out_of_office", ("message", "recipients_data", "msg_vals"), "evidence"),
    Closure("mail.thread", "message_new", ("msg_dict", "custom_values"), "hook"),
    Closure("mail.thread", "_message_route_process", ("message", "message_dict", "routes"), "hook"),
    Closure("mail.thread", "message_process",
            ("model", "message", "custom_values", "save_original", "strip_attachments", "thread_id"), "hook"),
    Closure("mail.thread", "message_notify", ("model", "res_id", "kwargs"), "evidence"),
    Closure("mail.thread", "message_post", ("kwargs",), "evidence"),
    Closure("mail.thread", "message_subscribe", ("partner_ids", "subtype_ids"), "rights"),
    Closure("mail.thread", "message_unsubscribe", ("partner_ids",), "evidence"),
    Closure("mail.thread", "unlink", (), "evidence"),
    Closure("mail.thread", "write", ("vals",), "evidence"),
    Closure("base.automation", "_unregister_hook", (), "evidence", app="base_automation", wrapper=wrap_again),
    Closure("data_recycle.record", "action_validate", (), "evidence", app="data_recycle", wrapper=recycle_by_hand),
    Closure("privacy.lookup.wizard.line", "_onchange_is_active", (), "evidence", app="privacy_lookup", wrapper=archive_by_hand),
    Closure("privacy.lookup.wizard.line", "action_unlink", (), "evidence", app="privacy_lookup", wrapper=delete_by_hand),
    *(Closure("sms.sms", name, (), "evidence", app="sms", wrapper=keep_as_said) for name in ("create", "unlink", "write")),
    Closure("mail.link.preview", "create", ("vals_list",), "evidence"),
    Closure("mail.link.preview", "write", ("vals",), "evidence"),
    Closure("mail.message.link.preview", "create", ("vals_list",), "evidence"),
    Closure("mail.message.link.preview", "write", ("vals",), "evidence"),
    Closure("mail.tracking.value", "create", ("vals_list",), "evidence"),
    Closure("mail.tracking.value", "write", ("vals",), "evidence"),
    Closure("res.users", "write", ("vals",), "evidence"),
    Closure("base", "create", ("vals_list",), "rights"),  # of what is linked with rows that are guarded
    Closure("base", "unlink", (), "rights"),  # of rows that come with an addon
    Closure("base", "write", ("vals",), "rights"),
    Closure("ir.model.data", "_update_xmlids", ("data_list", "update"), "rights"),
    Closure("ir.model.fields", "unlink", (), "evidence"),
    Closure("ir.module.module", "module_uninstall", (), "evidence"),
    Closure("ir.module.module", "unlink", (), "evidence"),
    Closure("ir.module.module", "write", ("vals",), "evidence"),
    Closure("ir.http", "_dispatch", ("endpoint",), "evidence"),
    Closure("ir.http", "_pre_dispatch", ("rule", "args"), "evidence"),
    Closure("odoo.addons.web.controllers.home:Home", "switch_to_admin", (), "rule"),
    Closure("res.users", "_check_uid_passwd", ("uid", "passwd"), "evidence"),
    Closure("res.users", "_compute_session_token", ("sid",), "rule"),
)  # fmt: skip


class ClosureCheck(models.AbstractModel):
    """Fail closed: the methods of Odoo that our addons extend are there, and our addons are loaded (X3).

    An addon is not installed or upgraded without them. A server that starts without them keeps running, with the
    protected records closed, see ``Gaps``.
    """

    _name = "kehu.closure.check"
    _description = "Protection Check"

    def init(self):
        # Comes with the installation and the upgrade of each addon that lists closures.
        if gone := self._gone():
            raise UserError(
                self.env._(
                    "This Odoo no longer defines what confidentiality depends on: %s. Use the release of Odoo for "
                    "which this "
                    "addon was made, or a release of the addon for this Odoo.",
                    ", ".join(map(str, gone)),
                )
            )

    def _register_hook(self):
        super()._register_hook()
        self._wrap_methods()
        self.pool.kehu_gaps = gaps = self._find_gaps()
        if gaps:
            _logger.error("Protected records are closed. Not loaded: %s. Not defined by Odoo: %s.",
                          ", ".join(gaps.addons) or "-", ", ".join(map(str, gaps.closures)) or "-")  # fmt: skip

    # === BUSINESS ===

    @api.model
    def _closures(self):
        """Return the closures of all addons (hook): each adds its list."""
        return CLOSURES

    @api.model
    def _wrap_methods(self):
        """Set the wrappers of the closures around the methods of optional apps."""
        for closure in self._closures():
            if closure.wrapper and closure.owner in self.pool:
                wrap(self.pool[closure.owner], closure)

    @api.model
    def _gaps(self):
        """Return what was missing when this server loaded the database."""
        return getattr(self.pool, "kehu_gaps", NO_GAPS)

    @api.model
    def _find_gaps(self):
        self.env.cr.execute(
            "SELECT name FROM ir_module_module WHERE state IN ('installed', 'to upgrade') AND name LIKE 'kehu\\_%'"
        )
        addons = {name for (name,) in self.env.cr.fetchall()} - self.pool._init_modules
        return Gaps(self._gone(), tuple(sorted(addons)))

    @api.model
    def _gone(self):
        """Return the closures that Odoo does not define, of those whose app is loaded."""
        loaded = self.pool._init_modules
        return tuple(
            closure
            for closure in self._closures()
            if (closure.app is None or closure.app in loaded) and not is_defined(self._classes(closure.owner), closure)
        )

    @api.model
    def _classes(self, owner):
        """Return the classes of a model or controller; none if there is no such thing."""
        module, is_controller, name = owner.partition(":")
        if not is_controller:
            return self.pool[owner].__mro__ if owner in self.pool else ()
        try:
            return getattr(importlib.import_module(module), name).__mro__
        except (ImportError, AttributeError):
            return ()

    # === CRON ===

    @api.model
    def _cron_tell_administrators(self):
        """Give each administrator an activity while something is missing, and take it away afterwards."""
        activity_type = self.env.ref(_ACTIVITY)
        activities = self.env["mail.activity"].search([("activity_type_id", "=", activity_type.id)])
        if not self._gaps():
            activities.unlink()
            return
        administrators = self.env["res.users"].search(
            Domain("all_group_ids", "in", self.env.ref("base.group_system").ids) & Domain("share", "=", False)
        )
        for user in administrators - activities.user_id:
            user.partner_id.activity_schedule(
                _ACTIVITY,
                user_id=user.id,
                date_deadline=fields.Date.context_today(self),
                summary=self.with_context(lang=user.lang).env._(
                    "Protected records are closed: see Workflow › Protection Check"
                ),
            )
