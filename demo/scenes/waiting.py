"""Something waits for each who approves: archives for the leaders of two units, a large compensation for the general
manager, special terms for finance; and each who sells has a quotation.
"""

from odoo.fields import Command

from .complaints_past import PAST, lead

LARGE = (40, 5, "整批模块返修，要求承担返修费用", "quality", "propose", "exchange", 26000)


def play(stage):
    _archives(stage)
    number = len(PAST) + 1
    place, days, *rest = LARGE
    lead(stage, number, place, stage.ago(days=days), *rest)
    stage.approve(stage[f"complaint_past_{number}"], "service", "director")
    for place, login, approvers in ((1, "sales1", ()), (16, "sales2", ("finance", "director"))):
        terms = stage.as_user(login)["kehu.special.terms"].create(
            {
                "name": "年度返利",
                "partner_id": stage[f"market_{place}"].partner_id.id,
                "content": "全年进货满一百万元，返利百分之二，次年一月以货抵付。",
            }
        )
        terms.workflow_move("submit")
        stage.approve(terms, *approvers)
    _quotations(stage)


def _quotations(stage):
    stage.env["sale.order"].create(
        [
            {
                "partner_id": stage[f"market_{place}"].partner_id.id,
                "user_id": stage[f"user_{login}"].id,
                "order_line": [
                    Command.create({"product_id": stage["product_camera"].id, "product_uom_qty": 10 * place})
                ],
            }
            for place, login in enumerate(("director", "bu1", "bu2", "bu3", "sales1", "sales2", "sales3"), 1)
        ]
    )


def _archives(stage):
    archives = stage.env["kehu.archive"].search(
        [("name", "in", ("深圳云栖智联科技有限公司", "无锡精锐传感技术有限公司"))]
    )
    archives.write({"legal_representative": "周慧敏"})
    archives.with_env(stage.as_user("clerk")).workflow_move("submit")
