from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .deadline_common import DeadlineCommon

SHOWN = """
(async () => {
    const texts = () => [...document.querySelectorAll(".o_kehu_deadline")].map((badge) => badge.className + " " + badge.title);
    const until = async (what, check) => {
        for (let tries = 0; tries < 600; tries++) {
            if (check()) { return; }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error(`not shown: ${what}: ${texts().join(" | ")}`);
    };
    const shows = (colour, words) => texts().some((text) => text.includes(colour) && text.includes(words));
    await until("a late clock", () => shows("text-bg-danger", "Answer a Memo: due"));
    await until("how late, in hours", () => document.querySelector(".o_kehu_deadline").textContent.includes("47 hours ago"));
    await until("a paused clock", () => shows("text-bg-secondary", "paused. waiting for the maker"));
    [...document.querySelectorAll(".o_data_row td[name=name]")].find((cell) => cell.textContent.includes("Paused")).click();
    await until("the form", () => document.querySelector(".o_form_view .o_kehu_deadline"));
    await until("why it is paused", () => document.querySelector(".o_kehu_deadline").textContent.includes("waiting for the maker"));
    document.querySelector(".o_kehu_deadline").click();
    await until("the clock itself", () => document.querySelector(".o_form_view button[name=action_resume]"));
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestDeadlineWidget(DeadlineCommon, HttpCase):
    """A record shows its clocks: how long is left, and why one stands still (C7)."""

    def test_clocks_are_shown_in_list_and_form(self):
        anchor = self.env["ir.model.fields"]._get("kehu.test.memo", "date_from")
        self.create_rule(
            "kehu.test.memo",
            [],
            name="Answer a Memo",
            start_field_id=anchor.id,
            stop_domain="[('is_done', '=', True)]",
            pause_domain="[]",
            amount=1,
            unit="hours",
            warning_amount=0,
        )
        self.env["kehu.test.memo"].search([]).unlink()
        now = fields.Datetime.now()
        late, paused = self.env["kehu.test.memo"].create(
            [{"name": "Late", "date_from": now - timedelta(days=2)}, {"name": "Paused", "date_from": now}]
        )
        self.clocks(paused).with_user(self.boss).action_pause("waiting for the maker")
        self.assertEqual((late + paused).mapped("deadline_state"), ["late", "paused"])
        self.boss.lang = self.env["res.lang"]._activate_lang("en_US").code
        self.browser_js(
            "/odoo/test-memos",
            SHOWN,
            ready="!!document.querySelector('.o_kehu_deadline')",
            login="clock_boss",
            timeout=300,
        )
