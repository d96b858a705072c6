"""How the apps hand out the stored files of an invoice, as superuser: to whom our masks apply, it is printed anew (X3)."""

from functools import wraps

from odoo import SUPERUSER_ID

from odoo.addons.kehu_workflow.models.system.linked_rows import as_ids


def _hidden_files(move):
    """Return the stored files of an invoice that were made past the masks of the current user, an employee."""
    files = move.env["account.move.send"]._get_invoice_extra_attachments(move.sudo())
    return files._kehu_made_of_hidden() if move.env.user._is_internal() else files.browse()


def find_for_all(method):
    """Find the file of an invoice for users who do not open it, too, or it would be made and stored a second time."""

    @wraps(method)
    def compute(self, *args, **kwargs):
        return method(self.sudo() if self.env.user._is_internal() else self, *args, **kwargs)

    return compute


def hand_one_out(method):
    """Hand out the invoice that the reader may open, or one printed anew; no other file past our masks."""

    @wraps(method)
    def documents(self, filetype, allow_fallback=False):
        hidden = _hidden_files(self)
        if hidden and filetype == "pdf":
            return (
                self._get_invoice_pdf_proforma()
                if self.sudo().invoice_pdf_report_id in hidden
                else method(self, filetype)
            )
        return None if hidden else method(self, filetype, allow_fallback=allow_fallback)

    return documents


def hand_all_out(method):
    """Hand out the files that the reader may open, and the invoice printed anew if it is not one of them."""

    @wraps(method)
    def documents(self, allow_fallback=False):
        if not (hidden := _hidden_files(self)):
            return method(self, allow_fallback=allow_fallback)
        files = self.env["account.move.send"]._get_invoice_extra_attachments(self.sudo()) - hidden
        printed = [] if self.sudo().invoice_pdf_report_id in files else [self._get_invoice_pdf_proforma()]
        return printed + [{"filename": file.name, "filetype": file.mimetype, "content": file.raw} for file in files]

    return documents


def leave_unread_out(method):
    """Leave out, for a user, the files that the user does not open."""

    @wraps(method)
    def files(self, move):
        found = method(self, move)
        return found if move.env.su else found - found._kehu_made_of_hidden()

    return files


def name_unread(method):
    """Show the names of the files that are sent without being opened."""

    @wraps(method)
    def shown(self, move):
        return [
            *method(self, move),
            *(
                {"id": f"placeholder_{file.name}", "name": file.name, "mimetype": file.mimetype, "placeholder": True}
                for file in ([] if move.env.su else _hidden_files(move).sudo())
            ),
        ]

    return shown


def print_whole(method):
    """Print whole the invoice that is stored, and that the customer gets, whoever sends it first."""

    @wraps(method)
    def prepare(self, invoices_data):
        is_masked = any(invoice._kehu_filter_naming_hidden() for invoice in invoices_data)
        return method(self.with_user(SUPERUSER_ID) if is_masked else self, invoices_data)

    return prepare


def mail_for_reader(method):
    """Send the stored files to contacts of the customer only, and to others what the user may print."""

    @wraps(method)
    def mailed(self, move, move_data):
        if not (hidden := _hidden_files(move)):
            return method(self, move, move_data)
        widget = move_data.get("mail_attachments_widget") or []
        skipped = {file["name"] for file in widget if file.get("skip")}
        others = [file for file in widget if as_ids(file.get("id")).isdisjoint(hidden.ids)]
        chosen = {file_id for file in others for file_id in as_ids(file.get("id"))}
        self.env["ir.attachment"].sudo(False).browse(chosen).exists().check_access("read")
        left_out = [{"id": "", "name": file.name, "skip": True} for file in hidden.sudo()]
        params = method(self, move, {**move_data, "mail_attachments_widget": others + left_out})
        recipients = self.env["res.partner"].sudo().browse(move_data.get("mail_partner_ids") or ())
        if recipients and recipients.commercial_partner_id <= move.sudo().commercial_partner_id:
            added = [(file.name, file.raw) for file in hidden.sudo() if file.name not in skipped]
        else:
            printed = move._get_invoice_pdf_proforma()
            added = [(printed["filename"], printed["content"])]
        return {**params, "attachments": [*params["attachments"], *added]}

    return mailed


def keep_token_from_others(method):
    """Give the link that opens an invoice to its customer, and to no other recipient of a user who may not read the
    customer: Odoo gives it to whomever users add.
    """

    @wraps(method)
    def groups(self, message, model_description, msg_vals=False):
        found = method(self, message, model_description, msg_vals=msg_vals)
        token = self.sudo().access_token
        if not token or not self._kehu_names_hidden_customer():
            return found
        added = (msg_vals or {}).get("partner_ids")
        people = message.sudo().partner_ids if added is None else self.env["res.partner"].sudo().browse(added)
        if people.commercial_partner_id - self.sudo().partner_id.commercial_partner_id:
            for name, _is_member, options in found:
                button = options.get("button_access") or {}
                if name != "portal_customer" and token in (button.get("url") or ""):
                    button["url"] = button["url"].replace(token, "")
        return found

    return groups


def build_for_reader(method):
    """Build an electronic order, which stands within each print of it, for users who may read the customer: all
    particulars are in it.
    """

    @wraps(method)
    def builders(self):
        is_kept = self.env.user._is_internal() and any(order._kehu_names_hidden_customer() for order in self)
        return [] if is_kept else method(self)

    return builders


def download_anew(method):
    """Have the browser fetch what is handed out to the reader, in place of the stored files."""

    @wraps(method)
    def download(self, attachments):
        action = method(self, attachments)
        if attachments._kehu_made_of_hidden():
            invoices = sorted(set(attachments.sudo().mapped("res_id")))
            action["url"] = f"/account/download_invoice_documents/{','.join(map(str, invoices))}/all"
        return action

    return download


def note_parts(method):
    """Note what was printed, document by document."""

    @wraps(method)
    def split(self, report_ref, content, report_type):
        parts = method(self, report_ref, content, report_type)
        self._kehu_note_printed(report_ref, list(filter(None, parts)), parts.values())
        return parts

    return split
