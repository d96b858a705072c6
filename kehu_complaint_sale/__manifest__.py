{
    "name": "Complaints and Sales Orders",
    "summary": "The order that a complaint is about, and replacements from approved proposals only",
    "version": "19.0.2.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "kehu_complaint",
        "sale",
    ],
    "data": [
        "views/complaint_views.xml",
        "views/sale_order_views.xml",
    ],
}
