"""Customers that may be the same, though nothing of theirs is equal: a hint on the form, and a list of pairs (A21)."""

from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ... import likeness
from .archive import ENDED, MANAGERS

GREATEST_BLOCK = 60  # archives that share a piece of their names; more of them have too much in common to tell
MOST_ARCHIVES = 50_000
MOST_PAIRS = 500
MOST_CANDIDATES = 300
MOST_NAMED = 5


class Archive(models.Model):
    _inherit = "kehu.archive"

    core_key = fields.Char(compute="_compute_core_key", store=True, precompute=True, index="trigram")
    likeness_hint = fields.Char(string="May Be the Same Customer As", compute="_compute_likeness_hint")

    # === COMPUTE ===

    @api.depends("partner_id.name")
    def _compute_core_key(self):
        for archive in self:
            archive.core_key = likeness.profile(archive.partner_id.name or "").core or False

    @api.depends("name", "vat", "phone", "email", "distinct_reason", "is_company")
    @api.depends_context("uid")
    def _compute_likeness_hint(self):
        """Name archives that the user may read, and nothing of others: also that there are any (X3)."""
        self.likeness_hint = False
        cards = {
            archive: (likeness.profile(archive.name), likeness.domain_of(archive.email))
            for archive in self
            if archive.name and not archive.distinct_reason and archive.state not in ENDED
        }
        wanted = Domain.OR(
            self._likeness_domain(profile.core, self._get_keys(archive)["phone_key"], domain)
            for archive, (profile, domain) in cards.items()
            if profile.core
        )
        if not cards:
            return
        # Not as superuser, whatever code asks.
        others = self.sudo(False).search(wanted & Domain("state", "not in", ENDED), limit=MOST_CANDIDATES * len(cards))
        for archive, (profile, domain) in cards.items():
            keys = self._get_keys(archive)
            like = [
                other
                for other in others - archive._origin
                if other.partner_id != archive.partner_id._origin
                and other.is_company == archive.is_company
                and not other.distinct_reason
                and not (keys["code_key"] and other.code_key and keys["code_key"] != other.code_key)
                and likeness.is_like(
                    profile,
                    likeness.profile(other.name),
                    bool(keys["phone_key"] and keys["phone_key"] == other.phone_key)
                    or bool(domain and domain == likeness.domain_of(other.email)),
                )
            ]
            archive.likeness_hint = ", ".join(other.display_name for other in like[:MOST_NAMED]) or False

    def _merge_customers(self, kept_partner):
        pairs = self.env["kehu.archive.likeness"].sudo()
        pairs.search(["|", ("archive_id", "in", self.ids), ("other_id", "in", self.ids)]).unlink()
        return super()._merge_customers(kept_partner)

    @api.model
    def _likeness_domain(self, core, phone_key, domain):
        """Return the domain of the archives with which a customer is compared."""
        pieces = [core[:2], core[-3:]]
        pieces = [piece.replace("\\", "").replace("%", "").replace("_", "") for piece in pieces]
        wanted = Domain("core_key", "=like", f"{pieces[0]}%") | Domain("core_key", "=like", f"%{pieces[1]}")
        if phone_key:
            wanted |= Domain("phone_key", "=", phone_key)
        if domain:
            wanted |= Domain("email_key", "=like", f"%@{domain}")
        return wanted


