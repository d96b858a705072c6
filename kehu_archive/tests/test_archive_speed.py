from odoo.tests import tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveSpeed(ArchiveCase):
    """Queries do not grow with the number of records."""

    def count_queries(self, work, sizes=(1, 20, 100)):
        counts = []
        for size in sizes:
            prepared = work(size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            prepared()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        return counts

    def test_filing(self):
        archives = self.env["kehu.archive"].with_user(self.clerk)
        archives.create({"name": "warm"})

        def work(size):
            vals = [{"name": f"Customer {size}-{i}", "phone": f"0755-{size}{i:05}"} for i in range(size)]
            return lambda: archives.create(vals)

        one, twenty, hundred = self.count_queries(work)
        self.assertLessEqual(hundred - twenty, 3)
        self.assertLessEqual(twenty - one, 6)

    def test_filing_contacts_and_editing_many(self):
        partners = self.env["res.partner"].create([{"name": f"Contact {i}", "is_company": True} for i in range(121)])
        start = iter((0, 1, 21))
        one, twenty, hundred = self.count_queries(
            lambda size: (
                lambda offset=next(start): (
                    partners[offset : offset + size].with_user(self.clerk).action_kehu_file_archives()
                )
            )
        )
        self.assertLessEqual(hundred - twenty, 5)
        archives = partners.kehu_archive_ids.with_user(self.clerk)
        self.assertEqual(archives.kehu_custodian_id, self.clerk)
        start = iter((0, 1, 21))
        one, twenty, hundred = self.count_queries(
            lambda size: (
                lambda offset=next(start): archives[offset : offset + size].write({"city": "Shenzhen", "fax": "0755-1"})
            )
        )
        self.assertLessEqual(hundred - twenty, 5)
        self.assertEqual(set(archives.mapped("city")), {"Shenzhen"})

    def test_list_and_moves(self):
        filed = self.env["kehu.archive"].with_user(self.clerk).create([{"name": f"Customer {i}"} for i in range(121)])
        specification = {name: {} for name in ("number", "name", "vat", "state", "kehu_tier", "city", "workflow_moves")}
        specification["kehu_custodian_id"] = {"fields": {"display_name": {}}}
        one, twenty, hundred = self.count_queries(lambda size: lambda: filed[:size].web_read(specification))
        self.assertLessEqual(hundred, one + 1)
        self.assertLessEqual(hundred, 12)
        start = iter((0, 1, 21))
        one, twenty, hundred = self.count_queries(
            lambda size: (
                lambda offset=next(start): (
                    filed[offset : offset + size].with_user(self.manager).workflow_move("close", "Test")
                )
            )
        )
        self.assertLessEqual(hundred, one + 3)
