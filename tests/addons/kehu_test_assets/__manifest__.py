{
    "name": "Assets for Tests",
    "summary": "Leaves out a script that Debian's Odoo lacks: its console error would fail every tour",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "kehu",
    "license": "LGPL-3",
    "depends": ["mail"],
    "assets": {
        "web.assets_backend": [
            ("remove", "mail/static/lib/selfie_segmentation/selfie_segmentation.js"),
        ],
    },
}