class Likeness(models.TransientModel):
    """Two archives that may be of one customer, found for the user who looks at them; merged with Odoo's dialog."""

    _name = "kehu.archive.likeness"
    _description = "Possible Duplicate"
    _order = "id"

    archive_id = fields.Many2one("kehu.archive", required=True, readonly=True, ondelete="cascade")
    other_id = fields.Many2one(
        "kehu.archive", string="Possible Duplicate", required=True, readonly=True, ondelete="cascade"
    )
    vat = fields.Char(related="archive_id.vat", related_sudo=False, string="Code")
    other_vat = fields.Char(related="other_id.vat", related_sudo=False, string="Code of the Other")
    state = fields.Selection(related="archive_id.state", related_sudo=False)
    other_state = fields.Selection(related="other_id.state", related_sudo=False, string="Status of the Other")
    is_same_phone = fields.Boolean(string="Same Phone", readonly=True)
    is_same_domain = fields.Boolean(string="Same E-Mail Domain", readonly=True)
    distinct_reason = fields.Char(related="other_id.distinct_reason", related_sudo=False, readonly=False)

    # === CRUD ===

    def write(self, vals):
        if vals.keys() - {"distinct_reason"}:
            raise AccessError(self.env._("Of a possible duplicate only the reason why it is none is written."))
        return super().write(vals)

    # === ACTIONS ===

    @api.model
    def action_find(self):
        """Look for archives of one customer among those that the user may read.

        :raise AccessError: the user is no manager of archives
        """
        if not any(map(self.env.user.has_group, MANAGERS)):
            raise AccessError(self.env._("Only a manager of archives looks for duplicates and merges them."))
        found = self.sudo().create(self._find_pairs())
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_archive.kehu_archive_likeness_action")
        return {**action, "domain": [("id", "in", found.ids)]}

    def action_merge(self):
        """Open Odoo's dialog that merges the contacts, and their archives with them.

        :raise UserError: they were merged meanwhile
        """
        self.ensure_one()
        archives = (self.archive_id | self.other_id).exists()
        archives.check_access("read")
        if len(archives) < 2:
            raise UserError(self.env._("These archives are one by now."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": "base.partner.merge.automatic.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": "res.partner", "active_ids": archives.partner_id.ids},
        }

    # === BUSINESS ===

    @api.model
    def _find_pairs(self):
        """Return values of the pairs, at most :data:`MOST_PAIRS`; only archives that meet under a key are compared."""
        rows = self._read_cards()
        blocks = {}
        for index, (_id, profile, phone, domain, *_rest) in enumerate(rows):
            for key in likeness.blocks(profile) | {("phone", phone), ("domain", domain)}:
                if key[-1]:
                    blocks.setdefault(key, []).append(index)
        pairs, seen = [], set()
        for block in blocks.values():
            if len(block) > GREATEST_BLOCK:
                continue
            for pair in combinations(block, 2):
                if pair in seen:
                    continue
                seen.add(pair)
                if values := self._compare(rows[pair[0]], rows[pair[1]]):
                    pairs.append(values)
                    if len(pairs) == MOST_PAIRS:
                        return pairs
        return pairs

    @api.model
    def _read_cards(self):
        """Return what is compared of the archives that the user may read, in one query."""
        archives = self.env["kehu.archive"].search(
            [("state", "not in", ENDED), ("distinct_reason", "=", False)], order="id", limit=MOST_ARCHIVES
        )
        archives.flush_model(["phone_key", "email_key", "code_key", "partner_id"])
        archives.partner_id.flush_model(["name", "is_company"])
        if not archives:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id, p.name, a.phone_key, a.email_key, a.code_key, p.is_company
                     FROM kehu_archive a JOIN res_partner p ON p.id = a.partner_id WHERE a.id = ANY(%s) ORDER BY a.id""",
                archives.ids,
            )
        )
        return [
            (id_, likeness.profile(name or ""), phone, likeness.domain_of(email), code, is_company)
            for id_, name, phone, email, code, is_company in rows
        ]

    @api.model
    def _compare(self, one, other):
        id_, profile, phone, domain, code, is_company = one
        other_id, other_profile, other_phone, other_domain, other_code, other_is_company = other
        if is_company != other_is_company or (code and other_code and code != other_code):
            return None
        is_same_phone, is_same_domain = bool(phone) and phone == other_phone, bool(domain) and domain == other_domain
        if not likeness.is_like(profile, other_profile, is_same_phone or is_same_domain):
            return None
        return {
            "archive_id": id_,
            "other_id": other_id,
            "is_same_phone": is_same_phone,
            "is_same_domain": is_same_domain,
        }
