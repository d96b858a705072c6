"""Archives of an old register: their number, filing date and status take force with the approval of the import."""

import re
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

from ... import matching
from ...groups import ARCHIVE_MANAGER
from .import_run import RUN, ImportPermit

_lt = LazyTranslate(__name__)

TAKEN = ("taken_number", "taken_date", "taken_state")
OPEN = ("draft", "pending")
GREATEST = 10**8


class Archive(models.Model):
    _inherit = "kehu.archive"

    _workflow_moves = tuple(
        Move(f"take_over_{state}", _lt("Taken over from the old register"), source=("preliminary",), target=state)
        for state in ("formal", "dormant", "closed")
    )

    import_id = fields.Many2one(
        "kehu.archive.import", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    taken_number = fields.Char(
        string="Old Archive Number",
        copy=False,
        help="The number in the old register: the archive's own as soon as its import is approved.",
    )
    taken_date = fields.Date(string="Filed Before On", copy=False, help="The filing date in the old register.")
    taken_state = fields.Selection(
        [("preliminary", "Preliminary"), ("formal", "Formal"), ("dormant", "Dormant"), ("closed", "Closed")],
        string="Old Status",
        copy=False,
        help="The status in the old register; with a number or a filing date, formal where the list says nothing.",
    )

    _taken_number_uniq = models.UniqueIndex(
        "(company_id, taken_number) WHERE taken_number IS NOT NULL",
        "Another archive of the company has this old number.",
    )

    # === CRUD ===

    @api.model
    def _kehu_fields_of_code(self):
        return super()._kehu_fields_of_code().union(TAKEN)

    @api.model
    def _get_final_fields(self):
        return super()._get_final_fields() | {"import_id"}

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._normalize_taken(vals) for vals in vals_list]
        if carrying := [vals for vals in vals_list if vals.get("taken_state")]:
            self._check_may_take_over()
            if not isinstance(self.env.context.get(RUN), ImportPermit):
                raise AccessError(
                    self.env._("An archive of an old register comes in with an import, and is taken over with it.")
                )
            self._check_taken(carrying)
        return super().create(vals_list)

    @api.model
    def _prepare_create_values(self, vals_list):
        prepared = super()._prepare_create_values(vals_list)
        permit = self.env.context.get(RUN)
        for vals in prepared:
            vals["import_id"] = permit.import_id if isinstance(permit, ImportPermit) else False
        return prepared

    def write(self, vals):
        if not vals.keys().isdisjoint(TAKEN):
            self._check_may_take_over()
            if any(archive.import_id.state != "draft" for archive in self.sudo()):
                raise AccessError(
                    self.env._("What an old register says is corrected as long as its import is being checked.")
                )
            for archive in self:
                values = archive._normalize_taken({name: archive[name] for name in TAKEN} | vals)
                archive._check_taken([values | {"company_id": archive.company_id.id}])
                super(Archive, archive).write(values)
            return True
        return super().write(vals)

    # === BUSINESS ===

    @api.model
    def _draw_numbers(self, company, count):
        """No number is drawn as long as an import can still be undone: none is burnt (A1)."""
        if isinstance(self.env.context.get(RUN), ImportPermit):
            return [False] * count
        return super()._draw_numbers(company, count)

    def _draw_missing_numbers(self):
        """Number the archives that have no number yet, in the order in which they came in."""
        archives = self.sudo().with_context(**{RUN: None}).filtered(lambda archive: not archive.number)
        for company, mine in archives.sorted("id").grouped("company_id").items():
            mine._set_numbers(dict(zip(mine.ids, archives._draw_numbers(company, len(mine)))))

    def _set_numbers(self, numbers):
        """Give archives their numbers, all at once.

        :param numbers: ``{archive id: number}``
        """
        if not numbers:
            return
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE kehu_archive a SET number = n.number FROM unnest(%s, %s) n(id, number) WHERE a.id = n.id "
                "RETURNING a.id",
                list(numbers),
                list(numbers.values()),
            )
        )
        self.invalidate_recordset(["number"])

    @api.model
    def _check_may_take_over(self):
        """Refuse old registers of users who may not take the filing clock away, either (A4)."""
        if not (self.env.su or self.env.user.has_group(ARCHIVE_MANAGER)):
            raise AccessError(self.env._("Only a manager of archives brings an old register in."))

    @api.model
    def _normalize_taken(self, vals):
        """Return ``vals`` with the number as it counts, and the status that follows from number and date."""
        if vals.keys().isdisjoint(TAKEN):
            return vals
        vals = dict(vals)
        if isinstance(vals.get("taken_number"), str):
            vals["taken_number"] = matching.half_width(vals["taken_number"]) or False
        if not vals.get("taken_state") and (vals.get("taken_number") or vals.get("taken_date")):
            vals["taken_state"] = "formal"
        if vals.get("taken_state"):
            vals["is_existing"] = True
        return vals

    def _check_taken(self, vals_list):
        """Check the numbers and dates of an old register (A1).

        :param vals_list: values of other archives of the list, or of ``self``
        :raise ValidationError: naming the number or date, and why it cannot be taken over
        """
        today = self.env.company.sudo()._kehu_today()
        by_company = {}
        for vals in vals_list:
            date = fields.Date.to_date(vals.get("taken_date") or False)
            if date and date > today:
                raise ValidationError(self.env._("%s: a filing date cannot be in the future.", date))
            if number := vals.get("taken_number"):
                by_company.setdefault(vals.get("company_id") or self.env.company.id, []).append(number)
        for company_id, numbers in by_company.items():
            counted = self._count_numbers(numbers, self.env["res.company"].browse(company_id))
            for number in numbers:
                if len(number) > 40 or counted.get(number, 0) >= GREATEST:
                    raise ValidationError(self.env._("“%s” is too long for an archive number.", number))
            # Superuser: a number says nothing of the customer who has it.
            others = self.sudo().with_context(active_test=False)
            inside = Domain("company_id", "=", company_id) & Domain("id", "not in", self.ids)
            used = [number for number, count in Counter(numbers).items() if count > 1]
            for path in ("number", "taken_number", "former_ids.number"):
                used += others.search(inside & Domain(path, "in", numbers)).mapped(path)
            if used := [number for number in numbers if number in used]:
                raise ValidationError(self.env._("Another archive has the number %s already.", used[0]))

    @api.model
    def _count_numbers(self, numbers, company):
        """Return ``{number: its place in the company's sequence}`` of those numbers that have its form."""
        prefix, suffix = self._get_number_sequence(company)._get_prefix_suffix()
        form = re.compile(f"{re.escape(prefix or '')}([0-9]+){re.escape(suffix or '')}", re.ASCII)
        return {number: int(match[1]) for number in numbers if (match := form.fullmatch(number))}

    def _take_over(self):
        """Put into force what the old register says of these archives, with the approval of their import (A1, A3).

        The sequence of numbers goes on behind the highest one that was taken over. Nobody is notified.
        """
        archives = self.sudo().filtered(lambda archive: archive.state == "preliminary")
        for company, mine in archives.filtered(lambda archive: not archive.number).grouped("company_id").items():
            numbers = {archive.id: archive.taken_number for archive in mine if archive.taken_number}
            mine._check_taken([{"taken_number": number, "company_id": company.id} for number in numbers.values()])
            mine.browse(numbers)._set_numbers(numbers)
            counted = mine._count_numbers(numbers.values(), company)
            sequence = mine._get_number_sequence(company)
            sequence.invalidate_recordset(["number_next_actual"])
            if counted and max(counted.values()) >= sequence.number_next_actual:
                sequence.number_next_actual = max(counted.values()) + 1
        archives._draw_missing_numbers()
        for state, same in archives.grouped("taken_state").items():
            if state != "preliminary":
                for date, filed in same.grouped("taken_date").items():
                    filed.date_filed = date or filed[:1].company_id._kehu_today()
                same._move(f"take_over_{state}")

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.is_for_people:
            for archive in self.filtered(lambda archive: archive.taken_state and archive.import_id.state in OPEN):
                blockers[archive.id].append(self.env._("It waits to be taken over with its import."))
        return blockers

    def _workflow_moved(self, move, sources, reason):
        self._draw_missing_numbers()
        return super()._workflow_moved(move, sources, reason)

    def _merge_customers(self, kept_partner):
        self._draw_missing_numbers()
        return super()._merge_customers(kept_partner)
