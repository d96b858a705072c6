"""A distributor was visited; the committee is to vote on its admission."""

import base64
from pathlib import Path

from odoo.fields import Command

_PAPER = Path(__file__).parent.parent / "paper.pdf"


def play(stage):
    category = stage.create("category_communication", "product.category", name="车载通信与智能终端")
    admission = stage.create(
        "admission_nanfang",
        "kehu.admission",
        partner_id=stage["archive_nanfang"].partner_id.id,
        company_id=stage.company.id,
        user_id=stage["user_sales1"].id,
        region="广州、佛山",
        categ_ids=[Command.set(category.ids)],
        credit_limit=300000,
        reason="在华南有 40 余家二级网点，可补足我司在广州、佛山的渠道空白，承诺首年进货 200 万元。",
        visit_date=stage.day(days=-6),
        visitor_ids=[Command.set(stage.named("user_sales1", "user_bu1").ids)],
        visit_premises="天河区自有写字楼一层，约 600 平方米，展厅 120 平方米。",
        visit_equipment="叉车 2 台、检测台 3 套，进销存系统已用两年。",
        visit_staff="48 人，其中业务 21 人、售后 6 人；管理层稳定。",
        visit_warehouse="白云区仓库 1500 平方米，先进先出，配送车 4 辆。",
        visit_funds="实收资本 1000 万元，银行授信 500 万元，未见逾期。",
        visit_background="2012 年成立，两名自然人股东，无诉讼，无关联企业在我司任职。",
        visit_projects="近两年供货广州公交两个线路的车载终端 1,200 台，验收合格。",
        visit_market="代理同类品牌两个，与我司产品互补，二级网点覆盖珠三角。",
        visit_advice="yes",
        visit_opinion="具备经销条件，建议首年信用额度不超过 30 万元。",
        paper_ids=[],
    )
    paper = base64.b64encode(_PAPER.read_bytes())
    stage.env["kehu.admission.paper"].create(
        [
            {
                "admission_id": admission.id,
                "type_id": stage[f"kehu_grading.admission_paper_type_{kind}"].id,
                "file": paper,
                "file_name": f"{name}.pdf",
                **values,
            }
            for kind, name, values in (
                ("licence", "营业执照", {"date_until": stage.day(years=5), "note": "91440101588006006，已核对原件"}),
                ("tax", "一般纳税人资格证明", {}),
                ("bank", "开户许可证", {}),
                ("representative", "法定代表人身份证", {"date_until": stage.day(years=3)}),
            )
        ]
    )
    admission._move("report")
    admission._move("convene")
