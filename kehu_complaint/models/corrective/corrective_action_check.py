"""Whether a corrective action helped: what was done weeks ago is looked at again (C12)."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)

# So many actions are looked at between two commits.
BATCH = 500


class CorrectiveAction(models.Model):
    _inherit = "kehu.corrective.action"

    # === ACTIONS ===

    def action_open_recurrences(self):
        """Open the complaints that show that it happened again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("id", "in", self.recurrence_ids.ids)],
            "name": self.env._("Happened Again"),
            "res_model": "kehu.complaint",
            "view_mode": "list,form",
        }

    # === CRON ===

    @api.model
    def _cron_check_effectiveness(self):
        """Look at what was done weeks ago: reopen what happened again, have the rest confirmed (C12)."""
        cron = self.env["ir.cron"]
        domain = (
            Domain("state", "=", "verified")
            & Domain("check_asked_on", "=", False)
            & Domain("date_check", "<=", fields.Date.context_today(self))
        )
        if not cron._commit_progress(remaining=self.search_count(domain)):
            return
        # Either outcome takes an action out of the domain, in the commit that says so.
        while (
            actions := self.search(domain, limit=BATCH, order="date_check, id")
            .try_lock_for_update(allow_referencing=True)
            .filtered_domain(domain)
        ):
            actions._check_effectiveness()
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
            if not cron._commit_progress(len(actions)):
                return

    def _check_effectiveness(self):
        recurrences = self._find_recurrences()
        again = self.filtered(lambda action: recurrences[action.id])
        again._reopen(recurrences)
        rest = self - again
        rest.write({"check_asked_on": fields.Datetime.now()})
        rest._remind(
            "verifier_id", _lt("Did it help? Nobody has complained about it again: confirm that it is effective")
        )

    # === BUSINESS ===

    def _find_recurrences(self):
        """Return ``{action_id: complaints}`` about the same that were received after it was done; one query for all.

        The same is the same cause with the same product, serial number or unit; with the cause alone if the action
        names none of these.
        """
        self.flush_model()
        self.env["kehu.complaint"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
            SELECT a.id, array_agg(c.id ORDER BY c.date_received, c.id)
              FROM kehu_corrective_action a
              JOIN kehu_complaint c ON c.cause_id = a.cause_id AND c.company_id = a.company_id AND c.date_received > a.date_done
               AND (c.product_id = a.product_id OR upper(c.serial) = upper(a.serial)
                    OR EXISTS (SELECT FROM kehu_complaint_accused_team_rel accused
                                WHERE accused.kehu_complaint_id = c.id AND accused.crm_team_id = a.team_id)
                    OR (a.product_id IS NULL AND a.serial IS NULL AND a.team_id IS NULL))
             WHERE a.id = ANY(%s)
               AND NOT EXISTS (SELECT FROM kehu_corrective_action_complaint_rel source
                                WHERE source.kehu_corrective_action_id = a.id AND source.kehu_complaint_id = c.id)
          GROUP BY a.id
            """,
                self.ids,
            )
        )
        found = dict(rows)
        return {action_id: self.env["kehu.complaint"].browse(found.get(action_id, ())) for action_id in self.ids}

    def _reopen(self, recurrences):
        """Reopen them all at once, with the list of what happened again, and tell owner and supervisors."""
        if not self:
            return
        actions = self.sudo()
        for action in actions:
            action.recurrence_ids |= recurrences[action.id].sudo()
        actions._move("reopen", self.env._("It happened again: see the complaints listed under “Happened Again”."))
        # How many there are; which ones, the field shows to those who may read them.
        actions._message_log_batch(
            {
                action.id: self.env._("It happened again: %s complaints.", len(recurrences[action.id]))
                for action in actions
            }
        )
        actions._remind("owner_id", _lt("It happened again: find out why it did not help"))
        actions._remind("supervisors", _lt("It happened again, although something was done"))

    def _clear_done(self):
        self._end_reminders()
        # A new due date is given, against a clock of its own.
        self.write(
            {
                "date_due": False,
                "date_done": False,
                "date_verified": False,
                "verified_user_id": False,
                "check_asked_on": False,
            }
        )
        self._impartial_exclude()

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        if move.name in ("rework", "verify", "confirm"):
            refusal = self._own_refusal()
            barred |= {action.id: refusal for action in self if self.env.user in action.owner_id | action.done_user_ids}
        return barred

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "confirm":
            recurrences = self._find_recurrences()
            for action in self:
                if action.date_check and action.date_check > fields.Date.context_today(self):
                    blockers[action.id].append(
                        self.env._("Whether it helped is known from %s on.", fields.Date.to_string(action.date_check))
                    )
                if recurrences[action.id]:
                    blockers[action.id].append(
                        self.env._("It happened again: %s complaints. Reopen it.", len(recurrences[action.id]))
                    )
        return blockers
