from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.mail.controllers.thread import ThreadController


class Recipients(ThreadController):
    @route()
    def mail_thread_partner_from_email(self, thread_model, thread_id, emails):
        thread = request.env.get(thread_model) if isinstance(thread_model, str) else None
        if not (isinstance(thread, request.env.registry["mail.thread"]) and isinstance(thread_id or 0, int)
                and isinstance(emails, list) and all(isinstance(email, str) for email in emails)):
            raise NotFound()
        # Odoo knows the followers as superuser. A hidden contact can be written to; the name and the address are not shown (X3).
        partners = thread.browse(thread_id)._partner_find_from_emails_single(
            emails, no_create=not request.env.user.has_group("base.group_partner_manager"))
        hidden = partners._kehu_hidden()
        return [{
            "id": partner.id,
            "name": partner.sudo().display_name if partner in hidden else partner.name,
            "email": partner not in hidden and partner.email,
        } for partner in partners]
