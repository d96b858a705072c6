from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.mail.controllers.thread import ThreadController


class Recipients(ThreadController):
    @route()
    def mail_thread_partner_from_email(self, thread_model, thread_id, emails):
        # What Odoo gives any thread for: it neither asks for rights nor expects anything malformed.
        thread = request.env.get(thread_model) if isinstance(thread_model, str) else None
        if not (
            isinstance(thread, request.env.registry["mail.thread"])
            and isinstance(thread_id or 0, int)
            and isinstance(emails, list)
            and all(isinstance(email, str) for email in emails)
        ):
            raise NotFound()
        if thread.browse(thread_id)._kehu_hidden():
            raise NotFound()
        partners = super().mail_thread_partner_from_email(thread_model, thread_id, emails)
        found = request.env["res.partner"].browse(partner["id"] for partner in partners if partner["email"])
        request.env["kehu.access.log"]._log_shown(found, "read")
        return partners
