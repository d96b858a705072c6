"""Who is told of a change of rights (X2, X5)."""

from odoo import models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class RightChange(models.Model):
    _inherit = "kehu.right.change"

    def _get_watching(self):
        """Return the officers who watch over this change, or the auditors where there is none: nobody who is excluded
        from its records. Where all of them are excluded, the administrators.
        """
        excluded = self._documents().exists()._kehu_excluded_users()
        watching = self._kehu_officers() - excluded or self._get_auditors() - excluded
        return watching or (self._get_administrators() - excluded if excluded else watching)

    def _tell_waiting(self):
        """Tell the current user that the change is not made yet."""
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Waits for a confidentiality officer"),
                "message": self.env._(
                    "“%(field)s” is not changed yet for %(count)s records, since classified customers are "
                    "concerned: see %(request)s under "
                    "Confidentiality › Changes of Rights. All else is saved.",
                    field=self.field_label,
                    count=len(self.res_ids),
                    request=self.display_name,
                ),
            },
        )

    def _tell_made(self):
        """Tell the other officers; where an administrator took an officer's place, all administrators and auditors,
        too.
        """
        for change in self:
            people = change._get_watching()
            summary = _lt("Somebody came to read classified customers: see whether it is right")
            if change.is_by_administrator:
                people |= self._get_administrators() | self._get_auditors()
                summary = _lt("Rights to read classified customers were given by an administrator, without an officer")
            change._workflow_remind({change.id: people - self.env.user}, summary)
            if change.is_by_administrator:
                self._get_removals()._mail_removed(summary)

    def _tell_removed(self):
        """Tell officers by mail that they are none any more: whoever is deactivated sees nothing else."""
        if self._takes_officers():
            self._mail_removed(_lt("You were taken out of the confidentiality officers"))

    def _mail_removed(self, summary):
        """Send a mail to the officers who were taken away.

        :param summary: a term of ``LazyTranslate``
        """
        users = self.env["res.users"].union(*(change._documents().exists() for change in self))
        (users - self.env.user)._kehu_mail_notice(summary, self.env.user.name)
