"""Three business units, each with a manager and a salesperson."""

# (name of the team here, name, login of the manager, of the salesperson)
UNITS = (
    ("team_consumer", "消费电子事业部", "bu1", "sales1"),
    ("team_industrial", "工业控制事业部", "bu2", "sales2"),
    ("team_automotive", "汽车电子事业部", "bu3", "sales3"),
)


def play(stage):
    for number, (key, name, manager, salesperson) in enumerate(UNITS, 1):
        team = stage.create(
            key,
            "crm.team",
            name=name,
            sequence=10 * number,
            user_id=stage[f"user_{manager}"].id,
            company_id=stage.company.id,
        )
        stage.env["crm.team.member"].create({"crm_team_id": team.id, "user_id": stage[f"user_{salesperson}"].id})
