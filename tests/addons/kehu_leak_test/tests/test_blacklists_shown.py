from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from .markers import groups_without_clearance

_NUMBERS = ("+86 755 12345678", "+86 755 87654321")
_ADDRESSES = ("marker@example.com", "open@example.com")


@tagged("post_install", "-at_install")
class TestBlacklistsShown(TransactionCase):
    """X3: what apps say of addresses and numbers on a blacklist leaves out those of hidden customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.cn")
        cls.spy = new_test_user(cls.env, "listed_spy", "base.group_user", name="Spy", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        cls.cleared = new_test_user(
            cls.env, "listed_cleared", "base.group_user,kehu_confidential.group_clearance_top_secret", name="Cleared"
        )
        cls.cleared.group_ids += groups_without_clearance(cls.env)
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {address}",
                    "email": address,
                    "phone": number,
                    "country_id": cls.env.ref("base.cn").id,
                }
                for address, number in zip(_ADDRESSES, _NUMBERS, strict=True)
            ]
        )
        cls.env["mail.blacklist"].create([{"email": address} for address in _ADDRESSES])
        cls.env["phone.blacklist"].create([{"number": number} for number in _NUMBERS])
        cls.customers[0].kehu_tier = "2"
        cls.leads = (
            cls.env["crm.lead"]
            .with_user(cls.spy)
            .create(
                [
                    {"name": "Mine", "email_from": address, "phone": number, "country_id": cls.env.ref("base.cn").id}
                    for address, number in zip(_ADDRESSES, _NUMBERS, strict=True)
                ]
            )
        )
        cls.env.flush_all()

    def test_leads_say_nothing_of_hidden_numbers(self):
        names = ("is_blacklisted", "phone_sanitized_blacklisted", "phone_blacklisted")
        for user, told in ((self.spy, [False, True]), (self.cleared, [True, True]), (self.spy, [False, True])):
            leads = self.leads.with_user(user).sudo(False)
            for name in names:
                self.env.invalidate_all()
                self.assertEqual([row[name] for row in leads.read([name])], told, (user.login, name))
        for user, found in ((self.spy, self.leads[1]), (self.cleared, self.leads)):
            leads = self.env["crm.lead"].with_user(user)
            for name in names[:2]:
                mine = [("id", "in", self.leads.ids)]
                self.assertEqual(leads.search([*mine, (name, "=", True)]), found.with_user(user))
                self.assertEqual(leads.search([*mine, (name, "=", False)]), (self.leads - found).with_user(user))

    def test_mailing_list_counts_no_hidden_address(self):
        contacts = [Command.create({"name": address, "email": address}) for address in _ADDRESSES]
        listed = self.env["mailing.list"].with_user(self.spy).create({"name": "L", "contact_ids": contacts})
        self.env["mail.blacklist"].with_user(self.spy).create({"email": _ADDRESSES[0]}).active = False
        self.env.flush_all()
        for user, count in ((self.spy, 1), (self.cleared, 2)):
            statistics = listed.with_user(user)._fetch_contact_statistics()[listed.id]
            self.assertEqual(statistics["contact_count_blacklisted"], count, user.login)
            self.assertEqual(statistics["contact_count_email"], 2 - count)
            self.assertEqual(statistics["contact_count"], 2)

    def test_mailing_still_leaves_out_who_is_listed(self):
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.spy)
            .create(
                {
                    "subject": "x",
                    "body_html": "<p>x</p>",
                    "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "mailing_domain": repr([("id", "in", self.leads.ids)]),
                }
            )
        )
        mailing.action_send_mail()
        traces = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        self.assertEqual(set(traces.mapped("failure_type")), {"mail_bl"})
