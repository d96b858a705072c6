from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import split_every

from .approval_mixin import UNFOLLOWED

# So many approvals are gone through between two commits.
BATCH = 500
# A mail names so many documents and counts the others.
NAMED_IN_MAIL = 20


class ApprovalNotice(models.Model):
    """Who is told: activities and mails for candidates, lines in the chatter, warnings."""

    _inherit = "kehu.approval"

    def _tell(self, eligible, deputies):
        """Remind those who can decide and their deputies, and note who has been told: users who dismiss a reminder are
        left in peace.
        """
        people = self._people(eligible, deputies)
        newcomers = {approval.id: people[approval.id] - approval.told_user_ids for approval in self}
        self._schedule_activities(newcomers, deputies)
        self._queue_mails(newcomers)
        for users, approvals in self.grouped(lambda approval: people[approval.id]).items():
            approvals.told_user_ids = users

    @api.model
    def _people(self, eligible, deputies):
        """Return ``{approval_id: users}`` who may decide, with their deputies."""
        return {id_: users.union(*deputies[id_]) for id_, users in eligible.items()}

    def _schedule_activities(self, newcomers, deputies):
        """One activity per approval and person. Mails go out apart, one per person."""
        kind_id = self.env["ir.model.data"]._xmlid_to_res_id("kehu_workflow.mail_activity_type_approval")
        Activity = self.env["mail.activity"]
        vals_list = []
        for (model, _kind), approvals in self.grouped(lambda approval: (approval.res_model, approval.kind)).items():
            # Core would compute the name document by document.
            told = [
                (
                    users,
                    {
                        "res_id": approval.res_id,
                        "res_name": approval.document_name,
                        "kehu_approval_id": approval.id,
                        **values,
                    },
                )
                for approval in approvals
                for users, values in approval._prepare_summaries(newcomers[approval.id], deputies[approval.id])
            ]
            vals_list += Activity._kehu_prepare_reminders(
                model, told, lambda lang, some=approvals[:1]: some.with_context(lang=lang).kind_label, kind_id
            )
        # Candidates do not become followers of the document by being reminded.
        Activity.with_context(kehu_approval_reminder=UNFOLLOWED)._kehu_remind(vals_list)

    def _prepare_summaries(self, users, deputies):
        """``[(users, values), …]``: deputies are told in whose place they decide."""
        told = [(users.filtered(lambda user: user not in deputies), {})]
        for deputy, principals in deputies.items():
            if deputy in users:
                approval = self.with_context(lang=deputy.lang)
                summary = approval.env._(
                    "%(kind)s (for %(users)s)", kind=approval.kind_label, users=", ".join(principals.mapped("name"))
                )
                told.append((deputy, {"summary": summary}))
        return told

    def _drop_activities(self):
        """End all reminders: those to decide, and those of the outcome."""
        if self:
            asked = Domain("kehu_approval_id", "in", self.ids) | Domain("kehu_outcome_id", "in", self.ids)
            self.env["mail.activity"].sudo().search(asked).unlink()

    def _drop_ended_activities(self, people):
        """End the reminders of users who can no longer decide, in nobody's place."""
        asked = self.env["mail.activity"].sudo().search([("kehu_approval_id", "in", self.ids)])
        asked.filtered(lambda activity: activity.user_id not in people[activity.kehu_approval_id.id]).unlink()

    def _queue_mails(self, eligible):
        """One mail per candidate about all that waits for them; it leaves after the commit."""
        waiting = {}
        for approval in self:
            for user in eligible[approval.id]:
                waiting.setdefault(user, []).append(approval.id)
        values = [self.browse(ids)._prepare_mail_values(user) for user, ids in waiting.items() if user.email]
        if values:
            self.env["mail.mail"].sudo().create(values)
            cron_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.ir_cron_mail_scheduler_action")
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    def _prepare_mail_values(self, user):
        approvals = self.with_context(lang=user.lang)
        return {
            "subject": approvals.env._("%s approvals wait for you", len(approvals)),
            "body_html": approvals.env["ir.qweb"]._render(
                "kehu_workflow.approval_mail",
                {
                    "approvals": approvals[:NAMED_IN_MAIL],
                    "more": len(approvals[NAMED_IN_MAIL:]),
                    "user": user,
                    "base_url": self[0].get_base_url(),
                },
            ),
            "email_from": self.env.user.email_formatted,
            "reply_to": self.env.user.email_formatted,
            "recipient_ids": [Command.link(user.partner_id.id)],
            "auto_delete": True,
        }

    def _tell_decision(self, verdict, reason, principals):
        """Write who decided what into the chatter of the documents."""
        verdicts = dict(self.env["kehu.approval.decision"]._fields["verdict"]._description_selection(self.env))
        for approvals, documents in self._documents():
            bodies = {}
            for approval in approvals:
                line = f"{approval.kind_label} – {approval.step_id.name}: {verdicts[verdict]}"
                if principals[approval.id] != self.env.user:
                    line += " " + self.env._("(in the place of %s)", principals[approval.id].name)
                bodies[approval.res_id] = f"{line}. {reason}" if reason else line
            documents._message_log_batch(bodies)

    def _tell_requesters(self, documents, summary):
        """Remind those who asked how it ended, unless they ended it or it is their turn anyway (U4)."""
        people = {approval.res_id: approval.requester_id - self.env.user for approval in self}
        if isinstance(documents, self.pool["kehu.turn.mixin"]):
            for reminder in documents.sudo()._turn_reminders():
                people[reminder.res_id] -= reminder.user_id
        outcomes = {approval.res_id: {"kehu_outcome_id": approval.id} for approval in self}
        documents._workflow_remind(people, summary, values=outcomes)

    def _warn_responsible(self):
        """Tell the administrators of the rules that nobody can decide."""
        for rule, approvals in self.grouped("rule_id").items():
            rule.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Nobody can decide %s of its approvals", len(approvals)),
                user_id=(rule.responsible_id if rule.responsible_id.active else rule.create_uid).id,
            )

    # === CRON ===

    @api.model
    def _cron_refresh_candidates(self):
        """Bring reminders in line with who can decide now: people go, and are accepted."""
        cron, waiting = self.env["ir.cron"], Domain("state", "=", "pending")
        ids = self.search(waiting, order="id").ids
        cron._commit_progress(remaining=len(ids))
        for batch in split_every(BATCH, ids):
            self.search(waiting & Domain("id", "in", batch))._refresh_candidates()
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
            if not cron._commit_progress(len(batch)):
                return
        self.env["kehu.approval.delegation"]._drop_past_reminders()

    def _refresh_candidates(self):
        self._follow_departures()
        self = self.filtered(lambda approval: approval.state == "pending")
        eligible = self._eligible()
        deputies = self._deputies(eligible)
        self._drop_ended_activities(self._people(eligible, deputies))
        self._tell(eligible, deputies)
        stuck = self.filtered(lambda approval: not eligible[approval.id])
        stuck.filtered(lambda approval: not approval.rule_id.activity_ids)._warn_responsible()
