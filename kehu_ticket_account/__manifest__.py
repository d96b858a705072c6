{
    "name": "Service Tickets and Invoices",
    "summary": "Invoices of parts and fees of closed service tickets",
    "version": "19.0.2.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "kehu_ticket",
        "kehu_complaint_account",
    ],
    "data": [
        "views/service_ticket_views.xml",
    ],
}
