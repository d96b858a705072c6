{
    "name": "Complaints and Credit Notes",
    "summary": "Credit notes for complaints, from approved proposals only",
    "version": "19.0.2.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "kehu_complaint",
        "account",
    ],
    "data": [
        "views/complaint_views.xml",
        "views/account_move_views.xml",
    ],
}
