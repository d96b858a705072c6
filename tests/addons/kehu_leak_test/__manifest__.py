{
    "name": "Leak matrix",
    "summary": "Every model and every route, tried by those who may not read",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "kehu",
    "license": "LGPL-3",
    "depends": ["kehu_archive", "kehu_partner_search"],
    "data": ["security/ir.model.access.csv", "security/rules.xml", "data/journal_kind.xml"],
}
