{
    "name": "Customer Workflow",
    "summary": "States, approvals, deadlines and Chinese working days that hold",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "depends": [
        "mail",
        "resource",
    ],
    "data": [
        "security/security.xml",
        "security/ir.model.access.csv",
        "wizard/workflow_explain_wizard_views.xml",
        "wizard/workflow_move_wizard_views.xml",
        "views/menus.xml",
    ],
}
