"""Undoing an import: what is unchanged since and named by no document is deleted, the rest is listed and stays (A24)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)

AT_ONCE = 2000  # archives that are undone in one go, within the time limit of the server
BY_NAME = ("mail_message", "model", "TRUE"), ("ir_attachment", "res_model", "TRUE")
# A reminder of a clock touches nothing: the server made it.
TO_DOS = ("mail_activity", "res_model", "r.create_uid != 1")


class ArchiveImport(models.Model):
    _inherit = "kehu.archive.import"

    _workflow_moves = (Move("empty", _lt("Undone"), source=("draft",), target="undone"),)

    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can_undo(self):
        for run in self:
            run.can_undo = run.state == "draft" and run.user_id == self.env.user

    def action_undo(self):
        """Delete the archives of this import, and their contacts, that are unchanged since and named by no document.

        :raise AccessError: another user imported them
        :raise UserError: the import was kept, or an approval was asked for
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(self.env._("An import is undone by the user who made it: %s", self.user_id.name))
        self._workflow_lock()
        if self.state != "draft":
            raise UserError(self.env._("An import is undone only as long as it is being checked."))
        # Superuser: no clerk deletes archives. Nothing that anybody else has seen to goes.
        run = self.sudo()
        archives = run._get_archives()
        touched = archives._filter_touched()
        untouched = (archives - touched).sorted("id")
        gone = untouched[:AT_ONCE]
        run._message_log(
            body=self.env._(
                "Undone: %(gone)s archives. Left to undo: %(left)s. Touched since, so they stay: %(touched)s.",
                gone=len(gone),
                left=len(untouched - gone),
                touched=len(touched),
            )
        )
        gone._undo()
        if gone == archives:
            run._move("empty")
        return True


class Archive(models.Model):
    _inherit = "kehu.archive"

    def _undo(self):
        partners = self.partner_id
        contacts = partners.with_context(active_test=False).child_ids
        self.unlink()
        contacts.unlink()
        partners.unlink()

    @api.model
    def _undone_with_them(self):
        """Return ``{(table, column)}`` of the rows that the server makes of each archive, and that go with it."""
        return {("kehu_archive", "partner_id"), ("res_partner_res_partner_category_rel", "partner_id")}

    def _filter_touched(self):
        """Return the archives that somebody or something has touched since they were made, or whose contact was there
        before.
        """
        self.flush_recordset()
        self.env.flush_all()
        ids = tuple(self.ids)
        if not ids:
            return self
        fk_on = self.env["base.partner.merge.automatic.wizard"]._get_fk_on
        touched = {
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """SELECT a.id FROM kehu_archive a JOIN res_partner p ON p.id = a.partner_id
                        LEFT JOIN res_partner c ON c.parent_id = p.id
                        WHERE a.id IN %s AND (a.write_date > a.create_date OR p.write_date > p.create_date
                              OR p.create_date < a.create_date OR c.write_date > a.create_date)""",
                    ids,
                )
            )
        }
        touched.update(self._filter_evidence()._ids)
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'create_date' AND "
            "table_schema = current_schema"
        )
        dated = {table for (table,) in self.env.cr.fetchall()}
        own = self._undone_with_them()
        people = SQL(
            """SELECT a.id AS archive_id, p.id, a.create_date FROM kehu_archive a
                 JOIN res_partner p ON a.partner_id IN (p.id, p.parent_id) WHERE a.id IN %s""",
            ids,
        )
        archives = SQL("SELECT id AS archive_id, id, create_date FROM kehu_archive WHERE id IN %s", ids)
        for model, mine in (("res.partner", people), ("kehu.archive", archives)):
            rows = [
                (table, column, SQL("TRUE"))
                for table, column in fk_on(self.env[model]._table)
                if (table, column) not in own
            ]
            rows += [
                (table, "res_id", SQL("%s = %s AND %s", SQL.identifier("r", name), model, SQL(condition)))  # pylint: disable=sql-injection
                for table, name, condition in (*BY_NAME, TO_DOS)
            ]
            for table, column, condition in rows:
                # An older row came to name it later.
                later = SQL("r.create_date IS DISTINCT FROM m.create_date") if table in dated else SQL("TRUE")
                touched.update(
                    id_
                    for (id_,) in self.env.execute_query(
                        SQL(
                            "SELECT DISTINCT m.archive_id FROM (%s) m JOIN %s r ON %s = m.id WHERE %s AND %s",
                            mine,
                            SQL.identifier(table),
                            SQL.identifier("r", column),
                            later,
                            condition,
                        )
                    )
                )
        return self.browse(id_ for id_ in self._ids if id_ in touched)
