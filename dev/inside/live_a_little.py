"""Fed to Odoo's shell on a database of the last release: leaves behind what a company in business has, for the upgrade to keep."""
from datetime import timedelta

from odoo import Command, fields

people = {user.login: user for user in env["res.users"].search([])}  # noqa: F821  the shell's environment
customers = env["kehu.archive"].search([("state", "=", "preliminary")], order="id", limit=2)  # noqa: F821
waiting, decided = customers
for archive in customers:
    archive.write({
        "legal_representative": "张三", "kehu_custodian_id": people["clerk"].id, "kehu_team_id": env.ref("kehu_archive.team_consumer").id,  # noqa: F821
        "vat": archive.vat or "91440300708461136T"})
    archive.with_user(people["clerk"]).workflow_move("submit")
approval = decided.approval_ids.filtered(lambda approval: approval.state == "pending")
approval.with_user(people["bu1"]).approve("熟悉的客户")
now = fields.Datetime.now()
secret = env["res.partner"].search([("kehu_tier", ">=", "2"), ("parent_id", "=", False)], limit=1)  # noqa: F821
env["kehu.grant"].create({  # noqa: F821
    "user_id": people["sales1"].id, "partner_id": secret.id, "purpose": "投标", "date_from": now, "date_until": now + timedelta(days=5)})
secret.with_user(people["gm"]).read(["name", "phone"])
report = env["kehu.leak.report"].with_user(people["sales1"]).create({  # noqa: F821
    "name": "价格外泄", "what": "价目表", "remedy": "已调价", "supervisor_id": people["bu1"].id,
    "responsible_user_ids": [Command.link(people["sales2"].id)]})
report.workflow_move("report")
# One clock stands still by its rule, in the words of whoever writes it; one by hand.
asked, stopped = env["kehu.complaint"].with_context(lang="zh_CN").create([  # noqa: F821
    {"name": name, "partner_id": customers[0].partner_id.id, "kind_id": env.ref("kehu_complaint.complaint_kind_exchange").id,  # noqa: F821
     "company_id": people["clerk"].company_id.id} for name in ("外箱破损", "外壳发烫")])
asked.waiting_reason = "等待客户提供照片"
stopped.deadline_ids[:1].with_user(people["admin"]).action_pause("等待厂家答复")
env.cr.commit()  # noqa: F821
