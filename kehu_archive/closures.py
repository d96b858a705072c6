"""The methods of Odoo that this addon extends to keep what it promises (X3)."""

from odoo.addons.kehu_workflow.closures import Closure

CLOSURES = (
    Closure("base.partner.merge.automatic.wizard", "_update_foreign_keys", ("src_partners", "dst_partner"), "evidence"),
    Closure("res.partner", "_commercial_fields", (), "rights"),
    Closure("res.partner", "write", ("vals",), "rights"),
)
