"""Users excluded from one of two joined complaints are excluded from both, as each contains the messages of the other (C8)."""

from odoo import Command, fields, models

from ...groups import STAFF


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    joined_ids = fields.One2many(
        "kehu.complaint.dismissal",
        "duplicate_complaint_id",
        string="Duplicates",
        domain=[("state", "=", "approved")],
        groups=STAFF,
    )

    # === BUSINESS: JOINING ===

    def _impartial_exclude(self):
        # Each contains the messages of the other: users who become accused in one are excluded from both.
        result = super()._impartial_exclude()
        for complaint in self.sudo().filtered("joined_ids"):
            complaint._keep_out_alike(complaint.joined_ids.complaint_id)
        for complaint in self.sudo().filtered(lambda complaint: complaint.dismissal == "duplicate"):
            complaint._keep_out_alike(complaint._join_source(complaint._duplicate_of()))
        return result

    def _keep_out_alike(self, others):
        """Complain in other complaints about whom this one complains, for good. In sudo."""
        users, teams, _holders = self._accused_now()
        for other in others:
            known_users, known_teams, _holders = other._accused_now()
            mine, theirs = self.former_unit_people or {}, other.former_unit_people or {}
            if users - known_users or teams - known_teams:
                other.write(
                    {
                        "accused_user_ids": [Command.link(user.id) for user in users - known_users],
                        "accused_team_ids": [Command.link(team.id) for team in teams - known_teams],
                        "former_unit_people": {
                            key: sorted({*mine.get(key, ()), *theirs.get(key, ())})
                            for key in mine.keys() | theirs.keys()
                        },
                        "spared_unit_people": {**(self.spared_unit_people or {}), **(other.spared_unit_people or {})},
                    }
                )

    def _join_keep_alike(self, other):
        self._join_source(other)._keep_out_alike(self)
