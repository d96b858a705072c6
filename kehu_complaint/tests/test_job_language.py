import re
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import html2plaintext
from odoo.tools.translate import CodeTranslations

from .common import ComplaintCase

ENGLISH = re.compile(r"[A-Za-z]{3,}")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdfg]")
in_file = CodeTranslations.get_python_translations


class Translated(dict):
    """The terms of an addon, with something Chinese for those whose translation is still to come."""

    def get(self, source, default=None):
        return super().get(source) or "译" + "".join(PLACEHOLDER.findall(source))


def translated(terms, module, lang):
    found = in_file(terms, module, lang)
    return Translated(found) if lang == "zh_CN" else found


@tagged("post_install", "-at_install")
class TestJobLanguage(ComplaintCase):
    """A4: what scheduled jobs of ours write is in the language of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.lang = "zh_CN"
        cls.env["res.users"].sudo().search([]).lang = "zh_CN"
        with freeze_time("2025-10-20 02:00:00"):
            cls.complain()

    def run_jobs(self, moment):
        jobs = self.env["ir.cron"].search([])._kehu_filter_ours()
        self.assertGreater(len(jobs), 5)
        with (
            freeze_time(moment),
            patch.object(CodeTranslations, "get_python_translations", translated),
            self.enter_registry_test_mode(),
        ):
            for job in jobs:
                job.method_direct_trigger()

    def test_jobs_write_in_the_language_of_the_company(self):
        models = ("mail.message", "mail.activity", "kehu.deadline.event", "kehu.service.sheet", "kehu.access.review")
        last = {name: max(self.env[name].sudo().search([]).ids, default=0) for name in models}
        self.run_jobs("2025-11-03 06:00:00")
        new = {name: self.env[name].sudo().search([("id", ">", last[name])]) for name in models}
        chinese = {name: records.with_context(lang="zh_CN") for name, records in new.items()}
        ours = chinese["mail.message"].filtered(
            lambda message: (message.model or "").startswith("kehu.") and message.message_type == "notification"
        )
        self.assertIn("kehu.service.sheet", ours.mapped("model"))
        said = [html2plaintext(message.body) for message in ours]
        for value in ours.tracking_value_ids.filtered(lambda value: value.field_id.ttype != "many2one"):
            said += [value.old_value_char, value.new_value_char]
        said += chinese["mail.activity"].mapped("summary")
        said += chinese["kehu.deadline.event"].mapped("name")
        said += chinese["kehu.service.sheet"].mapped("display_name") + chinese["kehu.access.review"].mapped("name")
        self.assertTrue(new["kehu.service.sheet"] and new["kehu.access.review"])
        self.assertFalse([words for words in said if ENGLISH.search(words or "")])
