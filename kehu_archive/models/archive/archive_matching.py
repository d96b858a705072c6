from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ... import matching

# What identifies a customer, strongest first: key stored on the archive, field of the card, how to make the one of the
# other
KEYS = {
    "code_key": ("vat", matching.code_key),
    "name_key": ("name", matching.name_key),
    "phone_key": ("phone", matching.phone_key),
    "email_key": ("email", lambda email: matching.half_width(email).casefold()),
}

SHEET_ROW = "kehu_sheet_row"  # the key of the context under which an import tells rows of the sheet by their index


class Archive(models.Model):
    """Finding a customer again, however it is spelled: duplicates at creation (A21) and search (A17)."""

    _inherit = "kehu.archive"
    _rec_names_search = ("number", "name", "vat")

    code_key = fields.Char(compute="_compute_keys", store=True, precompute=True)
    name_key = fields.Char(compute="_compute_keys", store=True, precompute=True, index=True)
    phone_key = fields.Char(compute="_compute_keys", store=True, precompute=True, index="btree_not_null")
    email_key = fields.Char(compute="_compute_keys", store=True, precompute=True, index="btree_not_null")
    distinct_reason = fields.Char(
        string="Not a Duplicate Because",
        tracking=True,
        help="Why this is another customer than the one that has the same name, phone or e-mail address.",
    )

    _code_uniq = models.UniqueIndex(
        "(code_key) WHERE code_key IS NOT NULL", "There is already an archive with this unified social credit code."
    )

    # === COMPUTE ===

    @api.depends("partner_id.vat", "partner_id.name", "partner_id.phone", "partner_id.email")
    def _compute_keys(self):
        for archive in self:
            archive.update(self._get_keys(archive.partner_id))

    @api.model
    def _search_display_name(self, operator, value):
        """Search by number, name, code or phone, in whatever spelling it was typed (A17)."""
        domain = super()._search_display_name(operator, value)
        if operator in Domain.NEGATIVE_OPERATORS or not isinstance(value, str):
            return domain
        for key in matching.keys_typed(value):
            domain |= Domain(key, operator, KEYS[key][1](value))
        return domain

    # === CRUD ===

    @api.model
    def _convert_records(self, records, **options):
        """Refuse the rows of an import that file a customer of an earlier row again (A21, A24): there is no archive yet
        to name.
        """
        rows = {}
        for dbid, xid, vals, info in super()._convert_records(records, **options):
            if not (dbid or xid) and (message := self._find_earlier_row(vals, info["rows"]["from"], rows)):
                options["log"]({**info, "type": "error", "message": message})
            else:
                yield dbid, xid, vals, info

    # === BUSINESS ===

    @api.model
    def _find_earlier_row(self, vals, row, rows):
        """Say that an earlier row of the file is the same customer; or return nothing.

        :param row: index of this row
        :param rows: ``{(key name, value): index of the first row with it}``, which is completed
        """
        card = self._get_card(self._normalize_card(vals))
        message, sheet_row = "", self.env.context.get(SHEET_ROW)
        for key, value in self._get_keys(card).items():
            if not value or (key != "code_key" and vals.get("distinct_reason")):
                continue
            first = rows.setdefault((key, value), row)
            if first != row and not message:
                message = self.env._(
                    "%(customer)s – %(field)s %(value)s is already in row %(row)s of this file.",
                    customer=card["name"] or "?",
                    field=self._get_card_labels()[KEYS[key][0]],
                    value=card[KEYS[key][0]],
                    row=sheet_row(first) if callable(sheet_row) else first + 1,
                )
                if key != "code_key":
                    message = f"{message} {self._say_distinct()}"
        return message

    @api.model
    def _say_distinct(self):
        return self.env._("If it is another customer, say why in “Not a Duplicate Because”.")

    @api.model
    def _get_final_fields(self):
        return super()._get_final_fields() | KEYS.keys()

    @api.model
    def _get_keys(self, card):
        """Return the key values of a card.

        :param card: mapping from field name to text: values for ``create`` or a record
        """
        return {key: to_key(str(card[field] or "")) or False for key, (field, to_key) in KEYS.items()}

    @api.model
    def _check_duplicates(self, vals_list):
        """Refuse to file a customer twice (A21): the first filed wins.

        The same credit code is always refused. The same name, phone or e-mail address is refused until the user
        says why it is another customer. Only what the caller may read is named or, for phone and e-mail address,
        looked at: nobody can probe hidden customers with numbers.

        :param vals_list: normalized values for ``create``
        :raise ValidationError: naming the customer, what is the same, and the way on
        """
        cards = [self._get_card(vals) for vals in vals_list]
        keys = [self._get_keys(card) for card in cards]
        found = self._find_by_keys(keys, cards)
        in_batch = {}
        for vals, card, card_keys in zip(vals_list, cards, keys):
            partner_id = vals.get("partner_id")
            for key, value in card_keys.items():
                if not value or (key != "code_key" and vals.get("distinct_reason")):
                    continue
                twin = found.get((key, value)) or in_batch.get((key, value))
                if twin and not (partner_id and twin["partner_id"] == partner_id):
                    self._raise_duplicate(card, key, twin)
                in_batch[key, value] = {"label": card["name"], "partner_id": partner_id, "has_archive": True}

    @api.model
    def _get_card(self, vals):
        """Return what ``create(vals)`` will put on the card, for the fields that have a key."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        return {field: vals[field] if field in vals else partner[field] for field, _to_key in KEYS.values()}

    @api.model
    def _find_by_keys(self, keys, cards):
        """Look all keys up at once, in archives and in companies that are contacts without archive, archived ones, too.

        :param keys: list of dicts as from ``_get_keys``
        :param cards: what they were made of
        :return: dict (key name, value) -> dict(label, partner_id, has_archive), label empty if the caller may not read
            it
        """
        wanted = {key: {card[key] for card in keys if card[key]} for key in KEYS}
        found = {}
        # Superuser, because a hidden customer is a duplicate too; what the caller may not read stays unnamed.
        archives = (
            self.sudo()
            .with_context(active_test=False)
            .search(Domain.OR(Domain(key, "in", values) for key, values in wanted.items()), order="id desc")
        )
        partners = (
            self.env["res.partner"].sudo().with_context(active_test=False).search(self._unfiled_domain(wanted, cards))
        )
        readable = set(self.browse(archives.ids)._filtered_access("read").ids)
        readable_partners = set(self.env["res.partner"].browse(partners.ids)._filtered_access("read").ids)
        for partner in partners:
            partner_keys = {**self._get_keys(partner), "registry": matching.code_key(partner.company_registry).upper()}
            partner_keys["code_key"] = matching.code_key(partner.vat).upper().removeprefix("CN")
            for key, value in partner_keys.items():
                is_hidden = partner.id not in readable_partners
                if not value or is_hidden and key in ("phone_key", "email_key"):
                    continue
                found["code_key" if key == "registry" else key, value] = {
                    "label": "" if is_hidden else partner.name,
                    "partner_id": partner.id,
                    "has_archive": False,
                }
        for archive in archives:
            for key in KEYS:
                if key in ("phone_key", "email_key") and archive.id not in readable:
                    continue
                found[key, archive[key]] = {
                    "label": archive.display_name if archive.id in readable else "",
                    "partner_id": archive.partner_id.id,
                    "has_archive": True,
                }
        return found

    @api.model
    def _unfiled_domain(self, wanted, cards):
        """Return the domain of the companies without archive that may be one of these, as lists write them."""
        codes = {spelling for code in wanted["code_key"] for spelling in (code, code.lower(), f"CN{code}")}
        names = {name for card in cards if card["name"] for name in (card["name"], matching.half_width(card["name"]))}
        phones = {card["phone"] for card in cards if card["phone"]}
        return (
            Domain("parent_id", "=", False)
            & Domain("is_company", "=", True)
            & Domain("kehu_archive_ids", "=", False)
            & (
                Domain("vat", "in", list(codes))
                | Domain("company_registry", "in", list(codes))
                | Domain("name", "in", list(names))
                | Domain("phone", "in", list(phones))
                | Domain("email_normalized", "in", list(wanted["email_key"]))
            )
        )

    @api.model
    def _raise_duplicate(self, card, key, twin):
        field = self._get_card_labels()[KEYS[key][0]]
        values = {"customer": card["name"], "field": field, "value": card[KEYS[key][0]], "twin": twin["label"]}
        if not twin["label"]:
            raise ValidationError(
                self.env._(
                    "%(customer)s – %(field)s: this customer cannot be filed by you. Ask the archive office.", **values
                )
            )
        if not twin["has_archive"]:
            message = self.env._(
                "%(customer)s – %(field)s %(value)s already belongs to the contact %(twin)s, which has no archive yet: "
                "open that contact and file it.",
                **values,
            )
            if key != "code_key":
                message = f"{message} {self._say_distinct()}"
            raise ValidationError(message)
        if key == "code_key":
            raise ValidationError(
                self.env._(
                    "%(customer)s – %(field)s %(value)s is already on file as %(twin)s. The first filing counts: "
                    "follow that archive or ask its custodian to share it.",
                    **values,
                )
            )
        raise ValidationError(
            self.env._(
                "%(customer)s – %(field)s %(value)s is already on file as %(twin)s. %(way_out)s",
                **values,
                way_out=self._say_distinct(),
            )
        )
