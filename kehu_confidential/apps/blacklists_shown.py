"""For whom a customer is hidden, the customer's addresses and numbers are on no blacklist, wherever apps say so (X3)."""

import re
from functools import wraps

from ..models.messages.blacklists import LISTED

# The tables of the lists in the statistics of mailing lists.
_JOINED = {"bl": "mail.blacklist", "bl_sms": "phone.blacklist"}


def find_listed_for_reader(method):
    """Find by whether a number is on the list on which the reader would see it."""

    @wraps(method)
    def found(self, operator, value):
        return self._kehu_listed_domain("phone_sanitized_blacklisted", operator, method(self, operator, value))

    return found


def count_listed_for_reader(method):
    """Count who of a mailing list is on a blacklist as the reader sees it, each once."""

    @wraps(method)
    def joined(self):
        def narrowed(match):
            entries = self.env[_JOINED[match[1]]]
            hidden = ", ".join(map(str, entries._kehu_hidden_entries().ids)) or "0"
            return (
                f"{match[0]} AND {match[1]}.id IN (SELECT MIN(id) FROM {entries._table} "
                f"WHERE active AND id NOT IN ({hidden}) GROUP BY {LISTED[entries._name][0]})"
            )

        return re.sub(rf"\b({'|'.join(_JOINED)})\.active\b", narrowed, method(self))

    return joined
