"""The methods of Odoo on which confidentiality hangs (X3). They are checked at each installation, upgrade and start."""

from odoo.addons.kehu_workflow.closures import Closure

PORTAL = "odoo.addons.portal.controllers.portal:CustomerPortal"
LINKS = "odoo.addons.portal.controllers.mail:MailController"
CSV = "odoo.addons.web.controllers.export:CSVExport"
XLSX = "odoo.addons.web.controllers.export:ExportXlsxWriter"
PIVOT = "odoo.addons.web.controllers.pivot:TableExporter"
STORE = "odoo.addons.mail.tools.discuss:Store"
MEMBERSHIP = "odoo.orm.fields_relational:Many2many"
THREAD = "odoo.addons.mail.controllers.thread:ThreadController"

CLOSURES = (
    # Who reaches a record at all.
    Closure("ir.rule", "_compute_domain", ("model_name", "mode"), "rule"),
    Closure("base", "_check_access", ("operation",), "rule"),
    Closure("base", "_search", ("domain", "offset", "limit", "order", "active_test", "bypass_access"), "rule"),
    # What a hidden record is called, and what others repeat of it.
    Closure(STORE, "add", ("records", "fields"), "particulars"),  # asks a model for its _to_store()
    Closure(THREAD, "mail_thread_partner_from_email", ("thread_model", "thread_id", "emails"), "particulars"),
    Closure("base", "_compute_display_name", (), "particulars"),
    Closure("base", "_compute_field_value", ("field",), "particulars"),
    Closure("base", "_validate_fields", ("field_names", "excluded_names"), "particulars"),
    Closure("base", "create", ("vals_list",), "particulars"),
    Closure("base", "default_get", ("fields",), "particulars"),
    Closure("base", "fetch", ("field_names",), "particulars"),
    Closure("base", "onchange", ("values", "field_names", "fields_spec"), "particulars"),
    Closure("base", "web_read", ("specification",), "particulars"),
    Closure("base", "write", ("vals",), "particulars"),
    Closure("ir.http", "_pre_dispatch", ("rule", "args"), "particulars"),
    Closure("ir.qweb.field", "record_to_html", ("record", "field_name", "options"), "particulars"),
    Closure("ir.qweb.field.contact", "value_to_html", ("value", "options"), "particulars"),
    Closure("mail.activity", "_compute_res_name", (), "particulars"),
    Closure("mail.message", "_to_store", ("store", "fields"), "particulars"),
    Closure("mail.render.mixin", "_render_template", (
        "template_src", "model", "res_ids", "engine", "add_context", "options"), "particulars"),
    Closure("mail.thread", "_message_get_suggested_recipients", ("reply_message",), "particulars"),
    Closure("mail.thread", "_partner_find_from_emails", (
        "records_emails", "avoid_alias", "ban_emails", "filter_found", "additional_values", "no_create"), "particulars"),
    Closure("mail.thread", "message_get_followers", (), "particulars"),
    Closure("mail.thread", "_notify_by_email_prepare_rendering_context", (), "particulars"),
    Closure("mail.tracking.value", "_create_tracking_values", (
        "initial_value", "new_value", "col_name", "col_info", "record"), "particulars"),
    Closure("mail.tracking.value", "_create_tracking_values_property", (
        "initial_value", "col_name", "col_info", "record"), "particulars"),
    Closure("mail.tracking.value", "_filter_free_field_access", (), "particulars"),
    Closure("mail.tracking.value", "_filter_has_field_access", ("env",), "particulars"),
    Closure("mail.tracking.value", "_tracking_value_format_model", ("model",), "particulars"),
    Closure("res.partner", "_compute_display_name", (), "particulars"),
    Closure("res.partner", "create", ("vals_list",), "particulars"),
    Closure("res.partner", "write", ("vals",), "particulars"),
    # What Odoo looks for as superuser.
    Closure("base", "_fetch_query", ("query", "fields"), "oracle"),
    Closure("base", "_read_group_groupby", ("alias", "groupby_spec", "query"), "oracle"),
    Closure("base", "_read_group_select", ("aggregate_spec", "query"), "oracle"),
    Closure("base", "_field_to_sql", ("alias", "field_expr", "query"), "oracle"),
    Closure("base", "_order_field_to_sql", ("alias", "field_name", "direction", "nulls", "query"), "oracle"),
    Closure("mail.message", "_message_fetch", (
        "domain", "thread", "search_term", "is_notification", "before", "after", "around", "limit"), "oracle"),
    Closure("mail.followers", "_insert_followers", ("res_model", "res_ids", "partner_ids"), "oracle"),
    Closure("mail.thread", "_search_message_partner_ids", ("operator", "operand"), "oracle"),
    Closure("mail.thread", "message_subscribe", ("partner_ids", "subtype_ids"), "oracle"),
    Closure(MEMBERSHIP, "_condition_to_sql_relational", ("model", "alias", "exists", "coquery", "query"), "oracle"),
    Closure(MEMBERSHIP, "convert_to_record", ("value", "record"), "particulars"),
    Closure(MEMBERSHIP, "convert_to_record_multi", ("values", "records"), "particulars"),
    Closure("res.groups", "_compute_all_user_ids", (), "particulars"),
    Closure("res.groups", "_read_group_groupby", ("alias", "groupby_spec", "query"), "oracle"),
    Closure("res.partner", "_compute_same_vat_partner_id", (), "oracle"),
    Closure("res.partner", "_search_display_name", ("operator", "value"), "oracle"),
    Closure("res.partner", "name_search", ("name", "domain", "operator", "limit"), "oracle"),
    # Where content leaves.
    Closure(CSV, "from_data", ("fields", "columns_headers", "rows"), "files"),
    Closure(PIVOT, "export_xlsx", ("data",), "files"),
    Closure(XLSX, "close", (), "files"),  # of rows and of groups
    Closure("base", "_export_rows", ("fields", "_is_toplevel_call"), "files"),
    Closure("base", "_read_format", ("fnames", "load"), "files"),
    Closure("base", "copy_data", ("default",), "files"),
    Closure("base", "export_data", ("fields_to_export",), "files"),
    Closure("base", "formatted_read_group", ("domain", "groupby", "aggregates", "having", "offset", "limit", "order"), "files"),
    Closure("base", "formatted_read_grouping_sets", ("domain", "grouping_sets", "aggregates", "order"), "files"),
    Closure("base", "name_search", ("name", "domain", "operator", "limit"), "files"),
    Closure("base", "read_group", ("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"), "files"),
    Closure("base", "read_progress_bar", ("domain", "group_by", "progress_bar"), "files"),
    Closure("ir.actions.report", "_get_rendering_context", ("report", "docids", "data"), "files"),
    Closure("ir.actions.report", "_render_template", ("template", "values"), "files"),
    Closure("ir.actions.report", "_render_qweb_pdf_prepare_streams", ("report_ref", "data", "res_ids"), "files"),
    Closure("ir.attachment", "_search", ("domain", "offset", "limit", "order", "bypass_access"), "oracle"),
    Closure("ir.attachment", "_can_return_content", ("field_name", "access_token"), "files"),
    Closure("ir.attachment", "write", ("vals",), "files"),
    Closure("ir.binary", "_find_record", (), "files"),
    Closure("ir.binary", "_record_to_stream", ("record", "field_name"), "files"),
    Closure("mail.compose.message", "_evaluate_res_ids", (), "rule"),
    Closure("mail.compose.message", "_action_send_mail_mass_mail", ("res_ids", "auto_commit"), "files"),
    Closure("mail.thread", "_notify_get_recipients", ("message", "msg_vals"), "files"),
    Closure("res.partner", "_build_vcard", (), "files"),
    # What is kept of two customers who become one.
    Closure("base.partner.merge.automatic.wizard", "_update_foreign_keys", ("src_partners", "dst_partner"), "evidence"),
    # What gives a right to read.
    Closure("base.partner.merge.automatic.wizard", "_merge", ("partner_ids", "dst_partner", "extra_checks"), "rights"),
    Closure("crm.team", "create", ("vals_list",), "rights"),
    Closure("crm.team", "write", ("vals",), "rights"),
    Closure("ir.default", "create", ("vals_list",), "rights"),
    Closure("ir.default", "write", ("vals",), "rights"),
    Closure("ir.filters", "create", ("vals_list",), "rights"),
    Closure("ir.filters", "write", ("vals",), "rights"),
    Closure("ir.rule", "_compute_domain_context_values", (), "rights"),
    Closure("mail.activity", "write", ("vals",), "rights"),
    Closure("mail.thread", "_message_subscribe", ("partner_ids", "subtype_ids", "customer_ids"), "rights"),
    Closure("res.groups", "create", ("vals_list",), "rights"),
    Closure("res.groups", "unlink", (), "rights"),
    Closure("res.groups", "write", ("vals",), "rights"),
    Closure("res.partner", "_commercial_fields", (), "rights"),
    Closure("res.users", "_get_group_ids", (), "particulars"),
    Closure("res.users", "_read_group_groupby", ("alias", "groupby_spec", "query"), "oracle"),
    Closure("res.users", "create", ("vals_list",), "rights"),
    Closure("res.users", "has_group", ("group_ext_id",), "oracle"),
    Closure("res.users", "write", ("vals",), "rights"),
    # What runs with more rights than its caller, and what opens by itself.
    Closure("ir.config_parameter", "get_param", ("key", "default"), "token"),
    Closure("ir.config_parameter", "set_param", ("key", "value"), "token"),
    Closure("ir.actions.server", "_run_action_object_copy", ("eval_context",), "hook"),
    Closure("ir.actions.server", "_run_action_object_create", ("eval_context",), "hook"),
    Closure("ir.actions.server", "_run_action_object_write", ("eval_context",), "hook"),
    Closure("ir.actions.server", "_run_action_webhook", ("eval_context",), "hook"),
    Closure("ir.actions.server", "run", (), "hook"),
    Closure(LINKS, "_redirect_to_record", ("model", "res_id", "access_token"), "token"),
    Closure(PORTAL, "_document_check_access", ("model_name", "document_id", "access_token"), "token"),
    Closure(PORTAL, "_get_page_view_values", (
        "document", "access_token", "values", "session_history", "no_breadcrumbs"), "token"),
    Closure("portal.mixin", "_portal_ensure_token", (), "token"),
    Closure("res.partner", "signup_get_auth_param", (), "token"),
    # Fields of optional apps: whose record a row is, whom it names, and who may see it.
    Closure("calendar.event", "opportunity_id", (), "rows", app="crm"),
    Closure("calendar.event", "partner_ids", (), "particulars", app="calendar"),
    Closure("calendar.event", "res_id", (), "rows", app="calendar"),
    Closure("calendar.event", "res_model", (), "rows", app="calendar"),
    Closure("event.sale.report", "event_registration_id", (), "particulars", app="event_sale"),
    Closure("hr.employee", "work_contact_id", (), "particulars", app="hr"),
    Closure("data_recycle.record", "recycle_model_id", (), "rows", app="data_recycle"),
    Closure("data_recycle.record", "res_id", (), "rows", app="data_recycle"),
    Closure("data_recycle.record", "res_model_name", (), "rows", app="data_recycle"),
    Closure("mailing.trace", "model", (), "rows", app="mass_mailing"),
    Closure("mailing.trace", "res_id", (), "rows", app="mass_mailing"),
    Closure("project.task", "project_id", (), "rows", app="project"),
    Closure("res.partner", "is_published", (), "files", app="website"),
    Closure("sms.sms", "mail_message_id", (), "rows", app="sms"),
    Closure("spreadsheet.dashboard.share", "dashboard_id", (), "files", app="spreadsheet_dashboard"),
    Closure("stock.move", "picking_id", (), "rows", app="stock"),
    Closure("stock.move", "purchase_line_id", (), "rows", app="purchase_stock"),
    Closure("stock.move", "sale_line_id", (), "rows", app="sale_stock"),
    Closure("stock.move.line", "move_id", (), "rows", app="stock"),
    Closure("stock.move.line", "picking_id", (), "rows", app="stock"),
)  # fmt: skip
