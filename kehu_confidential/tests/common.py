from odoo.tests import TransactionCase, new_test_user

KEEPERS = "base.group_user,base.group_partner_manager"
CODE = "91440300MA5XX0001Y"


class TierCase(TransactionCase):
    """Two keepers of contacts and two salesmen of one company, two of them in a business unit."""

    _clerks = _managers = KEEPERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.env.company.country_id = cls.env.ref("base.cn")
        user = cls._clerks
        cls.clerk = new_test_user(cls.env, "test_clerk", user, name="Li Min")
        cls.manager = new_test_user(cls.env, "test_manager", cls._managers, name="Wang")
        cls.leader = new_test_user(cls.env, "test_leader", user, name="Chen")
        cls.salesman = new_test_user(cls.env, "test_salesman", user, name="Sun")
        cls.employee = new_test_user(cls.env, "test_employee", "base.group_user,base.group_allow_export", name="He")
        cls.cleared = new_test_user(
            cls.env, "test_cleared", f"{user},kehu_confidential.group_clearance_confidential", name="Wu"
        )
        cls.officer = new_test_user(
            cls.env,
            "test_officer",
            f"{user},kehu_confidential.group_clearance_top_secret,kehu_confidential.group_tier_officer",
            name="Qian",
        )
        cls.unit = cls.env["crm.team"].create(
            {
                "name": "Consumer Electronics",
                "user_id": cls.leader.id,
                "member_ids": [(4, cls.salesman.id)],
            }
        )

    @classmethod
    def file_customer(cls, user=None, **vals):
        """Enter a customer as ``user`` (the clerk), whose salesperson that user is."""
        user = user or cls.clerk
        vals = {"name": "Test Customer", "is_company": True, "user_id": user.id, **vals}
        return cls.env["res.partner"].with_user(user).create(vals)
