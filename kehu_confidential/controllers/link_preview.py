from urllib.parse import urlparse

from odoo.http import request, route

from odoo.addons.html_editor.controllers.main import HTML_Editor


class LinkPreview(HTML_Editor):
    @route()
    def link_preview_metadata_internal(self, preview_url):
        preview = super().link_preview_metadata_internal(preview_url)
        # A page of the backend has a label as well, any other a description alone.
        if preview.get("description") and len(preview) > 1:
            self._kehu_log_preview(preview_url)
        return preview

    def _kehu_log_preview(self, preview_url):
        """Note the record whose description the preview of a link in the backend shows (X5)."""
        action, record_id = urlparse(preview_url).path.strip("/").split("/")[-2:]
        name = action.removeprefix("m-")
        if name not in request.env:
            found = request.env["ir.actions.actions"].sudo().search([("path", "=", action)])
            name = request.env[found.type].sudo().browse(found.id).res_model
        request.env["kehu.access.log"]._log_shown(request.env[name].browse(int(record_id)), "read")
