"""Users and units on whom confidentiality rests are switched off, never deleted: the database would empty what names
them (X2, X5, A14).
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rights.res_groups import WATCHED
from ..rule.tier import CONFIDENTIAL


class KeptReader(models.AbstractModel):
    _name = "kehu.kept.reader.mixin"
    _description = "Reads Customers by a Relation"

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_no_reader(self):
        if self.env["kehu.right.change"]._is_servers_own():
            return
        if kept := self.sudo()._kehu_filter_kept():
            raise UserError(
                "\n".join(
                    [
                        self.env._(
                            "Rights, classified customers or filed archives hang on these. Archive them instead of "
                            "deleting them:"
                        ),
                        *kept.mapped("name"),
                    ]
                )
            )

    def _kehu_filter_kept(self):
        """Return those to whom customers refer who are classified, or kept for another reason (hook)."""
        customers = self.env["res.partner"].sudo().with_context(active_test=False)
        concerned = customers._kehu_kept_domain()
        names = [name for name in customers._kehu_right_fields if customers._fields[name].comodel_name == self._name]
        return self.browse(
            target.id
            for name in names
            for (target,) in customers._read_group(Domain(name, "in", self.ids) & concerned, [name])
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _kehu_kept_domain(self):
        """Return the domain of the customers whose readers are kept (hook)."""
        return Domain("kehu_tier", ">=", CONFIDENTIAL)


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "kehu.kept.reader.mixin"]

    def _kehu_filter_kept(self):
        """Keep members of the groups on which confidentiality rests, from whom such a right was taken, and leaders of
        such units.
        """
        groups = self.env["res.groups"]
        rights = set(groups._kehu_group_ids((*WATCHED, *groups._kehu_noted_groups())))
        members = self.filtered(lambda user: not rights.isdisjoint(user.all_group_ids._ids))
        changes = self.env["kehu.right.change"]
        changes.flush_model(["res_model", "res_ids", "is_taken"])
        former = self.env.execute_query(
            SQL(
                """SELECT DISTINCT taken.id::int FROM kehu_right_change, jsonb_array_elements_text(res_ids) AS taken(id)
                WHERE is_taken AND res_model = %s AND taken.id::int = ANY(%s)""",
                self._name,
                self.ids,
            )
        )
        led = self.env["crm.team"].sudo().with_context(active_test=False).search([("user_id", "in", self.ids)])
        leaders = led._kehu_filter_kept().user_id
        return super()._kehu_filter_kept() | members | self.browse(user_id for (user_id,) in former) | leaders


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "kehu.kept.reader.mixin"]
