from stdnum.cn import uscc

from odoo.addons.kehu_confidential.tests.common import TierCase


def credit_code(number):
    """Return a valid unified social credit code that no real company has."""
    code = f"91440300MA5XX{number:04}"
    return code + uscc.calc_check_digit(code)


CODE, OTHER_CODE = credit_code(1), credit_code(2)


class ArchiveCase(TierCase):
    """A clerk, a manager and two salesmen of one company, two of them in a business unit."""

    _clerks = "kehu_archive.group_archive_user"
    _managers = "kehu_archive.group_archive_manager"

    @classmethod
    def file_archive(cls, user=None, **vals):
        """File an archive as ``user`` (the clerk)."""
        return cls.env["kehu.archive"].with_user(user or cls.clerk).create({"name": "Test Customer", **vals})
