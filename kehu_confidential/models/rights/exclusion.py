"""Users who are excluded from a document do not see log lines and right changes about it, officers and auditors
included, but for those from before they were excluded, nor requests for access to it (X5, C8).
"""

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL


class Base(models.AbstractModel):
    _inherit = "base"

    # Whether users can be excluded from documents of this model, even officers and auditors.
    _kehu_excludes_users = False

    @api.model
    def _kehu_excluding_domain(self):
        """Return the domain of the documents from which the current user is excluded (hook)."""
        return Domain.FALSE

    def _kehu_excluded_users(self):
        """Return the users who are excluded from any of these documents (hook)."""
        return self.env["res.users"]

    @api.model
    def _kehu_known_sql(self, document_id, moment):
        """Return the SQL condition that the current user was not excluded yet from a document at a moment: what was
        noted then stays visible (hook).

        :param document_id, moment: SQL expressions
        """
        return SQL("FALSE")

    @api.model
    def _kehu_excluding_documents(self):
        """Return by model the query of the documents from which the current user is excluded."""
        if self.env.uid == SUPERUSER_ID:
            return {}
        excluding = (
            model
            for model in map(self.env.__getitem__, self.env.registry)
            if model._kehu_excludes_users and not model._abstract
        )
        return {model._name: model._kehu_excluding_query() for model in excluding}

    @api.model
    def _kehu_excluding_query(self):
        return self.sudo().with_context(active_test=False)._search(self._kehu_excluding_domain())


class Approval(models.Model):
    _inherit = "kehu.approval"

    _kehu_excludes_users = True

    @api.model
    def _kehu_excluding_domain(self):
        return Domain.OR(
            Domain("res_model", "=", name) & Domain("res_id", "in", self.env[name]._kehu_excluding_query())
            for name in self._document_models()
            if self.env[name]._kehu_excludes_users
        )

    def _kehu_excluded_users(self):
        approvals = self.sudo().grouped("res_model").items()
        return self.env["res.users"].union(
            *(
                self.env[name].browse(about.mapped("res_id")).exists()._kehu_excluded_users()
                for name, about in approvals
                if name in self.env
            )
        )


class AccessRequest(models.Model):
    _inherit = "kehu.access.request"

    @api.model
    def _kehu_domain(self, mode="read"):
        """Requests about such a document are hidden, but for the user's own."""
        return super()._kehu_domain(mode) & Domain.AND(
            Domain("create_uid", "=", self.env.uid)
            | Domain("res_model", "!=", name)
            | Domain("res_id", "not in", documents)
            for name, documents in self._kehu_excluding_documents().items()
        )


class AccessLog(models.Model):
    _inherit = "kehu.access.log"

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain.AND(
            Domain("res_model", "!=", name) | Domain("res_id", "not in", documents) | self._kehu_known_domain(name)
            for name, documents in self._kehu_excluding_documents().items()
        )

    @api.model
    def _kehu_known_domain(self, name):
        """Return the domain of the lines about documents of a model from before the current user was excluded."""
        return Domain.custom(
            to_sql=lambda model, alias, query: self.env[name]._kehu_known_sql(
                SQL.identifier(alias, "res_id"), SQL.identifier(alias, "date")
            )
        )


class RightChange(models.Model):
    _inherit = "kehu.right.change"

    @api.model
    def _kehu_domain(self, mode="read"):
        excluding = [
            SQL(
                """res_model = %s AND EXISTS (
                    SELECT FROM jsonb_array_elements(res_ids) AS d(id) WHERE d.id::int IN %s AND NOT %s)""",
                name,
                documents.subselect(),
                self.env[name]._kehu_known_sql(SQL("d.id::int"), SQL("create_date")),
            )
            for name, documents in self._kehu_excluding_documents().items()
            if not documents.is_empty()
        ]
        if not excluding:
            return super()._kehu_domain(mode)
        self.flush_model(["res_model", "res_ids"])
        rows = self.env.execute_query(
            SQL("SELECT id FROM %s WHERE %s", SQL.identifier(self._table), SQL(" OR ").join(excluding))
        )
        return super()._kehu_domain(mode) & Domain("id", "not in", [row[0] for row in rows])
