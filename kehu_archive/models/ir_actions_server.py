"""Server actions, automations and webhooks read and write no more than their authors may read and write (X3).

Odoo runs server actions, automation rules and scheduled actions as superuser: for the user who saves a record, or for the system.
"""
import logging
from functools import reduce
from operator import getitem

from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError

from .mail_tier import OURS
from .tier import CONFIDENTIAL
from .tier_guard import _ids

_logger = logging.getLogger(__name__)

# Records that say what an action does, besides the action itself.
_PARTS = ("base_automation_id", "template_id", "sms_template_id")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """Refuse to run on a record that is hidden from the user, and leave out what is hidden from who made the action (X3).

        Core checks the user's rights only if the action names no groups and the context names its model; what the action does to
        the record, it does as superuser.

        :raise AccessError: naming neither the record nor its content
        """
        result = False
        for action in self:
            if not self.env.su:
                action._kehu_check_user()
            if ready := action._kehu_within_authors_reach():
                result = super(IrActionsServer, ready).run()
        return result

    # === RUNNERS ===

    def _run_action_object_write(self, eval_context=None):
        if not self.update_path or self.env.context.get("onchange_self"):
            return super()._run_action_object_write(eval_context)
        record = self.env[self.model_id.model].browse(self.env.context.get("active_id"))
        target = reduce(getitem, self.update_path.split(".")[:-1], record)
        if not self._kehu_reaches(target):
            return None
        if target._name.startswith(OURS):
            # Guarded against users, not against superuser mode.
            for author in self._kehu_authors():
                target.with_user(author).check_access("write")
            target = target.with_user(self.write_uid if self.env.uid == SUPERUSER_ID else self.env.user)
            return target.write({self.update_field_id.name: self._eval_value(eval_context=eval_context)[self.id]})
        return super()._run_action_object_write(eval_context)

    def _run_action_object_create(self, eval_context=None):
        self._kehu_check_not_ours()
        return super()._run_action_object_create(eval_context)

    def _run_action_object_copy(self, eval_context=None):
        self._kehu_check_not_ours()
        if not self._kehu_reaches(self.resource_ref):
            return None
        return super()._run_action_object_copy(eval_context)

    def _run_action_webhook(self, eval_context=None):
        record = self.env[self.model_id.model].browse(self.env.context.get("active_id"))
        if record and record._kehu_is_classified_outside(self.webhook_field_ids.mapped("name")):
            _logger.info("Webhook %s was not called for a confidential record", self.id)
            return None
        return super()._run_action_webhook(eval_context)

    # === BUSINESS ===

    def _kehu_authors(self):
        """Return the users who made or changed the action; the public user, who reads nothing, in place of a deleted one.

        `write_uid` alone is not enough: Odoo also sets it for the user whose call stores a computed field.
        """
        action, users = self.sudo(), self.env["res.users"].sudo()
        nobody = self.env.ref("base.public_user").sudo()
        for part in (action, *(action[name] for name in _PARTS if name in action._fields and action[name])):
            users |= (part.create_uid or nobody) | (part.write_uid or nobody)
        return users

    def _kehu_active_ids(self):
        """Return the ids of the records that the action is about, as they came in the context."""
        several = self.env.context.get("active_ids")
        several = several if isinstance(several, (list, tuple)) else [several]
        return [record_id for record_id in (self.env.context.get("active_id"), *several) if record_id]

    def _kehu_is_about(self):
        """Return whether the ids in the context are of the action's model. Code may well expect those of another one."""
        action = self.sudo()
        return self.env.context.get("active_model") == action.model_name or action.state != "code"

    def _kehu_check_user(self):
        ids, model = self._kehu_active_ids(), self.env[self.sudo().model_name]
        are_ids = all(isinstance(record_id, int) for record_id in ids)  # PostgreSQL takes a text for a number, too
        if self._kehu_is_about() and (
                model.browse(set(ids))._kehu_hidden() if are_ids else model._kehu_is_protected()):
            self._kehu_refuse_hidden()

    def _kehu_within_authors_reach(self):
        """Return the action for those of its records that its authors may read, or no action if none of them is left.

        :raise AccessError: the user runs it by hand
        """
        ids = set(_ids(self._kehu_active_ids()))
        if not ids or not self._kehu_is_about():
            return self
        records = self.env[self.sudo().model_name].browse(ids)
        hidden = self._kehu_hidden_from_authors(records)
        if not hidden:
            return self
        self._kehu_leave_out(hidden)
        left = [record_id for record_id in dict.fromkeys(_ids(self._kehu_active_ids())) if record_id not in hidden._ids]
        return self.with_context(active_id=left[0], active_ids=left) if left else self.browse()

    def _kehu_reaches(self, target):
        """Return whether those who made the action may read all of ``target``.

        :raise AccessError: they, or the user, may not, and the user runs it by hand
        """
        hidden = self._kehu_hidden_from_authors(target)
        if not self._kehu_is_automatic():
            hidden |= target._kehu_untold()
        if hidden:
            self._kehu_leave_out(hidden)
        return not hidden

    def _kehu_hidden_from_authors(self, records):
        hidden = records.browse()
        for author in self._kehu_authors():
            hidden |= records.with_user(author)._kehu_untold().with_env(records.env)
        return hidden

    def _kehu_is_automatic(self):
        """Return whether an automation rule runs the action: what set it off must not fail."""
        return "__action_done" in self.env.context or "onchange_self" in self.env.context

    def _kehu_leave_out(self, hidden):
        if not self._kehu_is_automatic():
            self._kehu_refuse_hidden()
        _logger.info("Server action %s left out %s confidential records, which its author may not read", self.id, len(hidden))

    def _kehu_refuse_hidden(self):
        raise AccessError(self.env._(
            "You cannot use a confidential record here that you may not read. Ask for access to it first."))

    def _kehu_check_not_ours(self):
        """
        :raise AccessError: the action would make a record of ours as superuser, past what is asked of users
        """
        if (self.crud_model_id.model or "").startswith(OURS):
            raise AccessError(self.env._(
                "Server actions cannot create records of “%s”: create them by hand.", self.crud_model_id.name))


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_is_classified_outside(self, names):
        """Return whether fields of ``self`` are not for people outside, whoever could read them here (X3).

        :param names: of the fields
        """
        nobody = self.env.ref("base.public_user")
        outside, followed = self.with_user(nobody).sudo(), self._kehu_followed_fields().keys() & set(names)
        return bool(
            max(record._kehu_highest_tier() for record in self.sudo()) >= CONFIDENTIAL
            or outside._kehu_hidden() or outside._kehu_emptied(followed))
