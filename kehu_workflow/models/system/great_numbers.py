from contextlib import contextmanager

from psycopg2.errors import NumericValueOutOfRange

from odoo import models
from odoo.exceptions import ValidationError

from .linked_rows import as_ids


class Base(models.AbstractModel):
    """A number or an id that no column of the database takes is refused in words. An id in the guise of a text or a
    fraction is the id from the beginning: the database takes it, and checks of the new record would see none.
    """

    _inherit = "base"

    def _create(self, data_list):
        for data in data_list:
            for name, value in data["stored"].items():
                if isinstance(value, (str, float)) and self._fields[name].type == "many2one" and as_ids(value):
                    data["stored"][name] = min(as_ids(value))
        with self._kehu_explaining_numbers():
            return super()._create(data_list)

    def _write_multi(self, vals_list):
        with self._kehu_explaining_numbers():
            return super()._write_multi(vals_list)

    @contextmanager
    def _kehu_explaining_numbers(self):
        try:
            yield
        except NumericValueOutOfRange:
            # The language has been in the cache since the first call: the failed transaction is asked for nothing.
            raise ValidationError(self.env._("A number is too large to be saved. Enter a smaller one.")) from None
