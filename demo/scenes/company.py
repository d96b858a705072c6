"""The company opens: working hours with the public holidays and make-up days, and nothing of Odoo's English samples."""


def play(stage):
    stage.company.resource_calendar_id.write({"name": "标准工作时间", "tz": "Asia/Shanghai"})
    stage.env["kehu.workday"]._cron_fill()
    stage["sales_team.team_sales_department"].active = False
    stage["mail.channel_all_employees"].name = "全体同事"
    stage["mail.module_install_notification"].write({"subject": False, "body": "<p>全体同事都能看到这里的消息。</p>"})
