from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ... import matching

_lt = LazyTranslate(__name__)

# Whatever of these changes leaves a row of history: field of the file -> old and new in the row
RECORDED = {
    "name": ("old_number", "new_number"),
    "device_number": ("old_device", "new_device"),
    "sim_number": ("old_sim", "new_sim"),
    "partner_id": ("old_partner_id", "new_partner_id"),
}


class Cause(NamedTuple):
    """Why a file is written, in the context: an object, which no client can send."""

    what: str
    document: models.BaseModel | None = None
    note: str | bool = False


class ProductFile(models.Model):
    """The file of one product sold: a serial number or a plate, its device and SIM card, warranty and history (A20)."""

    _name = "kehu.product.file"
    _description = "Product File"
    _inherit = ["mail.thread", "kehu.confidential.mixin", "kehu.evidence.mixin"]
    _evidence_refusal = _lt("A product file that has a history is kept. Archive it instead:")
    _order = "name, id"
    _rec_names_search = ("number_key", "device_number", "sim_number")

    name = fields.Char(string="Serial Number or Plate", required=True, index=True)
    kind = fields.Selection([("serial", "Serial number"), ("plate", "Plate")], required=True, default="serial")
    number_key = fields.Char(compute="_compute_number_key", store=True, precompute=True, required=True, index="trigram")
    product_name = fields.Char(string="Product")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        help="The customer who has the product, or a contact of the customer.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Company", store=True, precompute=True, index=True
    )
    device_number = fields.Char(
        index="trigram", help="The device that is installed at present, if it is not the product itself."
    )
    sim_number = fields.Char(string="SIM Number", index="trigram")
    date_sold = fields.Date(string="Sold On")
    warranty_months = fields.Integer(string="Warranty (Months)")
    date_warranty_end = fields.Date(
        string="Warranty Until",
        compute="_compute_date_warranty_end",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The last day of the warranty.",
    )
    is_in_warranty = fields.Boolean(
        string="In Warranty", compute="_compute_is_in_warranty", search="_search_is_in_warranty"
    )
    note = fields.Text()
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    history_ids = fields.One2many("kehu.product.file.event", "file_id", readonly=True)

    _number_uniq = models.UniqueIndex(
        "(company_id, number_key)",
        "This serial number or plate already has a product file. If you do not find it, ask the archive office.",
    )
    _warranty_months_positive = models.Constraint(
        "CHECK (warranty_months >= 0)", "A warranty cannot end before it begins."
    )

    # === COMPUTE ===

    @api.depends("name")
    def _compute_number_key(self):
        for file in self:
            file.number_key = matching.serial_key(file.name)

    @api.depends("date_sold", "warranty_months")
    def _compute_date_warranty_end(self):
        for file in self:
            if file.date_sold and file.warranty_months:
                file.date_warranty_end = file.date_sold + relativedelta(months=file.warranty_months)
            else:
                file.date_warranty_end = file.date_warranty_end

    @api.depends("date_warranty_end")
    def _compute_is_in_warranty(self):
        today = fields.Date.context_today(self)
        for file in self:
            file.is_in_warranty = file._is_in_warranty(today)

    @api.model
    def _search_is_in_warranty(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            True: Domain("date_warranty_end", ">=", today),
            False: Domain("date_warranty_end", "<", today) | Domain("date_warranty_end", "=", False),
        }
        return Domain.OR(domains[bool(wanted)] for wanted in value)

    @api.model
    def _search_display_name(self, operator, value):
        """Search by the present and all former numbers, in whatever spelling (A20)."""
        domain = super()._search_display_name(operator, value)
        if operator in Domain.NEGATIVE_OPERATORS or not isinstance(value, str) or not matching.serial_key(value):
            return domain
        key = matching.serial_key(value)
        # Looked up first: as a sub-query it would keep the search from using its indexes.
        former = self.env["kehu.product.file.event"].search(
            Domain.OR(Domain(name, operator, key) for name in ("old_number_key", "old_device_key", "old_sim"))
        )
        return domain | Domain("number_key", operator, key) | Domain("id", "in", former.file_id.ids)

    # === CONSTRAINT ===

    @api.constrains("name")
    def _check_name(self):
        if any(not file.number_key for file in self):
            raise ValidationError(self.env._("Enter the serial number or the plate."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalize(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._normalize(vals)
        names = RECORDED.keys() & vals.keys()
        files = self.sudo()  # the customer that a file leaves may be hidden from whoever moves it
        before = {file: {name: file[name] for name in names} for file in files} if names else {}
        result = super().write(vals)
        self._record_changes(before)
        return result

    def copy_data(self, default=None):
        raise UserError(self.env._("A product file cannot be duplicated: there is one for each serial number."))

    # === BUSINESS ===

    def _filter_evidence(self):
        return self.filtered(lambda file: file.sudo().history_ids)

    def _is_in_warranty(self, day):
        """Tell whether the warranty covers ``day``, a date."""
        self.ensure_one()
        return bool(self.date_warranty_end and self.date_warranty_end >= day)

    @api.model
    def _normalize(self, vals):
        numbers = {
            name: matching.serial_number(vals[name]) or False
            for name in ("name", "device_number", "sim_number")
            if isinstance(vals.get(name), str)
        }
        if numbers.get("name") is False:
            raise ValidationError(self.env._("Enter the serial number or the plate."))
        return vals | numbers

    def _record_changes(self, before):
        """Add one row of history for each file that differs from ``before``, a dict file -> old values."""
        cause = self.env.context.get("kehu_cause")
        if not isinstance(cause, Cause):
            cause = Cause("changed")
        rows = []
        for file, old in before.items():
            changes = {}
            for name, value in old.items():
                if value != file[name]:
                    column_old, column_new = RECORDED[name]
                    changes |= {column_old: value, column_new: file[name]}
            if changes:
                rows.append(file._prepare_event_values(cause.what, cause.document, note=cause.note, **changes))
        if rows:
            # Nobody may write the history; what it says was just done by the caller, who may.
            self.env["kehu.product.file.event"].sudo().create(rows)

    def _prepare_event_values(self, what, document=None, **vals):
        self.ensure_one()
        return {
            "file_id": self.id,
            "what": what,
            "user_id": self.env.uid,
            "res_model": document and document._name,
            "res_id": document and document.id,
            **{name: value.id if isinstance(value, models.BaseModel) else value for name, value in vals.items()},
        }

    def _record_event(self, what, document=None, **vals):
        """Add a row to the history of each file (A20). For server code: clients have no way to write the history.

        :param what: a value of ``kehu.product.file.event.what``
        :param document: the record, such as a service ticket, that the row is about
        :param vals: more values of the row: ``note``, ``date``, ``old_number`` …
        :return: the rows
        """
        # Nobody may write the history.
        return (
            self.env["kehu.product.file.event"]
            .sudo()
            .create([file._prepare_event_values(what, document, **vals) for file in self])
        )

    def _replace_device(self, old=None, new=None, old_sim=None, new_sim=None, document=None, note=False):
        """Put a new device, a new SIM card or both into the file; the old numbers stay in its history (A20).

        In sudo: the server code that calls this has checked that the caller may.

        :param old: the number that goes: the file's own, or that of its installed device; nothing says: whichever it
            has
        :param new: the number that comes, if the device is replaced
        :param old_sim, new_sim: likewise for the SIM card
        :param document: the record, such as a service ticket, under which it was done
        :raise UserError: the file does not have the number that is to go
        """
        self.ensure_one()
        file = self.sudo()
        vals = {}
        if new:
            vals["device_number" if file._is_about_device(old) else "name"] = new
        if new_sim:
            if old_sim and matching.serial_key(old_sim) != matching.serial_key(file.sim_number):
                file._refuse_replacing(old_sim)
            vals["sim_number"] = new_sim
        file.with_context(kehu_cause=Cause("replaced", document, note)).write(vals)

    def _is_about_device(self, number):
        """Tell whether ``number`` is that of the installed device rather than the file's own."""
        key = matching.serial_key(number)
        if not key:
            return self.kind == "plate" or bool(self.device_number)
        if key == matching.serial_key(self.device_number):
            return True
        if key != self.number_key or self.kind == "plate":
            self._refuse_replacing(number)
        return False

    def _refuse_replacing(self, number):
        raise UserError(
            self.env._(
                "%(file)s does not have the number %(number)s: check which device is installed.",
                file=self.name,
                number=number,
            )
        )
