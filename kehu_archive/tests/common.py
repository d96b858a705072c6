from stdnum.cn import uscc

from odoo.tests import TransactionCase, new_test_user


def credit_code(number):
    """Return a valid unified social credit code that no real company has."""
    code = f"91440300MA5XX{number:04}"
    return code + uscc.calc_check_digit(code)


CODE, OTHER_CODE = credit_code(1), credit_code(2)


class ArchiveCase(TransactionCase):
    """A clerk, a manager and two salesmen of one company, two of them in a business unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.env.company.country_id = cls.env.ref("base.cn")
        user = "kehu_archive.group_archive_user"
        cls.clerk = new_test_user(cls.env, "test_clerk", user, name="Li Min")
        cls.manager = new_test_user(cls.env, "test_manager", "kehu_archive.group_archive_manager", name="Wang")
        cls.leader = new_test_user(cls.env, "test_leader", user, name="Chen")
        cls.salesman = new_test_user(cls.env, "test_salesman", user, name="Sun")
        cls.employee = new_test_user(cls.env, "test_employee", "base.group_user,base.group_allow_export", name="He")
        cls.cleared = new_test_user(
            cls.env, "test_cleared", f"{user},kehu_archive.group_clearance_confidential", name="Wu")
        cls.officer = new_test_user(
            cls.env, "test_officer",
            f"{user},kehu_archive.group_clearance_top_secret,kehu_archive.group_tier_officer", name="Qian")
        cls.unit = cls.env["crm.team"].create({
            "name": "Consumer Electronics", "user_id": cls.leader.id,
            "member_ids": [(4, cls.salesman.id)],
        })

    @classmethod
    def file_archive(cls, user=None, **vals):
        """File an archive as ``user`` (the clerk)."""
        return cls.env["kehu.archive"].with_user(user or cls.clerk).create({"name": "Test Customer", **vals})
