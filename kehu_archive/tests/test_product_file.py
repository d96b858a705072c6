from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestProductFile(ArchiveCase):
    """A20: one file for each product, its numbers, warranty and history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.file_archive(name="Ruida")
        cls.customer = cls.archive.partner_id
        cls.file = cls.product(name=" ｓｎ-001 ", product_name="Camera")

    @classmethod
    def product(cls, user=None, **vals):
        return (
            cls.env["kehu.product.file"]
            .with_user(user or cls.clerk)
            .create({"name": "SN-777", "partner_id": cls.customer.id, **vals})
        )

    def test_a_number_has_one_file_in_whatever_spelling(self):
        self.assertEqual(self.file.name, "SN-001")
        for spelling in ("sn-001", "SN–001 ", "ＳＮ－００１", "SN - 001"):
            with self.assertRaises(Exception) as refused, self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.product(name=spelling)
            self.assertIn("kehu_product_file_number_uniq", str(refused.exception))
        self.product(name="粤B·12345", kind="plate")
        with self.assertRaises(Exception), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.product(name="粤b 12345", kind="plate")
        self.product(name="SN-0011")
        other = self.env["res.company"].create({"name": "Other"})
        self.assertTrue(
            self.env["kehu.product.file"].create(
                {"name": "SN-001", "partner_id": self.customer.id, "company_id": other.id}
            )
        )
        for nothing in (" ", "　"):
            with self.assertRaisesRegex(ValidationError, "serial number"):
                self.product(name=nothing)
        with self.assertRaisesRegex(ValidationError, "serial number"):
            self.file.name = " "
        with self.assertRaisesRegex(UserError, "cannot be duplicated"):
            self.file.copy()

    def test_the_warranty_follows_from_the_sale_and_can_be_set(self):
        file = self.product(date_sold="2026-01-31", warranty_months=13)
        self.assertEqual(file.date_warranty_end, date(2027, 2, 28))
        with Form(file) as form:
            form.warranty_months = 24
            self.assertEqual(form.date_warranty_end, date(2028, 1, 31))
            form.date_warranty_end = "2030-01-01"
        self.assertEqual(file.date_warranty_end, date(2030, 1, 1))
        given = self.product(name="SN-778", date_warranty_end="2026-06-30")
        self.assertEqual(given.date_warranty_end, date(2026, 6, 30))
        files = self.env["kehu.product.file"].search([("partner_id", "=", self.customer.id)])
        for today, covered in (("2026-06-30", file + given), ("2026-07-01", file), ("2030-01-02", file.browse())):
            with freeze_time(today):
                files.invalidate_recordset(["is_in_warranty"])
                domain = [("id", "in", files.ids)]
                self.assertEqual(file.search([*domain, ("is_in_warranty", "=", True)]), files & covered)
                self.assertEqual(file.search([*domain, ("is_in_warranty", "!=", True)]), files - covered)
                self.assertEqual(file.search([*domain, ("is_in_warranty", "=", False)]), files - covered)
                self.assertEqual(files.filtered("is_in_warranty"), files & covered)

    def test_a_change_by_hand_leaves_history(self):
        self.file.write({"note": "Box is dented", "product_name": "Dome camera", "name": "sn-001"})
        self.assertFalse(self.file.history_ids)
        other = self.file_archive(name="Other").partner_id
        files = self.file + self.product(sim_number="8986")
        files.write({"sim_number": "8987", "partner_id": other.id})
        self.assertEqual(len(files.history_ids), 2)
        event = self.file.history_ids
        self.assertEqual(
            (event.what, event.user_id, event.old_sim, event.new_sim, event.old_partner_id, event.new_partner_id),
            ("changed", self.clerk, False, "8987", self.customer, other),
        )
        self.file.with_context(kehu_cause=["replaced", None, "Forged"], tracking_disable=True).name = "SN-009"
        self.file.invalidate_recordset(["history_ids"])
        event = self.file.history_ids[0]
        self.assertEqual(
            (event.what, event.old_number, event.new_number, event.note), ("changed", "SN-001", "SN-009", False)
        )

    def test_a_replaced_device_stays_findable_by_its_old_numbers(self):
        car = self.product(name="粤B·54321", kind="plate", device_number="gps-1", sim_number="8986001")
        self.file._replace_device(old="sn-001", new="sn-002", document=self.archive, note="Broken lens")
        car._replace_device(old="GPS-1", new="gps-2", old_sim="8986001", new_sim="8986002", document=self.archive)
        self.assertEqual(
            (self.file.name, car.name, car.device_number, car.sim_number), ("SN-002", "粤B·54321", "GPS-2", "8986002")
        )
        event = self.file.history_ids
        self.assertEqual(
            (event.what, event.old_number, event.new_number, event.note, event.res_model, event.res_id),
            ("replaced", "SN-001", "SN-002", "Broken lens", "kehu.archive", self.archive.id),
        )
        self.assertEqual(event.action_open_document()["res_id"], self.archive.id)
        files = self.env["kehu.product.file"].with_user(self.employee)
        for typed, file in (
            ("sn-001", self.file),
            ("SN–002", self.file),
            ("gps-1", car),
            ("8986001", car),
            ("粤b54321", car),
        ):
            self.assertEqual([found[0] for found in files.name_search(typed)], file.ids, typed)
        with self.assertRaisesRegex(UserError, "SN-001"):
            self.file._replace_device(old="SN-001", new="SN-003")
        with self.assertRaisesRegex(UserError, "8986001"):
            car._replace_device(old_sim="8986001", new_sim="8986003")
        car._replace_device(new="GPS-3")
        self.assertEqual(car.device_number, "GPS-3")

    def test_an_archive_is_found_by_the_serial_number_of_a_product(self):
        self.file._replace_device(old="sn-001", new="sn-002")
        archives = self.env["kehu.archive"].with_user(self.employee)
        for typed in ("SN-001", "sn–002"):
            self.assertEqual([found[0] for found in archives.name_search(typed)], self.archive.ids)
            self.assertEqual(archives.search([("kehu_product_file_ids", "ilike", typed)]), self.archive)
        self.assertFalse(archives.name_search("SN-999"))
        self.file.sudo().kehu_own_tier = "2"
        self.assertFalse(archives.name_search("SN-002"))
        self.assertFalse(archives.search([("kehu_product_file_ids", "ilike", "SN-002")]))
        self.assertTrue(archives.with_user(self.cleared).name_search("SN-002"))

    def test_history_cannot_be_forged_changed_or_deleted(self):
        self.file._record_event("service", self.archive, note="Cleaned")
        event = self.file.history_ids
        vals = {"file_id": self.file.id, "what": "note", "note": "Never sold"}
        for user in (self.employee, self.clerk, self.manager):
            events, file = event.with_user(user), self.file.with_user(user)
            for attack in (
                lambda events=events: events.create(vals),
                lambda events=events: events.write({"note": "Nothing"}),
                lambda events=events: events.unlink(),
                lambda file=file: file.write({"history_ids": [Command.create(vals)]}),
                lambda file=file: file.write({"history_ids": [Command.update(event.id, {"note": "Nothing"})]}),
                lambda file=file: file.write({"history_ids": [Command.delete(event.id)]}),
            ):
                with (
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                    mute_logger("odoo.addons.base.models.ir_model"),
                ):
                    attack()
                self.env.invalidate_all()
        for never in (lambda: event.sudo().write({"note": "Nothing"}), lambda: event.sudo().unlink()):
            with self.assertRaisesRegex(UserError, "history of a product"), self.env.cr.savepoint():
                never()
        self.assertEqual(event.note, "Cleaned")

    def test_who_keeps_the_files(self):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.product(self.employee, name="SN-1")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.file.with_user(self.employee).write({"sim_number": "1"})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.file.unlink()
        self.assertEqual(self.file.with_user(self.employee).read(["name"])[0]["name"], "SN-001")
        self.file.sim_number = "8986"
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.file.with_user(self.manager).unlink()
        self.product().with_user(self.manager).unlink()

    def test_it_is_as_confidential_as_its_customer_or_more(self):
        self.customer.sudo().kehu_tier = "2"
        self.file._record_event("service", note="Secret note")
        self.env.flush_all()
        self.env.invalidate_all()
        for record in (self.file, self.file.history_ids):
            self.assertTrue(record.with_user(self.cleared).has_access("read"))
            for user in (self.employee, self.manager):
                records = record.with_user(user)
                self.assertFalse(records.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError) as refused:
                    records.read(["display_name", "company_id"] if record == self.file else ["note"])
                self.assertNotIn("Secret", str(refused.exception))
        with self.assertRaises(AccessError):
            self.product(self.manager, name="SN-5")
        with self.assertRaises(AccessError):
            self.file.with_user(self.manager).name = "SN-6"
        ordinary = self.product(self.cleared, name="SN-8", partner_id=self.env.company.partner_id.id)
        ordinary.kehu_own_tier = "2"
        self.assertFalse(ordinary.with_user(self.clerk).has_access("read"))
        with self.assertRaises(AccessError):
            self.product(name="SN-9", partner_id=self.env.company.partner_id.id, kehu_own_tier="3")

    def test_merged_into_stricter_customer_is_no_laxer(self):
        plain = self.env["res.partner"].create({"name": "Plain", "is_company": True})
        secret = self.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "3"})
        file = self.product(partner_id=plain.id)
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((plain + secret).ids, secret)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            (file.sudo().partner_id, file.sudo().commercial_partner_id, file.sudo().kehu_tier), (secret, secret, "3")
        )

    def test_history_does_not_tell_a_hidden_former_customer(self):
        secret = self.file_archive(self.officer, name="Secret", kehu_tier="3", kehu_team_id=False).partner_id
        file = self.product(self.officer, partner_id=secret.id)
        file.partner_id = self.customer
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(len(file.history_ids), 1)
        self.env.invalidate_all()
        mine = file.with_user(self.clerk)
        self.assertTrue(mine.has_access("read"))
        self.assertFalse(mine.history_ids)
        values = mine.sudo().message_ids.tracking_value_ids.read(["old_value_char", "new_value_char"])
        self.assertNotIn("Secret", str(mine.message_ids.mapped("body")) + str(values))

    def test_other_companys_files_stay_there(self):
        company = self.env["res.company"].create({"name": "Other"})
        file = self.env["kehu.product.file"].create(
            {"name": "SN-X", "partner_id": self.customer.id, "company_id": company.id}
        )
        file._record_event("note")
        self.assertFalse(file.with_user(self.clerk).search([("id", "=", file.id)]))
        self.assertFalse(file.history_ids.with_user(self.clerk).search([("file_id", "=", file.id)]))
        stranger = new_test_user(
            self.env, "test_stranger", "kehu_archive.group_archive_user", company_id=company.id, company_ids=company.ids
        )
        self.assertTrue(file.with_user(stranger).has_access("write"))

    def test_the_list_of_products_is_imported(self):
        header = ["name", "kind", "product_name", "partner_id", "sim_number", "date_sold", "warranty_months"]
        rows = [
            [f"sn{number}", "Serial number", "Camera", "Ruida", f"{number}", "2026-01-01", "12"] for number in range(30)
        ]
        files = self.env["kehu.product.file"].with_user(self.clerk)
        result = files.load(header, rows)
        self.assertFalse(result["messages"])
        self.assertEqual(set(files.browse(result["ids"]).mapped("date_warranty_end")), {date(2027, 1, 1)})
        with mute_logger("odoo.sql_db"):
            again = files.load(header, rows[:1])
        self.assertIn("already has a product file", again["messages"][0]["message"])

    def test_counted_at_once_for_all_customers(self):
        others = self.env["res.partner"].create([{"name": f"C{number}", "is_company": True} for number in range(20)])
        contact = self.env["res.partner"].create({"name": "Person", "parent_id": others[0].id})
        self.env["kehu.product.file"].create(
            [{"name": f"N-{number}", "partner_id": partner.id} for number, partner in enumerate(others + contact)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        partners = (others + contact).with_user(self.clerk)
        partners.mapped("commercial_partner_id.name")
        self.env.user.kehu_clearance
        partners[0].kehu_product_file_count
        partners.invalidate_recordset(["kehu_product_file_count"])
        with self.assertQueryCount(1):
            counts = partners.mapped("kehu_product_file_count")
        self.assertEqual(counts, [2, *[1] * 19, 2])
        self.assertEqual(self.archive.kehu_product_file_count, 1)
        self.file.sudo().kehu_own_tier = "2"
        self.env.invalidate_all()
        archive = self.archive.with_user(self.employee)
        self.assertEqual(archive.kehu_product_file_count, 0)
        self.assertFalse(
            self.env["kehu.product.file"].with_user(self.employee).search(archive.action_open_product_files()["domain"])
        )

    def test_a_change_of_many_costs_what_one_costs(self):
        files = self.env["kehu.product.file"].create(
            [{"name": f"Q-{number}", "partner_id": self.customer.id} for number in range(41)]
        )
        one, many = files[:1].with_user(self.clerk), files[1:].with_user(self.clerk)
        counts = []
        for batch in (one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.write({"sim_number": "8986"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(many.history_ids), 40)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    def test_nobody_is_served_first_until_customers_are_graded(self):
        partners = self.customer + self.env.company.partner_id
        self.assertEqual(partners._kehu_service_priority(), dict.fromkeys(partners.ids, 0))
