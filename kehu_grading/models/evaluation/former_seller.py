from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from odoo.addons.kehu_confidential.at_work import client_uid

from ...groups import GRADING_MANAGER

# For so long, nobody is partial whom somebody else entered as salesperson.
BRIEF = timedelta(days=7)
LOOKED_BACK = relativedelta(years=1)  # before a matter began: what was sold then is looked at in it


class FormerSeller(models.Model):
    """Who sold to a customer, and until when: stepping back makes nobody impartial in what looks at
    that time (G3, G9).

    Nor does anybody keep others from voting and deciding by entering them as salesperson: that counts after a week
    only, of all their stays together, and not for what they said until then. Entered by a grading manager who never
    sold to the customer, they are partial at once.
    """

    _name = "kehu.former.seller"
    _description = "Former Salesperson of a Customer"
    _inherit = ["kehu.server.rows.mixin"]
    _order = "date_until desc, id desc"
    _rec_name = "user_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", required=True, readonly=True, ondelete="cascade")
    # Set back by the brief stays before, which count together.
    date_counted_from = fields.Datetime(string="Since", readonly=True, help="Empty: since before this was noted.")
    # Empty for who sells now, if it is noted since when.
    date_until = fields.Datetime(string="Until", readonly=True)
    is_by_others = fields.Boolean(string="Entered by Somebody Else", readonly=True)
    # Ended before it counted: it counts with the next one.
    is_brief = fields.Boolean(readonly=True)

    # === BUSINESS ===

    @api.model
    def _note(self, sellers):
        """Enter who is not the salesperson of a customer any more, and who has come to be.

        :param sellers: ``{contact: user}`` of before
        """
        now = fields.Datetime.now()
        changed = {partner: user for partner, user in sellers.items() if partner.user_id != user}
        partners = self.env["res.partner"].union(*changed)
        noted = self.sudo().search([("partner_id", "in", partners.ids), ("date_until", "=", False)])
        known = noted.partner_id
        brief = noted._filter_brief()
        noted.date_until = now
        brief.is_brief = True
        stayed = self._stayed_briefly(partners)
        own = self._entered_impartially(partners)
        self.sudo().create(
            [
                {"partner_id": partner.id, "user_id": user.id, "date_until": now}
                for partner, user in changed.items()
                if user and partner not in known
            ]
            + [
                {
                    "partner_id": partner.id,
                    "user_id": partner.user_id.id,
                    "date_counted_from": now - stayed.get((partner, partner.user_id), timedelta()),
                    "is_by_others": partner not in own and partner.user_id != self._author(),
                }
                for partner in changed
                if partner.user_id
            ]
        )

    def _filter_brief(self):
        """Return the stays that count for nothing yet."""
        begun = fields.Datetime.now() - BRIEF
        return self.filtered(lambda row: row.is_by_others and row.date_counted_from > begun)

    @api.model
    def _stayed_briefly(self, partners):
        """Return ``{(customer, user): how long}`` users sold in all, in stays that counted for nothing."""
        since = fields.Datetime.now() - LOOKED_BACK
        stays = (
            Domain("partner_id", "in", partners.ids) & Domain("is_brief", "=", True) & Domain("date_until", ">=", since)
        )
        # The beginning of each is set back by those before it: the last one is as long as all together.
        return {
            (row.partner_id, row.user_id): row.date_until - row.date_counted_from
            for row in self.sudo().search(stays, order="date_until, id")
        }

    @api.model
    def _author(self):
        return self.env["res.users"].sudo().browse(client_uid() or self.env.uid)

    @api.model
    def _entered_impartially(self, partners):
        """Return the customers whose salespeople the current user enters impartially: the server, or a manager who
        never sold to them.
        """
        user = self._author()
        if user.id == SUPERUSER_ID:
            return partners
        if not user.has_group(GRADING_MANAGER):
            return partners.browse()
        sold = Domain("partner_id", "in", partners.ids) & Domain("user_id", "=", user.id)
        return partners - self.sudo().search(sold & Domain("is_brief", "=", False)).partner_id

    @api.model
    def _sellers_since(self, dates):
        """Return ``{document: users}``: who sells to the customer of a document, or did on a day since the given one.

        :param dates: ``{document: datetime}``, the documents in sudo and of one model
        """
        customers = (
            next(iter(dates)).browse(document.id for document in dates).partner_id if dates else self.env["res.partner"]
        )
        rows = (
            self.sudo()
            .search(
                Domain("partner_id", "in", customers.ids)
                & Domain("is_brief", "=", False)
                & Domain("date_until", ">=", min(dates.values()).replace(microsecond=0))
            )
            .grouped("partner_id")
            if customers
            else {}
        )
        now = self.sudo().search([("partner_id", "in", customers.ids), ("date_until", "=", False)])
        brief = now._filter_brief().grouped("partner_id")
        return {
            document: (document.partner_id.user_id - brief.get(document.partner_id, self).user_id)
            | rows.get(document.partner_id, self)
            .filtered(lambda row, begun=begun: row.date_until >= begun.replace(microsecond=0))
            .user_id
            for document, begun in dates.items()
        }

    @api.model
    def _entered_since(self, partners):
        """Return ``{(customer, user): moment}`` from which on users are partial who sold by the hand of others only."""
        rows = self.sudo().search([("partner_id", "in", partners.ids), ("is_brief", "=", False)])
        own = {(row.partner_id, row.user_id) for row in rows if not row.is_by_others}
        unknown = partners.sudo() - rows.filtered(lambda row: not row.date_until).partner_id
        own |= {(partner, partner.user_id) for partner in unknown}
        # The first stay is the last to be entered.
        entered = rows.filtered("is_by_others").sorted("date_counted_from", reverse=True)
        return {
            (row.partner_id, row.user_id): row.date_counted_from + BRIEF
            for row in entered
            if (row.partner_id, row.user_id) not in own
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # Compared afterwards: what must be confirmed waits, and some salespeople stay for now.
        sellers = {partner: partner.user_id for partner in self.sudo()} if "user_id" in vals else {}
        result = super().write(vals)
        self.env["kehu.former.seller"]._note(sellers)
        if sellers:
            self._kehu_drop_interested_votes()
        return result

    # === BUSINESS ===

    def _kehu_drop_interested_votes(self):
        """Members who come to sell to these customers have no vote on them any more, see ``kehu.voted.mixin``."""
        for model in ("kehu.evaluation", "kehu.admission"):
            voted = Domain("partner_id", "in", self.ids) & Domain("vote_ids.is_current", "=", True)
            self.env[model].sudo().search(voted)._drop_interested_votes()


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        sources = src_partners.sudo()
        Seller, now = self.env["kehu.former.seller"].sudo(), fields.Datetime.now()
        merged = sources | dst_partner.sudo()
        author, is_own = Seller._author(), Seller._entered_impartially(merged) == merged
        rows = Seller.search([("partner_id", "in", sources.ids), ("is_brief", "=", False)])
        current = rows.filtered(lambda row: not row.date_until)
        new = current._filter_brief().partner_id | sources.filtered(lambda source: source.create_date > now - BRIEF)
        current.unlink()
        if not is_own:
            # To this customer they did not sell, as far as anybody impartial says.
            others = rows.exists().filtered(lambda row: row.user_id != author)
            of_new = others.filtered(lambda row: row.partner_id in new)
            (others - of_new).write({"is_by_others": True, "date_counted_from": now})
            of_new.unlink()
        Seller.create(
            [
                {
                    "partner_id": dst_partner.id,
                    "user_id": source.user_id.id,
                    "date_counted_from": now,
                    "date_until": now,
                    "is_by_others": not is_own and source.user_id != author,
                }
                for source in sources
                if source.user_id and (is_own or source.user_id == author or source not in new)
            ]
        )
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        dst_partner._kehu_drop_interested_votes()
        return result
