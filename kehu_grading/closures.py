"""The methods of Odoo on which it hangs that grades stay among employees (G6)."""

from odoo.addons.kehu_workflow.closures import Closure

CLOSURES = (
    Closure("mail.render.mixin", "_render_template", (
        "template_src", "model", "res_ids", "engine", "add_context", "options"), "files"),
    Closure("mail.template", "_check_can_be_rendered", ("fnames", "render_options"), "files"),
    Closure("mail.thread", "_notify_get_recipients", ("message", "msg_vals"), "files"),
    Closure("mail.thread", "message_subscribe", ("partner_ids", "subtype_ids"), "files"),
    Closure("res.partner", "create", ("vals_list",), "rights"),
    Closure("res.partner", "write", ("vals",), "rights"),
)  # fmt: skip
