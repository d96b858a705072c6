{
    "name": "Search Indexes for Contacts",
    "summary": "Contacts are found by any piece of a name at once, in Chinese from two characters on",
    "version": "19.0.2.0.0",
    "category": "Sales/CRM",
    "author": "kehu",
    "license": "LGPL-3",
    "depends": ["contacts"],
    "data": [
        "data/ir_cron.xml",
        "views/res_config_settings_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
