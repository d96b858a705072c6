"""Server actions, automations and webhooks read and write no more than their authors may read and write (X3).

Odoo runs server actions, automation rules and scheduled actions as superuser: for the user who saves a record, or for
the system.
"""

import logging
from functools import reduce
from operator import getitem

from odoo import SUPERUSER_ID, Command, api, models
from odoo.exceptions import AccessError

from odoo.addons.kehu_workflow.apps.recycled_records import GUARDED
from odoo.addons.kehu_workflow.messages import Speaker
from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

from ..rule.tier import CONFIDENTIAL
from ..rule.tier_guard import _ids

_logger = logging.getLogger(__name__)

# What an action of these kinds says is the author's, and nobody else's.
_SPEAKING = ("mail_post", "sms")
# Records that say what an action does, besides the action itself.
_PARTS = ("base_automation_id", "template_id", "sms_template_id")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """Refuse to run on a record that is hidden from the user, and leave out what is hidden from who made the action
        (X3).

        Core checks the user's rights only if the action names no groups and the context names its model; what the
        action does to the record, it does as superuser.

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
        target = reduce(getitem, self.update_path.split(".")[:-1], self._kehu_record())
        if not self._kehu_reaches(target):
            return None
        if not self._kehu_is_guarded(target):
            return super()._run_action_object_write(eval_context)
        self._kehu_as_user(target, "write").write(
            {self.update_field_id.name: self._eval_value(eval_context=eval_context)[self.id]}
        )
        return None

    def _run_action_object_create(self, eval_context=None):
        self._kehu_check_target_not_ours()
        model, record = self.env[self.crud_model_id.model], self._kehu_record()
        if not (self._kehu_is_guarded(model) or self.link_field_id and self._kehu_is_guarded(record)):
            return super()._run_action_object_create(eval_context)
        record_id, _label = self._kehu_as_user(model, "create").name_create(self.value)
        return self._kehu_link(record, record_id)

    def _run_action_object_copy(self, eval_context=None):
        self._kehu_check_target_not_ours()
        source, record = self.resource_ref, self._kehu_record()
        if not self._kehu_reaches(source):
            return None
        if not (self._kehu_is_guarded(source) or self.link_field_id and self._kehu_is_guarded(record)):
            return super()._run_action_object_copy(eval_context)
        return self._kehu_link(record, self._kehu_as_user(source, "create").copy().id)

    def _run_action_followers_multi(self, eval_context=None):
        records, contacts = self._kehu_following()
        if not self._kehu_may_authors(lambda author: records.with_user(author)._kehu_without_outsiders(contacts.ids)):
            return False
        return super()._run_action_followers_multi(eval_context)

    def _run_action_remove_followers_multi(self, eval_context=None):
        records, contacts = self._kehu_following()
        if not self._kehu_may_authors(lambda author: records.with_user(author)._kehu_check_unsubscribing(contacts.ids)):
            return False
        return super()._run_action_remove_followers_multi(eval_context)

    def _run_action_webhook(self, eval_context=None):
        record = self._kehu_record()
        if record and record._kehu_is_classified_outside(self.webhook_field_ids.mapped("name")):
            _logger.info("Webhook %s was not called for a confidential record", self.id)
            return None
        return super()._run_action_webhook(eval_context)

    # === BUSINESS ===

    def _kehu_authors(self):
        """Return the users who made or changed the action; the public user, who reads nothing, in place of a deleted
        one.

        `write_uid` alone is not enough: Odoo also sets it for the user whose call stores a computed field.
        """
        action, users = self.sudo().exists(), self.env["res.users"].sudo()
        nobody = self.env.ref("base.public_user").sudo()
        for part in (action, *(action[name] for name in _PARTS if name in action._fields and action[name])):
            users |= (part.create_uid or nobody) | (part.write_uid or nobody)
        return users or nobody

    @api.model
    def _get_eval_context(self, action=None):
        if action and action.state in _SPEAKING:
            # Not those who happened to set it off, nor whom a template names.
            authors = action._kehu_authors()
            speaker = authors if len(authors) == 1 else self.env.ref("base.user_root").sudo()
            self = self.with_context(kehu_speaker=Speaker(speaker.partner_id.id))
        return super()._get_eval_context(action=action)

    def _kehu_record(self):
        """Return the record that an action without code is about at the moment."""
        return self.env[self.model_id.model].browse(self.env.context.get("active_id"))

    @api.model
    def _kehu_is_guarded(self, target):
        """Return whether records are guarded against users and not against superuser mode.

        So are our documents, and the reminders, messages and files about them.
        """
        return target._name.startswith(GUARDED) or target._kehu_is_about_ours()

    def _kehu_as_user(self, target, operation):
        """Return guarded records as those of who acts: the user if they may, else an author.

        :raise AccessError: an author may not
        """
        authors, user = self._kehu_authors(), self.env.user
        records = target if operation == "write" else target.browse()
        for author in authors:
            records.with_user(author).check_access(operation)
        if user.id == SUPERUSER_ID or not (
            target._name.startswith(OURS) or records.with_user(user).has_access(operation)
        ):
            user = authors.filtered(lambda author: author.id != SUPERUSER_ID)[:1] or authors
        return target.with_user(user)

    def _kehu_link(self, record, record_id):
        if field := self.link_field_id:
            is_many = field.ttype in ("one2many", "many2many")
            record = self._kehu_as_user(record, "write") if self._kehu_is_guarded(record) else record
            record.write({field.name: [Command.link(record_id)] if is_many else record_id})

    def _kehu_following(self):
        """Return the records of an action about followers, and the contacts that it names."""
        documents = self.env[self.model_id.model].browse(_ids(self._kehu_active_ids()))
        records = documents.with_context(mail_post_autofollow=False)  # whom people name, Odoo does not leave out
        path = self.followers_partner_field_name
        return records, self.partner_ids if self.followers_type == "specific" else records.mapped(
            path or "message_partner_ids"
        )

    def _kehu_may_authors(self, check):
        """Return whether a check passes for all authors.

        :param check: called with each of them, raises AccessError
        :raise AccessError: it does not pass, and the user runs the action by hand
        """
        try:
            for author in self._kehu_authors():
                check(author)
        except AccessError:
            if not self._kehu_is_automatic():
                raise
            _logger.info("Server action %s was left out: its author may not do that by hand", self.id)
            return False
        return True

    def _kehu_active_ids(self):
        """Return the ids of the records that the action is about, as they came in the context."""
        several = self.env.context.get("active_ids")
        several = several if isinstance(several, (list, tuple)) else [several]
        return [record_id for record_id in (self.env.context.get("active_id"), *several) if record_id]

    def _kehu_is_about(self):
        """Return whether the ids in the context are of the action's model. Code may well expect
        those of another one.
        """
        action = self.sudo()
        return self.env.context.get("active_model") == action.model_name or action.state != "code"

    def _kehu_check_user(self):
        if not self.exists():
            return  # Odoo says so
        ids, model = self._kehu_active_ids(), self.env[self.sudo().model_name]
        are_ids = all(isinstance(record_id, int) for record_id in ids)  # PostgreSQL takes a text for a number, too
        if self._kehu_is_about() and (model.browse(set(ids))._kehu_hidden() if are_ids else model._kehu_is_protected()):
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
        _logger.info(
            "Server action %s left out %s confidential records, which its author may not read", self.id, len(hidden)
        )

    def _kehu_refuse_hidden(self):
        raise AccessError(
            self.env._("You cannot use a confidential record here that you may not read. Ask for access to it first.")
        )

    def _kehu_check_target_not_ours(self):
        """Refuse server actions that create our records.

        :raise AccessError: the action would make a record of ours as superuser, past what is asked of users
        """
        if (self.crud_model_id.model or "").startswith(OURS):
            raise AccessError(
                self.env._(
                    "Server actions cannot create records of “%s”: create them by hand.", self.crud_model_id.name
                )
            )


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
            or outside._kehu_hidden()
            or outside._kehu_emptied(followed)
        )

    def _kehu_is_about_ours(self):
        """Return whether some of these rows, such as activities, name a document of ours."""
        name = next((name for name in ("res_model", "model") if name in self._fields), None)
        return bool(name) and any(str(row[name]).startswith(OURS) for row in self.sudo())
