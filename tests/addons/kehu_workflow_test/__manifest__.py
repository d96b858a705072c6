{
    "name": "Customer Workflow Tests",
    "summary": "A document with states, clocks and approvals, for tests only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "kehu",
    "license": "LGPL-3",
    "depends": ["kehu_workflow"],
    "data": [
        "security/security.xml",
        "security/ir.model.access.csv",
        "views/test_case_views.xml",
        "views/test_memo_views.xml",
    ],
}
