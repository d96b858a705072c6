"""锐达电子 (Ruida Electronics), a company to look around in.

`main_company.py` prepares it before `account` is installed. Then, with all addons installed, its scenes are played one
after another into a database without Odoo's demo data. A scene is a module of demo/scenes with a function
`play(stage)`.
"""

from .scenes import (
    admission,
    clearance,
    company,
    complaints,
    complaints_past,
    customers,
    grading,
    grading_before,
    invoices,
    journal,
    market,
    officers,
    orders,
    people,
    products,
    technicians,
    trade,
    units,
    visits,
    waiting,
    week,
)
from .stage import Stage

SCENES = (
    company,
    people,
    units,
    market,
    customers,
    products,
    trade,
    grading_before,
    journal,
    orders,
    clearance,
    technicians,
    complaints,
    complaints_past,
    visits,
    week,
    invoices,
    grading,
    admission,
    officers,
    waiting,
)


def play(env):
    stage = Stage(env)
    for scene in SCENES:
        scene.play(stage)
        stage.env.flush_all()
    # What was mailed on days gone by was delivered then.
    stage.env["mail.mail"].search([("state", "=", "outgoing"), ("create_date", "<", stage.ago(days=1))]).state = "sent"
