{
    "name": "Public methods",
    "summary": "Every public method of the addons, called by those who may not",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "kehu",
    "license": "LGPL-3",
    "depends": ["kehu_complaint_sale", "kehu_grading_complaint", "kehu_grading_sale", "kehu_ticket_account"],
}
