from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.kehu_archive.tests.common import ArchiveCase


class ComplaintCase(ArchiveCase):
    """The service of a company: two clerks, a supervisor, a director, the general manager; an investigator of the
    works.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.lang = "en_US"  # in which jobs write
        cls.taker = cls.service_user("test_taker", "service_user", "Zhou")
        cls.handler = cls.service_user("test_handler", "service_user", "Feng")
        cls.supervisor = cls.service_user("test_supervisor", "service_supervisor", "Jiang")
        cls.director = cls.service_user("test_service_director", "service_director", "Shen")
        cls.general_manager = cls.service_user("test_general_manager", "kehu_archive.group_general_manager", "Han")
        for group, user in (
            ("kehu_complaint.group_service_supervisor", cls.supervisor),
            ("kehu_complaint.group_service_director", cls.director),
            ("kehu_archive.group_general_manager", cls.general_manager),
        ):
            cls.env.ref(group).user_ids = user
        cls.investigator = new_test_user(cls.env, "test_investigator", "base.group_user", name="Yang")
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Bright Phones",
                "is_company": True,
                "email": "office@bright.example.com",
                "phone": "0755 1234567",
                "user_id": cls.salesman.id,
                "kehu_team_id": cls.unit.id,
            }
        )
        cls.product = cls.env["product.product"].create({"name": "Charger"})
        cls.kind = cls.env.ref("kehu_complaint.complaint_kind_exchange")

    @classmethod
    def service_user(cls, login, group, name):
        """Create a user with a group of complaints, by its short name, or with another one by its external id."""
        return new_test_user(cls.env, login, group if "." in group else f"kehu_complaint.group_{group}", name=name)

    @classmethod
    def complain(cls, user=None, **vals):
        """Take a complaint down as ``user`` (a clerk)."""
        return (
            cls.env["kehu.complaint"]
            .with_user(user or cls.taker)
            .create(
                {
                    "name": "Chargers get hot",
                    "partner_id": cls.customer.id,
                    "kind_id": cls.kind.id,
                    "product_id": cls.product.id,
                    "serial": "SN-001",
                    "description": "<p>Three of ten get hot.</p>",
                    "verification": "verified",
                    "user_id": cls.handler.id,
                    **vals,
                }
            )
        )

    @classmethod
    def bring_to(cls, complaint, state, amount=500.0):
        """Bring a complaint along the usual way to ``state``, each step by whom it belongs to."""
        steps = (
            ("accepted", cls.supervisor, {}, "accept"),
            ("investigating", cls.handler, {"investigator_id": cls.investigator.id}, "investigate"),
            (
                "reviewing",
                cls.investigator,
                {
                    "cause_id": cls.env.ref("kehu_complaint.complaint_cause_quality").id,
                    "course": "A batch of bad coils.",
                    "responsible": "Purchasing",
                    "conclusion": "Ours to answer for.",
                    "remedy": "Exchange them.",
                    "prevention": "Coils are measured on arrival.",
                },
                "report",
            ),
            ("proposal", cls.supervisor, {}, "review"),
            (
                "pending",
                cls.handler,
                {
                    "proposal": "Exchange three chargers.",
                    "compensation_ids": [Command.create({"kind": "repair", "quantity": 3, "amount": amount})],
                },
                "propose",
            ),
            ("approved", cls.supervisor, {}, None),
            ("executing", cls.handler, {"executor_id": cls.handler.id}, "execute"),
            (
                "replied",
                cls.handler,
                {"execution_note": "Sent by courier.", "reply": "<p>Three chargers are on their way.</p>"},
                "reply",
            ),
            ("callback", cls.handler, {"callback_user_id": cls.taker.id}, "call_back"),
            ("closed", cls.taker, {"satisfaction": "4"}, "close"),
        )
        for reached, user, vals, move in steps:
            mine = complaint.with_user(user)
            if vals:
                mine.write(vals)
            if move:
                mine.workflow_move(move)
            else:
                complaint.approval_ids.filtered(lambda approval: approval.state == "pending").with_user(user).approve()
            if reached == state:
                break
        return complaint

    @classmethod
    def approve(cls, complaint, *lines):
        """Bring a complaint to an approved proposal with these compensations, below the amount that
        takes a director.
        """
        cls.bring_to(complaint, "proposal")
        complaint.with_user(cls.handler).write(
            {"proposal": "What we owe them.", "compensation_ids": [Command.create(line) for line in lines]}
        )
        complaint.with_user(cls.handler).workflow_move("propose")
        complaint.approval_ids.filtered(lambda approval: approval.state == "pending").with_user(
            cls.supervisor
        ).approve()
        return complaint
