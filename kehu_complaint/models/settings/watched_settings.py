"""Settings of complaints whose changes are noted (X5)."""

from odoo import models

_HARMLESS = frozenset({"sequence"})


class ServiceDesk(models.Model):
    """Where customers' mails arrive, and who takes them."""

    _name = "kehu.service.desk"
    _inherit = ["kehu.service.desk", "kehu.watched.settings"]

    _kehu_unwatched = _HARMLESS


class ComplaintKind(models.Model):
    _name = "kehu.complaint.kind"
    _inherit = ["kehu.complaint.kind", "kehu.watched.settings"]

    _kehu_unwatched = _HARMLESS
    _kehu_is_told = False


class ComplaintCause(models.Model):
    _name = "kehu.complaint.cause"
    _inherit = ["kehu.complaint.cause", "kehu.watched.settings"]

    _kehu_unwatched = _HARMLESS
    _kehu_is_told = False


class MajorReason(models.Model):
    _name = "kehu.major.reason"
    _inherit = ["kehu.major.reason", "kehu.watched.settings"]

    _kehu_unwatched = _HARMLESS
    _kehu_is_told = False
