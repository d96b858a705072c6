"""Settings of mail and of activities: where mails leave and arrive, and who is given what to do (X5)."""

from odoo import models


class IrMailServer(models.Model):
    """Where mails leave: a copy of each could be kept there."""

    _name = "ir.mail_server"
    _inherit = ["ir.mail_server", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "smtp_debug"})


class FetchmailServer(models.Model):
    """Where mails are taken from."""

    _name = "fetchmail.server"
    _inherit = ["fetchmail.server", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "date", "error_date", "error_message"})


class MailAliasDomain(models.Model):
    """To which addresses people answer."""

    _name = "mail.alias.domain"
    _inherit = ["mail.alias.domain", "kehu.watched.settings"]


class MailAlias(models.Model):
    """Where mails about our documents arrive, and who may write them."""

    _name = "mail.alias"
    _inherit = ["mail.alias", "kehu.watched.settings"]

    _kehu_ours_by = ("alias_model_id.model", "alias_parent_model_id.model")
    _kehu_unwatched = frozenset({"alias_status"})


class MailGatewayAllowed(models.Model):
    """Who may send as many mails as they like."""

    _name = "mail.gateway.allowed"
    _inherit = ["mail.gateway.allowed", "kehu.watched.settings"]


class MailActivityPlan(models.Model):
    """What is to be done with documents of ours, and by whom."""

    _name = "mail.activity.plan"
    _inherit = ["mail.activity.plan", "kehu.watched.settings"]

    _kehu_ours_by = ("res_model",)


class MailActivityPlanTemplate(models.Model):
    _name = "mail.activity.plan.template"
    _inherit = ["mail.activity.plan.template", "kehu.watched.settings"]

    _kehu_ours_by = ("res_model",)
    _kehu_unwatched = frozenset({"sequence"})
