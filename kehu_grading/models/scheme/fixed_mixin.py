from odoo import models
from odoo.exceptions import UserError


class FixedMixin(models.AbstractModel):
    """What decisions refer to keeps its meaning: history says what it said, in every language, superuser mode or not
    (G2, G3).
    """

    _name = "kehu.fixed.mixin"
    _description = "Referred to by Decisions"

    _fixed_fields = ()

    # === CRUD ===

    def write(self, vals):
        if names := [name for name in self._fixed_fields if name in vals]:
            self.filtered(
                lambda record: any(
                    record[name]
                    != record._fields[name].convert_to_record(
                        record._fields[name].convert_to_cache(vals[name], record), record
                    )
                    for name in names
                )
            )._check_not_fixed()
        return super().write(vals)

    # === BUSINESS ===

    def _check_not_fixed(self):
        """Refuse changes of what decisions refer to.

        :raise UserError: decisions refer to one of these
        """
        if fixed := self and self._filter_fixed():
            raise UserError(
                self.env._(
                    "Decisions refer to “%s”: it stays as it is. Archive it, and add another one.",
                    fixed[0].display_name,
                )
            )

    def _filter_fixed(self):
        """Return those of ``self`` to which decisions refer (hook)."""
        return self.browse()
