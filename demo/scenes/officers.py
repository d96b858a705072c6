"""What the confidentiality officers have before them: a leak that was reported, a tier to be lowered, last half-year's
access review, a grant that lives and one that has ended.
"""

from datetime import timedelta


def play(stage):
    _review(stage)
    _grant(stage)
    _leak(stage)
    lowering = stage.name(
        "lowering",
        stage.acting("clerk")["kehu.tier.lowering"].create(
            {
                "partner_id": stage["market_1"].partner_id.id,
                "tier": "0",
                "reason": "框架合同已经公开中标，内容不再需要限制。",
            }
        ),
    )
    lowering._move("submit")


def _review(stage):
    half = stage.day(day=1, month=1 if stage.now.month < 7 else 7)
    with stage.at(stage.morning(half + timedelta(days=4)) if half < stage.day(days=-20) else stage.ago(days=20)):
        review = stage.name(
            "access_review",
            stage.env["kehu.access.review"]._open_review(
                f"{half - timedelta(days=1):%Y}-{'1' if half.month == 7 else '2'} 复核"
            ),
        )
        review.with_env(stage.acting("director")).reviewer_id = stage["user_legal"].id
        review.line_ids.with_env(stage.acting("legal")).write({"decision": "keep", "remark": "工作需要"})


def _grant(stage):
    for key, login, days, length in (("ended", "sales2", 60, 14), ("live", "legal", 3, 14)):
        with stage.at(stage.ago(days=days)):
            stage.name(
                f"grant_{key}",
                stage.as_user("director")["kehu.grant"].create(
                    {
                        "user_id": stage[f"user_{login}"].id,
                        "partner_id": stage["archive_yuexing"].partner_id.id,
                        "purpose": "核对框架合同的交货计划。",
                        "date_from": stage.ago(days=days),
                        "date_until": stage.ago(days=days - length),
                    }
                ),
            )


def _leak(stage):
    with stage.at(stage.ago(days=6)):
        report = stage.name(
            "leak_report",
            stage.as_user("sales1")["kehu.leak.report"].create(
                {
                    "name": "报价单误发到别家客户的邮箱",
                    "certainty": "has",
                    "what": "一份含单价和账期的报价单。",
                    "remedy": "已电话请对方删除，并取得书面确认。",
                    "date_noticed": stage.ago(days=6, hours=2),
                    "supervisor_id": stage["user_bu1"].id,
                }
            ),
        )
        report.with_env(stage.as_user("sales1")).workflow_move("report")
    with stage.at(stage.ago(days=5)):
        officer = report.with_env(stage.acting("director"))
        officer.investigator_id = stage["user_director"].id
        officer._move("investigate")
