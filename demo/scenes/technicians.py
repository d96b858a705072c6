"""Who goes to the customers, and for what."""

from odoo.fields import Command


def play(stage):
    skills = {
        name: stage.env["kehu.service.skill"].create({"name": name})
        for name in ("摄像机与网关", "运动控制器", "车载终端")
    }
    for login, names, provinces in (
        ("tech1", ("摄像机与网关", "车载终端"), ("GD",)),
        ("tech2", ("摄像机与网关", "运动控制器"), ()),
    ):
        stage[f"user_{login}"].write(
            {
                "kehu_skill_ids": [Command.link(skills[name].id) for name in names],
                "kehu_area_ids": [Command.link(stage[f"base.state_cn_{province}"].id) for province in provinces],
            }
        )
