"""The methods of Odoo on which the confidentiality of complaints and tickets hangs (X3, C14)."""

from odoo.addons.kehu_workflow.closures import Closure

CLOSURES = (
    Closure("mail.thread", "message_new", ("msg_dict", "custom_values"), "hook"),
    Closure("mail.thread", "message_process", (
        "model", "message", "custom_values", "save_original", "strip_attachments", "thread_id"), "hook"),
    Closure("mail.thread", "_message_route_process", ("message", "message_dict", "routes"), "hook"),
    Closure("mail.thread", "message_parse", ("message", "save_original"), "hook"),
    Closure("mail.thread", "_routing_check_route", ("message", "message_dict", "route", "raise_exception"), "hook"),
    Closure("mail.thread", "message_post", (), "hook"),
    Closure("mail.thread", "_get_thread_with_access", ("thread_id", "mode"), "token"),
    Closure("odoo.addons.rating.controllers.main:Rating", "_get_rating_and_record", ("token",), "token"),
    Closure("mail.thread", "_partner_find_from_emails", (
        "records_emails", "avoid_alias", "ban_emails", "filter_found", "additional_values", "no_create"), "hook"),
    Closure("res.partner", "create", ("vals_list",), "hook"),
    Closure("res.partner", "write", ("vals",), "hook"),
    Closure("portal.mixin", "_portal_ensure_token", (), "token"),
    Closure("portal.mixin", "_get_share_url", ("redirect", "signup_partner", "pid", "share_token"), "token"),
    Closure("mail.thread", "_rating_get_access_token", ("partner",), "token"),
    Closure("mail.thread", "_sign_token", ("pid",), "token"),
    Closure("mail.mail", "create", ("vals_list",), "token"),
    Closure("mail.mail", "_prepare_outgoing_list", ("mail_server", "doc_to_followers"), "token"),
    Closure("rating.rating", "create", ("vals_list",), "hook"),
    Closure("rating.rating", "write", ("vals",), "hook"),
    Closure("base.partner.merge.automatic.wizard", "_merge", ("partner_ids", "dst_partner", "extra_checks"), "rights"),
    Closure("mail.thread", "_message_auto_subscribe", ("updated_values", "followers_existing_policy"), "rights"),
    Closure("crm.team", "write", ("vals",), "rights"),
    Closure("crm.team.member", "create", ("vals_list",), "rights"),
    Closure("crm.team.member", "write", ("vals",), "rights"),
    Closure("crm.team.member", "unlink", (), "rights"),
    Closure("res.partner", "_search_display_name", ("operator", "value"), "oracle"),
)
