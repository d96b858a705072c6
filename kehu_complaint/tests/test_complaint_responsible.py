from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestComplaintResponsible(AccusationCase):
    """C4, C8, C13: responsible units and employees are records; who is responsible takes no part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.works = cls.env["crm.team"].create({"name": "Works"})
        cls.worker = new_test_user(
            cls.env, "test_worker", "base.group_user,kehu_complaint.group_service_user", name="Wu"
        )
        cls.other_worker = new_test_user(cls.env, "test_other_worker", "base.group_user", name="Xu")

    def investigated(self, **vals):
        complaint = self.bring_to(self.complain(**vals), "investigating")
        return complaint.with_user(self.investigator)

    # === WHO IS RESPONSIBLE IS COMPLAINED ABOUT ===

    def test_responsible_employee_takes_no_part(self):
        complaint = self.investigated()
        self.assertTrue(complaint.with_user(self.worker).has_access("read"))
        self.env.cr.precommit.run()
        complaint.responsible_user_ids = self.worker
        known = complaint.sudo()
        self.assertEqual((known.responsible_user_ids, known.accused_user_ids), (self.worker, self.worker))
        self.assertFalse(complaint.with_user(self.worker).has_access("read"))
        with self.assertRaisesRegex(UserError, "takes part in what concerns"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).executor_id = self.worker
        rows = self.env["kehu.complaint.report"].with_user(self.worker)
        self.assertFalse(rows.search([("complaint_id", "=", complaint.id)]))
        self.env.cr.precommit.run()
        self.assertTrue(known.message_ids.tracking_value_ids.filtered(lambda value: value.new_value_char == "Wu"))

    def test_responsible_handler_is_put_to_superior(self):
        complaint = self.investigated()
        complaint.responsible_user_ids = self.handler | self.worker
        known, accusation = complaint.sudo(), complaint.sudo().accusation_ids
        self.assertEqual((known.responsible_user_ids, known.accused_user_ids), (self.worker, self.worker))
        self.assertEqual(known.conflicted_user_ids, self.handler | self.worker)
        self.assertEqual(accusation.responsible_user_ids, self.handler)
        self.assertEqual(
            (accusation.state, accusation.user_id, accusation.reason),
            ("proposed", self.investigator, "Responsible by the investigation."),
        )
        self.assertEqual(complaint.responsible_waiting, self.handler.name, "who proposed it reads that it waits")
        self.assertFalse(complaint.with_user(self.taker).responsible_waiting)
        self.assertFalse(complaint.with_user(self.taker).env["kehu.complaint.accusation"].search([]))
        accusation.with_user(self.supervisor).workflow_move("confirm", "So it was.")
        self.assertEqual(known.responsible_user_ids, self.handler | self.worker)
        self.assertEqual(known.accused_user_ids, self.handler | self.worker)

    def test_rejected_accusation_leaves_nobody_responsible(self):
        complaint = self.investigated()
        complaint.responsible_user_ids = self.handler
        complaint.sudo().accusation_ids.with_user(self.supervisor).workflow_move("reject", "The carrier did it.")
        self.assertFalse(complaint.sudo().responsible_user_ids | complaint.sudo().conflicted_user_ids)
        with self.assertRaisesRegex(UserError, "rejected"), self.env.cr.savepoint():
            complaint.responsible_user_ids = self.handler

    def test_investigator_does_not_name_themselves(self):
        with self.assertRaisesRegex(UserError, "let a colleague do it"):
            self.investigated().responsible_user_ids = self.investigator

    def test_nobody_pardons_whom_the_report_names(self):
        complaint = self.investigated()
        complaint.responsible_user_ids = self.worker
        pardon = {"accused_user_ids": [Command.clear()], "accusation_reason": "A mistake."}
        for user in (self.director, self.general_manager):
            with self.assertRaisesRegex(UserError, "responsible, and so complained about: Wu"), self.env.cr.savepoint():
                complaint.with_user(user).write(pardon)
        complaint.responsible_user_ids = False
        complaint.with_user(self.director).write(pardon)
        self.assertFalse(complaint.sudo().accused_user_ids)

    # === WHO SETS IT, AND WHEN ===

    def test_only_the_investigator_says_who_is_responsible(self):
        complaint = self.investigated()
        for vals in ({"responsible_user_ids": [Command.link(self.worker.id)]}, {"responsible_team_id": self.works.id}):
            for user in (self.handler, self.supervisor, self.director):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    complaint.with_user(user).write(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.complain(responsible_user_ids=[Command.link(self.worker.id)])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["kehu.complaint"].with_user(self.taker).with_context(
                default_responsible_user_ids=self.worker.ids
            ).create({"name": "x"})
        self.assertFalse(complaint.sudo().accused_user_ids)

    def test_responsible_stays_once_the_report_is_in(self):
        complaint = self.investigated()
        complaint.write({"responsible_user_ids": [Command.link(self.worker.id)], "responsible_team_id": self.works.id})
        self.bring_to_end(complaint)
        for vals in (
            {"responsible_user_ids": [Command.clear()]},
            {"responsible_user_ids": [Command.link(self.other_worker.id)]},
            {"responsible_team_id": self.unit.id},
        ):
            for user in (self.investigator, self.supervisor):
                with self.assertRaisesRegex(UserError, "stays as it is"), self.env.cr.savepoint():
                    complaint.with_user(user).write(vals)
        with self.assertRaisesRegex(UserError, "stays as it is"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).handling_team_id = self.unit
        self.assertEqual(complaint.sudo().accused_user_ids, self.worker)

    def bring_to_end(self, complaint):
        complaint.write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                "course": "A",
                "conclusion": "B",
                "remedy": "C",
                "prevention": "D",
            }
        )
        complaint.workflow_move("report")
        complaint.with_user(self.supervisor).workflow_move("review")
        complaint.with_user(self.supervisor).workflow_move("drop", "Settled by telephone.")

    def test_report_names_somebody(self):
        complaint = self.investigated()
        complaint.write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                "course": "A",
                "conclusion": "B",
                "remedy": "C",
                "prevention": "D",
            }
        )
        with self.assertRaisesRegex(UserError, "Say who is responsible"), self.env.cr.savepoint():
            complaint.workflow_move("report")
        complaint.responsible_team_id = self.works
        complaint.workflow_move("report")
        self.assertEqual(complaint.state, "reviewing")

    def test_investigator_accuses_nobody_beside_the_report(self):
        complaint = self.investigated()
        for shape in (
            {"accused_user_ids": [[4, self.other_worker.id]]},
            {"accused_user_ids": [[6, 0, [self.other_worker.id]]], "responsible_user_ids": [[4, self.worker.id]]},
            {"accused_team_ids": [[4, self.unit.id]], "responsible_user_ids": [[4, self.worker.id]]},
        ):
            with self.assertRaisesRegex(AccessError, "the service's to write"), self.env.cr.savepoint():
                complaint.web_save(shape, {"id": {}})
        for shape in ([[4, self.supervisor.id]], [[6, 0, [self.supervisor.id]]], [self.supervisor.id]):
            complaint.write({"responsible_user_ids": shape})
            self.assertFalse(complaint.sudo().responsible_user_ids, "a supervisor is put to a superior")
            accusation = complaint.sudo().accusation_ids.filtered(lambda row: row.state == "proposed")
            self.assertEqual(accusation.decider_ids, self.director)
            accusation.with_user(self.investigator).workflow_move("withdraw", "Once more.")

    # === FIGURES ===

    def test_figures_go_by_who_was_responsible(self):
        with freeze_time("2025-10-13 03:00:00"):
            complaint = self.investigated()
            complaint.write(
                {
                    "responsible_user_ids": [Command.set((self.worker | self.other_worker).ids)],
                    "responsible_team_id": self.works.id,
                }
            )
            complaint.with_user(self.supervisor).handling_team_id = self.unit
            outside = self.investigated(name="Came late", serial="SN-002")
            outside.responsible = "The carrier"
        rows = [("complaint_id", "in", (complaint | outside).ids)]
        Report = self.env["kehu.complaint.report"].with_user(self.director)
        self.assertEqual(
            dict(Report._read_group(rows, ["responsible_user_ids"], ["complaint_count:sum"])),
            {self.worker: 1, self.other_worker: 1, self.env["res.users"]: 1},
        )
        self.assertEqual(
            dict(Report._read_group(rows, ["responsible_team_id"], ["complaint_count:sum"])),
            {self.works: 1, self.env["crm.team"]: 1},
        )
        sheet = self.env["kehu.service.sheet"].create(
            {
                "company_id": self.env.company.id,
                "period": "month",
                "date_from": "2025-10-01",
                "date_to": "2025-10-31",
            }
        )
        sheet._build()
        lines = {
            dimension: sorted(sheet.line_ids.filtered(lambda line, by=dimension: line.dimension == by).mapped("name"))
            for dimension in ("team", "user", "handling")
        }
        self.assertEqual(
            lines, {"team": ["None", "Works"], "user": ["None", "Wu, Xu"], "handling": [self.unit.name, "None"]}
        )
        for line in sheet.with_user(self.director).line_ids.filtered(lambda line: line.dimension == "user"):
            self.assertEqual(line.count, 1, "a cost counts once, whoever shares it")

    def test_handling_unit_is_that_of_the_handler(self):
        desk = self.env["kehu.service.desk"].create({"name": "Desk", "team_id": self.works.id})
        self.assertEqual(self.complain(user_id=False, desk_id=desk.id).handling_team_id, self.works)
        self.env["crm.team.member"].create({"crm_team_id": self.unit.id, "user_id": self.handler.id})
        complaint = self.complain(desk_id=desk.id)
        self.assertEqual(complaint.handling_team_id, self.unit)
        complaint.with_user(self.supervisor).accused_user_ids = self.handler
        self.assertEqual((complaint.user_id.ids, complaint.handling_team_id), ([], self.unit), "who handled it")
