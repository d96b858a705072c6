"""Who made a server action, a rule or a template: not OdooBot, who reads everything, for somebody else (X3).

What they do reaches as far as their authors do (ir_actions_server.py).
"""

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ...at_work import client_uid, is_peoples_code

_AUTHORED = frozenset(
    {
        "base.automation",
        "gamification.challenge",
        "gamification.goal.definition",
        "ir.actions.server",
        "mail.template",
        "mailing.mailing",
        "sms.template",
    }
)


class Base(models.AbstractModel):
    _inherit = "base"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._name in _AUTHORED:
            records._kehu_keep_author()
        return records

    # === BUSINESS ===

    def _kehu_keep_author(self):
        """Enter who really made these records: the user whose call it was, or nobody known, who is the public user."""
        if self and self.pool.ready and (author := self._kehu_hidden_author()):
            self._kehu_enter_author(author, "create_uid", "write_uid")

    @api.model
    def _kehu_hidden_author(self):
        """Return who really is at work if the user of this environment is not: nobody known is the public user. None if
        that is the user, or the server by itself.
        """
        if not (is_peoples_code() or self.env.uid == SUPERUSER_ID and client_uid()):
            return None
        author = None if is_peoples_code() else client_uid()
        if author in (None, SUPERUSER_ID):
            return self.env.ref("base.public_user")
        return self.env["res.users"].browse(author)

    def _kehu_enter_author(self, author, *columns):
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s",
                SQL.identifier(self._table),
                SQL(", ").join(SQL("%s = %s", SQL.identifier(column), author.id) for column in columns),
                self._ids,
            )
        )
        self.invalidate_recordset(columns)
