from werkzeug.routing import BaseConverter

from odoo import models


class IrHttp(models.AbstractModel):
    """``<service:path>`` in a route: where the portal has what customers turned to us with (C1, T6)."""

    _inherit = "ir.http"

    @classmethod
    def _get_converters(cls):
        paths = {getattr(model, "_service_portal_path", None) for model in cls.pool.values()} - {None}
        converter = type("ServicePath", (BaseConverter,), {"regex": f"(?:{'|'.join(sorted(paths))})"})
        return {**super()._get_converters(), "service": converter}
