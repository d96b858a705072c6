from odoo import api, fields, models
from odoo.exceptions import AccessError

# What says that the server made a reminder, and of what.
_OF_SERVER = {"kehu_approval_id", "kehu_deadline_id", "kehu_outcome_id", "kehu_turn"}


class MailActivity(models.Model):
    """Reminders of clocks and approvals, which go when those end."""

    _inherit = "mail.activity"

    kehu_deadline_id = fields.Many2one(
        "kehu.deadline", "Deadline", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    kehu_approval_id = fields.Many2one(
        "kehu.approval", "Approval", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    kehu_outcome_id = fields.Many2one(
        "kehu.approval",
        "Outcome Of",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Tells who asked how it ended, until they ask anew.",
    )
    kehu_turn = fields.Char("Turn", readonly=True)  # the name of the one of which it reminds

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        # Looked at afterwards: the context can give defaults, too.
        activities._kehu_check_forged()
        return activities

    def write(self, vals):
        if not self.env.su and not _OF_SERVER.isdisjoint(vals):
            self._kehu_refuse_forged()
        self._kehu_check_reminders("write")
        result = super().write(vals)
        if "activity_type_id" in vals:
            self._kehu_check_forged()
        return result

    def unlink(self):
        self._kehu_check_reminders("unlink")
        return super().unlink()

    # === BUSINESS ===

    def _kehu_check_forged(self):
        """Clocks, approvals and turns remind by the server alone: whoever has such a reminder counts as told.

        :raise AccessError: a client makes one
        """
        turn = self.env["ir.model.data"]._xmlid_to_res_id("kehu_workflow.mail_activity_type_turn")
        if not self.env.su and any(
            activity.activity_type_id.id == turn or any(activity[name] for name in _OF_SERVER)
            for activity in self.sudo()
        ):
            self._kehu_refuse_forged()

    def _kehu_check_reminders(self, operation):
        """What the server reminds somebody of in a document of ours, is theirs, until the server ends it.

        :raise AccessError: it is another's, of whom the user is no superior
        """
        if self.env.su:
            return
        foreign = self.filtered(lambda activity: activity.sudo()._kehu_is_reminder_of_another())
        if foreign:
            foreign.check_access(operation)
        for user, activities in foreign.sudo().grouped("user_id").items():
            if not activities.with_env(self.env)._kehu_is_superior_of(user):
                raise AccessError(
                    self.env._("The system reminds somebody else of this: they, or a superior, take it off the list.")
                )

    def _kehu_is_reminder_of_another(self):
        is_ours = (self.res_model or "").startswith("kehu.")
        return is_ours and self.automated and bool(self.user_id) and self.user_id != self.env.user

    def _kehu_is_superior_of(self, user):
        """Return whether the current user is a superior of ``user`` in the documents of these activities (hook)."""
        return False

    def _action_done(self, feedback=False, attachment_ids=None):
        # The files of an activity go over to the message that it leaves.
        return super(MailActivity, self._kehu_handling_messages("activity"))._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )

    @api.model
    def _kehu_remind(self, vals_list):
        """Create the activities of ``_kehu_prepare_reminders()``, all at once.

        Quick: no e-mail for each; the systray counts them.
        """
        return self.sudo().with_context(mail_activity_quick_update=True).create(vals_list)

    @api.model
    def _kehu_tell(self, documents, people, summary, activity_type_id=None, values=None):
        """Give those of ``people`` who may read the document something to do, all at once, each in their language.

        :param people: ``{document_id: users}``
        :param summary: a term of ``LazyTranslate``
        :param activity_type_id: none: to do
        :param values: ``{document_id: what the activity has besides}``
        :return: ``{document_id: users}`` who are told
        """
        told = self._kehu_filter_readers(documents, people)
        rows = [(users, {"res_id": id_, **(values or {}).get(id_, {})}) for id_, users in told.items()]
        self._kehu_remind(self._kehu_prepare_reminders(documents._name, rows, summary, activity_type_id))
        return told

    @api.model
    def _kehu_filter_readers(self, documents, people):
        """``{document_id: users}`` with those of ``people`` who may read the document."""
        everybody = self.env["res.users"].union(*people.values()).filtered(lambda user: user.active and not user.share)
        readable = {user: set(documents.with_user(user)._filtered_access("read")._ids) for user in everybody}
        return {
            document_id: users.filtered(lambda user, document_id=document_id: document_id in readable.get(user, ()))
            for document_id, users in people.items()
        }

    @api.model
    def _kehu_prepare_reminders(self, model, told, summary, activity_type_id=None):
        """Values of activities on documents, each in the language of whoever gets it.

        :param model: name of the documents' model
        :param told: ``[(users, values), …]``: whom, and what is that activity's own, ``res_id`` at least
        :param summary: a term of ``LazyTranslate``, or a function that returns the summary in a language; called once
            for each
        :param activity_type_id: none: to do
        """

        def in_language(lang):
            if callable(summary):
                return summary(lang)
            return self.with_context(lang=lang).env._(summary)  # pylint: disable=gettext-variable

        summaries = {lang: in_language(lang) for lang in {user.lang for users, _values in told for user in users}}
        common = {
            "activity_type_id": activity_type_id
            or self.env["ir.model.data"]._xmlid_to_res_id("mail.mail_activity_data_todo"),
            "res_model_id": self.env["ir.model"]._get_id(model),
            "date_deadline": fields.Date.context_today(self),
            "automated": True,
        }
        return [
            {**common, "summary": summaries[user.lang], "user_id": user.id, **values}
            for users, values in told
            for user in users
        ]

    @api.model
    def _kehu_refuse_forged(self):
        raise AccessError(self.env._("Only the server reminds of clocks and approvals: leave their fields empty."))
