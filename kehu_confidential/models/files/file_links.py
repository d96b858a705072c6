"""Files are read with the right to read their document; what Odoo signs for a browser opens none by itself (X3, X5,
X6).

Odoo gives browsers a signed link to each file and picture, good for weeks, without login, whatever happens to the right
meanwhile.
"""

import re

from odoo import api, models
from odoo.http import HttpDispatcher, request
from odoo.tools.misc import limited_field_access_token, verify_limited_field_access_token

from ..rule.tier import CONFIDENTIAL

# A signature with the time until which it is good.
_SIGNED = re.compile(r"[0-9a-f]{16,}o0x[0-9a-f]+")


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _get_raw_access_token(self):
        return self._kehu_sign("raw") or super()._get_raw_access_token()

    def _get_thumbnail_token(self):
        return self._kehu_sign("thumbnail") or super()._get_thumbnail_token()

    def _kehu_sign(self, field_name):
        """Return what stands in the link to a file of a customer's document; nothing of other files."""
        scope = self._kehu_link_scope()
        return scope and limited_field_access_token(self, field_name, scope=scope)

    def _kehu_link_scope(self):
        """Return what the reader's links to the file hang on; nothing if it belongs to no document of a customer.

        Visitors come by the link of the document, and theirs to its files end with it. Users have rights instead.
        """
        shown = self._kehu_shown()
        if not shown or self.env.user._is_internal():
            return "binary.user" if shown else None
        secrets = {
            document["access_token"] or ""
            for documents in shown
            for document in documents.sudo()
            if "access_token" in document
        }
        return "-".join(["binary.visitor", *sorted(secrets)])

    def _compute_raw(self):
        # Archives, previews and copies are made of it; a plain download is not (IrBinary).
        if request and isinstance(getattr(request, "dispatcher", None), HttpDispatcher):
            self.env["kehu.access.log"]._log_shown(self, "file")
        return super()._compute_raw()

    def copy_data(self, default=None):
        """Refuse to take a file of a confidential document elsewhere, in superuser mode, too: apps copy on behalf of
        their users.
        """
        mine = self.sudo(False)
        for file in mine if mine._kehu_shown() else ():
            origin = file.sudo()
            if not file._kehu_stays_as_close(
                {"res_model": origin.res_model, "res_id": origin.res_id, **(default or {})}
            ):
                file._kehu_take_away()
        return super().copy_data(default)

    def _kehu_stays_as_close(self, vals):
        """Return whether ``vals`` attach the file to a document at least as confidential as its own."""
        model, record_id = vals.get("res_model"), vals.get("res_id")
        if not model or model not in self.env or not record_id:
            return False
        other = self.env[model].browse(record_id).sudo()._kehu_shown()
        return _highest_tier(other) >= _highest_tier(self.sudo()._kehu_shown())


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    @api.model
    def _find_record(self, xmlid=None, res_model="ir.attachment", res_id=None, access_token=None, field=None):
        record = (
            self._kehu_customers_record(xmlid, res_model, res_id)
            if access_token and _SIGNED.fullmatch(access_token)
            else None
        )
        if record and record._name == "ir.attachment":
            if not self.env.user._is_internal() and verify_limited_field_access_token(
                record, field or "raw", access_token, scope=record._kehu_link_scope()
            ):
                return record.sudo()
            access_token = None
        elif record and (self.env.user._is_internal() or _highest_tier(record.sudo()._kehu_shown()) >= CONFIDENTIAL):
            access_token = None
        return super()._find_record(
            xmlid=xmlid, res_model=res_model, res_id=res_id, access_token=access_token, field=field
        )

    def _get_stream_from(self, record, *args, **kwargs):
        self.env["kehu.access.log"]._log_shown(record.with_env(self.env), "file")
        return super()._get_stream_from(record, *args, **kwargs)

    def _kehu_customers_record(self, xmlid, res_model, res_id):
        """Return the record that is asked for, if it shows content of a customer."""
        if xmlid:
            record = self.env.ref(xmlid, raise_if_not_found=False)
        else:
            record = self.env[res_model].browse(res_id).exists() if res_id and res_model in self.env else None
        return record if record and record._kehu_shown() else None


def _highest_tier(shown):
    return max((record._kehu_highest_tier() for records in shown for record in records.sudo()), default="0")
