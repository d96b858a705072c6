"""What waits for browsers and devices tells of every document: it is the server's alone (X3)."""

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain


class BusBus(models.Model):
    """What the server tells browsers about whatever document, for a day: in superuser mode each
    browser gets its own.
    """

    _inherit = "bus.bus"

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain(self.env.uid == SUPERUSER_ID)


class MailPush(models.Model):
    """The same on its way to the devices of users."""

    _inherit = "mail.push"

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain(self.env.uid == SUPERUSER_ID)


class MailPushDevice(models.Model):
    """To where: browsers register themselves, in superuser mode, each for its own user."""

    _inherit = "mail.push.device"

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain(self.env.uid == SUPERUSER_ID)
