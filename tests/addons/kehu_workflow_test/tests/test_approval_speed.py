from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalSpeed(ApprovalCommon):
    def test_queries_do_not_grow(self):
        counts = {}
        for size in (1, 1, 20, 100):
            cases = self.create_cases(size, manager_id=self.manager.id).with_user(self.clerk)
            self.env.flush_all()
            cases.invalidate_recordset()
            before = self.env.cr.sql_log_count
            cases._approval_ask("filing")
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
        self.assertEqual(counts[20], counts[1])
        self.assertEqual(counts[100], counts[1])
        self.assertLessEqual(counts[100], 20)

    def test_list_of_80(self):
        self.create_cases(80, manager_id=self.manager.id).with_user(self.clerk).workflow_move("submit")
        self.env.flush_all()
        self.env.invalidate_all()
        columns = dict.fromkeys(["document_name", "kind_label", "date", "state"], {}) | {
            "requester_id": {"fields": {"display_name": {}}},
            "step_id": {"fields": {"display_name": {}}},
        }
        Approval = self.env["kehu.approval"].with_user(self.manager)
        Approval.web_search_read([("is_mine", "=", True)], columns, limit=1)
        self.env.invalidate_all()
        # Ten, and what the record rules of other installed addons look up.
        with self.assertQueryCount(13):
            result = Approval.web_search_read([("is_mine", "=", True)], columns, limit=80)
        self.assertEqual(len(result["records"]), 80)
