from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import split_every

# So many approvals are gone through between two commits.
BATCH = 500
# A mail names so many documents and counts the others.
NAMED_IN_MAIL = 20


class ApprovalNotice(models.Model):
    """Who is told: activities and mails for candidates, lines in the chatter, warnings."""

    _inherit = "kehu.approval"

    def _tell(self, newcomers, eligible):
        """Remind the newcomers, and note who has been told: users who dismiss a reminder are left in peace."""
        self._schedule_activities(newcomers)
        self._queue_mails(newcomers)
        for users, approvals in self.grouped(lambda approval: eligible[approval.id]).items():
            approvals.told_user_ids = users

    def _schedule_activities(self, eligible):
        """One activity per approval and candidate. Mails go out apart, one per candidate."""
        kind_id = self.env["ir.model.data"]._xmlid_to_res_id("kehu_workflow.mail_activity_type_approval")
        Activity = self.env["mail.activity"]
        vals_list = []
        for (model, _kind), approvals in self.grouped(lambda approval: (approval.res_model, approval.kind)).items():
            # Core would compute the name document by document.
            told = [
                (
                    eligible[approval.id],
                    {"res_id": approval.res_id, "res_name": approval.document_name, "kehu_approval_id": approval.id},
                )
                for approval in approvals
            ]
            vals_list += Activity._kehu_prepare_reminders(
                model, told, lambda lang, some=approvals[:1]: some.with_context(lang=lang).kind_label, kind_id
            )
        # Candidates do not become followers of the document by being reminded.
        Activity.with_context(kehu_approval_reminder=True)._kehu_remind(vals_list)

    def _drop_activities(self, users=None):
        domain = [("kehu_approval_id", "in", self.ids)]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        if self:
            self.env["mail.activity"].sudo().search(domain).unlink()

    def _queue_mails(self, eligible):
        """One mail per candidate about all that waits for him; it leaves after the commit."""
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

    def _refresh_candidates(self):
        self._follow_departures()
        self = self.filtered(lambda approval: approval.state == "pending")
        eligible = self._eligible()
        activities = self.env["mail.activity"].sudo().search([("kehu_approval_id", "in", self.ids)])
        activities.filtered(lambda activity: activity.user_id not in eligible[activity.kehu_approval_id.id]).unlink()
        self._tell({approval.id: eligible[approval.id] - approval.told_user_ids for approval in self}, eligible)
        stuck = self.filtered(lambda approval: not eligible[approval.id])
        stuck.filtered(lambda approval: not approval.rule_id.activity_ids)._warn_responsible()
