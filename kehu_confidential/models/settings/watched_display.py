"""What people see of our documents, and what they are told of them: views, menus, actions and kinds of messages (X5).

Without code, what officers or approvers are told could be hidden from them, or a figure be shown under another name.
"""

import re

from odoo import api, models

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

# Of a picture, a page or a link in a view, which the browser of whoever looks at it opens.
_ADDRESS = re.compile(r"(src|srcset|href|style|action|data|t-att)\s*=|url\(")
# Dialogs in which what is confidential is sent.
_SENDING = ("mail.compose.message", "sms.composer")


class IrUiView(models.Model):
    """Views of our models, those that came with our addons, and whatever extends or replaces them; others by which what
    is shown of a confidential customer could be led elsewhere.
    """

    _inherit = "ir.ui.view"

    _kehu_unwatched = frozenset({"name", "arch_fs", "arch_updated", "arch_prev", "website_id"})

    def _kehu_filter_watched(self):
        extended = self
        while above := extended.inherit_id - extended:
            extended |= above
        names = extended._get_external_ids()
        ours = extended.filtered(
            lambda view: (
                (view.model or "").startswith(OURS)
                or (view.key or "").startswith("kehu_")
                or any(name.startswith("kehu_") for name in names[view.id])
            )
        )
        while more := (extended - ours).filtered(lambda view, known=ours: view.inherit_id in known):
            ours |= more
        return super()._kehu_filter_watched() | (self & ours) | self.filtered(lambda view: view._kehu_leads_elsewhere())

    def _kehu_leads_elsewhere(self):
        """Return whether a view for colleagues shows documents that can be confidential, or names an address."""
        return self.type != "qweb" and bool(
            self.env["ir.actions.act_window"]._kehu_concerns(self.model or "") or _ADDRESS.search(self.arch_db or "")
        )


class IrActionsActWindow(models.Model):
    """Which of our documents, or of those about confidential customers, a menu shows; and what dialogs that send are
    given.
    """

    _name = "ir.actions.act_window"
    _inherit = ["ir.actions.act_window", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "help"})
    _kehu_is_mailed = True

    def _kehu_filter_watched(self):
        return self.filtered(lambda action: self._kehu_concerns(action.res_model or ""))

    def _kehu_concerns(self, model_name):
        return (
            model_name.startswith(OURS)
            or model_name in _SENDING
            or (model_name in self.env and self.env[model_name]._kehu_can_be_hidden())
        )


class IrActionsActWindowView(models.Model):
    _name = "ir.actions.act_window.view"
    _inherit = ["ir.actions.act_window.view", "kehu.watched.settings"]

    _kehu_is_mailed = True

    def _kehu_filter_watched(self):
        actions = self.act_window_id._kehu_filter_watched()
        return self.filtered(lambda view: view.act_window_id in actions)


class IrActionsActUrl(models.Model):
    """Where colleagues are led outside: from the menu of actions of documents, or when they log in."""

    _name = "ir.actions.act_url"
    _inherit = ["ir.actions.act_url", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "help"})
    _kehu_is_mailed = True


class IrActionsClient(models.Model):
    """Other pages to which they are led so."""

    _name = "ir.actions.client"
    _inherit = ["ir.actions.client", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "help", "params_store"})
    _kehu_is_mailed = True


class IrModel(models.Model):
    """What documents of ours are called in the access log and wherever they are listed."""

    _inherit = "ir.model"

    @api.model
    def _kehu_watched(self):
        return [*super()._kehu_watched(), "name"]

    def _kehu_setting_in_words(self, name):
        is_ours = name != "name" or self.model.startswith(OURS)
        return super()._kehu_setting_in_words(name) if is_ours else ""


class IrUiMenu(models.Model):
    """Menus of ours, and all above them."""

    _name = "ir.ui.menu"
    _inherit = ["ir.ui.menu", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"sequence", "parent_path", "web_icon", "web_icon_data"})
    _kehu_is_mailed = True

    def _kehu_filter_watched(self):
        below = self.search([("id", "child_of", self.ids)])
        names = below._get_external_ids()
        ours = below.filtered(
            lambda menu: (
                any(name.startswith("kehu_") for name in names[menu.id])
                or menu.action
                and menu.action._name == "ir.actions.act_window"
                and (menu.action.res_model or "").startswith(OURS)
            )
        )
        above = {int(menu_id) for menu in ours for menu_id in (menu.parent_path or str(menu.id)).strip("/").split("/")}
        return self.filtered(lambda menu: menu.id in above)


class MailMessageSubtype(models.Model):
    """Of which messages followers are told: those of all documents, or of ours."""

    _name = "mail.message.subtype"
    _inherit = ["mail.message.subtype", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"description", "sequence"})
    _kehu_is_mailed = True

    def _kehu_filter_watched(self):
        return self.filtered(lambda subtype: not subtype.res_model or subtype.res_model.startswith(OURS))


class MailActivityType(models.Model):
    """Kinds of to-dos that came with our addons."""

    _name = "mail.activity.type"
    _inherit = ["mail.activity.type", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"summary", "sequence", "icon", "decoration_type", "default_note"})

    def _kehu_filter_watched(self):
        names = self._get_external_ids()
        return self.filtered(
            lambda kind: (
                any(name.startswith("kehu_") for name in names[kind.id]) or (kind.res_model or "").startswith(OURS)
            )
        )


class IrModelFields(models.Model):
    """Under which names figures and texts of ours are shown."""

    _name = "ir.model.fields"
    _inherit = ["ir.model.fields", "kehu.watched.settings"]

    _kehu_is_mailed = True

    def _kehu_filter_watched(self):
        return self.filtered(
            lambda field: field.state == "base" and (field.model.startswith(OURS) or field.name.startswith("kehu_"))
        )


class ResGroups(models.Model):
    """What the groups of ours are called: all else of them is noted with rights (res_groups.py)."""

    _name = "res.groups"
    _inherit = ["res.groups", "kehu.watched.settings"]

    @api.model
    def _kehu_watched(self):
        return ["name", "comment", "privilege_id"]

    def _kehu_filter_watched(self):
        names = self._get_external_ids()
        return self.filtered(lambda group: any(name.startswith("kehu_") for name in names[group.id]))


class ResGroupsPrivilege(models.Model):
    """What the choices of groups of ours are called."""

    _name = "res.groups.privilege"
    _inherit = ["res.groups.privilege", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"sequence"})

    def _kehu_filter_watched(self):
        names = self._get_external_ids()
        return self.filtered(lambda privilege: any(name.startswith("kehu_") for name in names[privilege.id]))
