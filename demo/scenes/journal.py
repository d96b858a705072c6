"""What was said and sent, in the journals of the customers."""


def play(stage):
    for customer, login, kind, days, summary, note in (
        (
            "hongtu",
            "sales1",
            "call",
            21,
            "黄珊来电询问智能摄像机二季度价格",
            "答复三日内报价；对方希望随样品附检测报告。",
        ),
        ("hongtu", "sales1", "letter", 18, "寄出报价单和检测报告", False),
        ("suyuan", "sales2", "meeting", 12, "运动控制器技术评审会", "许峰主持；同意试用两个月，试用报告由我方整理。"),
        ("yuexing", "sales3", "contract", 6, "年度框架合同第二稿当面交给邓颖", False),
        ("nanfang", "clerk", "fax", 1, "收到盖章的分销意向书传真", False),
    ):
        stage.env["kehu.archive.journal"].create(
            {
                "partner_id": stage[f"archive_{customer}"].partner_id.id,
                "company_id": stage.company.id,
                "user_id": stage[f"user_{login}"].id,
                "kind_id": stage[f"kehu_archive.journal_kind_{kind}"].id,
                "date": stage.ago(days=days),
                "summary": summary,
                "note": note,
            }
        )
