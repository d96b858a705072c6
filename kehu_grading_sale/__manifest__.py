{
    "name": "Grading and Sales Orders",
    "summary": "No order is offered below the greatest discount of the customer's grade",
    "version": "19.0.2.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "kehu_grading",
        "sale",
    ],
}
