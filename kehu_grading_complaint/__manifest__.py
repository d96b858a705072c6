{
    "name": "Grading by Complaints",
    "summary": "Complaints and what they cost as indicators of a customer's grade",
    "version": "19.0.2.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "kehu_complaint",
        "kehu_grading",
    ],
    "data": [
        "data/grading_indicator.xml",
    ],
}
