"""What a company makes its own, for the upgrade to keep; fed to Odoo's shell on the demo company of the last release."""

import base64

from odoo import Command

admin = env.ref("ruida.user_admin", raise_if_not_found=False) or env.ref("base.user_admin")
complaints = env["ir.model"]._get("kehu.complaint")
env["ir.filters"].create({"name": "我的投诉", "model_id": complaints.model, "user_ids": [Command.link(admin.id)]})
env["ir.ui.view"].create(
    {
        "name": "公司自己的列表",
        "model": complaints.model,
        "inherit_id": env.ref("kehu_complaint.kehu_complaint_view_list").id,
        "arch": '<field name="name" position="after"><field name="create_date"/></field>',
    }
)
env["ir.model.fields"].create(
    {"name": "x_shop", "field_description": "门店", "model_id": complaints.id, "ttype": "char", "state": "manual"}
)
env["kehu.complaint"].search([], limit=5).write({"x_shop": "南山店"})
env["kehu.deadline.rule"].search([], order="id", limit=1).write({"amount": 9, "name": "公司的时限"})
env["kehu.approval.rule"].search([("amount_to", ">", 0)], order="id", limit=1).amount_to += 1000
env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").interval_number = 15
env["ir.config_parameter"].set_param("kehu_workflow.a_company_s_own", "1")
env.ref("kehu_complaint.complaint_kind_exchange").with_context(lang="zh_TW").name = "公司的換貨"
env["ir.attachment"].create(
    {
        "name": "合同.txt",
        "datas": base64.b64encode("合同".encode()),
        "res_model": "kehu.archive",
        "res_id": env["kehu.archive"].search([], order="id", limit=1).id,
    }
)
env.cr.commit()
