"""What the browsers of colleagues load beside our own code: scripts, styles and templates (X5).

They run with the rights of whoever opens the page, and can show anything under another name. Those of one website are
its designers'; all else is added by administrators, and told.
"""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError

_COMPILED = "/web/assets/"  # where Odoo keeps the scripts and styles that it puts together
_MAILS = "mail."  # templates of mails, which are sent from the pages of websites, too
# Settings of a website that lead its links elsewhere, or add code to each of its pages.
_LEADING = frozenset(
    {
        "auth_signup_uninvited",
        "cdn_activated",
        "cdn_filters",
        "cdn_url",
        "company_id",
        "custom_code_footer",
        "custom_code_head",
        "domain",
        "google_analytics_key",
        "plausible_shared_key",
        "plausible_site",
        "user_id",
    }
)


def is_page(view, name):
    """Return whether a view that came with an app, by its name, is a page of a website."""
    return view.mode == "primary" and name.startswith("website")


def extending(views, condition):
    """Return those of ``views`` that fulfil a condition, or extend one that does."""
    found = views.filtered(condition)
    while more := (views - found).filtered(lambda view, known=found: view.inherit_id in known):
        found |= more
    return found


class LoadedCodeMixin(models.AbstractModel):
    """Rows from which the pages of all colleagues are made."""

    _name = "kehu.loaded.code.mixin"
    _inherit = "kehu.watched.settings"
    _description = "Loaded by Everybody's Browser"

    _kehu_is_mailed = True

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._kehu_check_author()
        return records

    def write(self, vals):
        before = self._kehu_loaded()
        result = super().write(vals)
        # An app that makes a copy for its website leaves the original as it is.
        if self._kehu_loaded() != before:
            self._kehu_refuse_author()
        return result

    def unlink(self):
        self._kehu_check_author()
        return super().unlink()

    # === BUSINESS ===

    @contextmanager
    def _kehu_watch_relation(self, name):
        before = self._kehu_loaded()
        with super()._kehu_watch_relation(name):
            yield
        if self.exists()._kehu_loaded() != before:
            self._kehu_refuse_author()

    def _kehu_filter_shared(self):
        """Return those of ``self`` from which pages beside those of one website are made (hook)."""
        raise NotImplementedError

    def _kehu_is_websites(self):
        """Return whether a row is loaded by the pages of one website alone."""
        return "website_id" in self._fields and bool(self.website_id)

    def _kehu_loaded(self):
        """Return the values of what is loaded by all."""
        if self._kehu_is_author():
            return {}
        shared = self.sudo().with_context(active_test=False, website_id=False)._kehu_filter_shared()
        return {
            record.id: {name: record._kehu_setting_in_words(name) for name in self._kehu_watched()} for record in shared
        }

    def _kehu_is_author(self):
        return self.env.su or self.env.user._is_system()

    def _kehu_check_author(self):
        if self._kehu_loaded():
            self._kehu_refuse_author()

    def _kehu_refuse_author(self):
        """Refuse code that browsers load by others than administrators.

        :raise AccessError: the user is no administrator
        """
        raise AccessError(self.env._("Only administrators can add scripts outside of websites."))


class IrAsset(models.Model):
    _name = "ir.asset"
    _inherit = ["ir.asset", "kehu.loaded.code.mixin"]

    _kehu_unwatched = frozenset({"name"})

    def _kehu_filter_watched(self):
        return self._kehu_filter_shared()

    def _kehu_filter_shared(self):
        return self.filtered(lambda asset: not asset._kehu_is_websites())


class IrUiView(models.Model):
    """Templates that came with an addon, or stand in the place of one; pages of a website are its designers'."""

    _name = "ir.ui.view"
    _inherit = ["ir.ui.view", "kehu.loaded.code.mixin"]

    def _kehu_filter_watched(self):
        return self._kehu_filter_shared()

    def _kehu_filter_shared(self):
        extended = templates = self.filtered(lambda view: view.type == "qweb")
        while above := extended.inherit_id - extended:
            extended |= above
        names = extended._get_external_ids()
        mails = extending(extended, lambda view: (view.key or "").startswith(_MAILS))
        coming = extending(extended, lambda view: any(not is_page(view, name) for name in names[view.id]))
        others = self.env["ir.ui.view"].sudo().with_context(active_test=False)
        others = others.search([("key", "in", templates.mapped("key"))])
        named = others.filtered(lambda view: not view._kehu_is_websites()).grouped("key")
        return templates.filtered(
            lambda view: (
                view in mails or not view._kehu_is_websites() and (view in coming or len(named.get(view.key, ())) > 1)
            )
        )


class IrAttachment(models.Model):
    """Files that are loaded are what was loaded when it was told."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._kehu_check_not_loaded()
        return files

    def write(self, vals):
        self._kehu_check_not_loaded()
        result = super().write(vals)
        self._kehu_check_not_loaded()
        return result

    def _kehu_check_not_loaded(self):
        """Refuse files that browsers load.

        :raise AccessError: a client would change what browsers load
        """
        urls = {file.url for file in self.sudo() if file.url} if not self.env.su else ()
        if not urls:
            return
        assets = self.env["ir.asset"].sudo().with_context(active_test=False).search([("path", "in", list(urls))])
        loaded = {url for url in urls if url.startswith(_COMPILED)} | {*assets._kehu_filter_shared().mapped("path")}
        if loaded:
            raise AccessError(
                self.env._(
                    "Browsers load this file as part of the application: %s. Add another file, and an asset with its "
                    "path.",
                    ", ".join(sorted(loaded)),
                )
            )


class Base(models.AbstractModel):
    """The model is that of Odoo's websites, where they are installed."""

    _inherit = "base"

    def _validate_fields(self, field_names, excluded_names=()):
        if self._name == "website":
            field_names = set(field_names)  # Odoo may give an iterator
            self._kehu_check_leading(sorted(field_names & _LEADING))
        return super()._validate_fields(field_names, excluded_names)

    def _kehu_check_leading(self, names):
        """Note changes of what a website's pages load, and where its links lead.

        :raise AccessError: the user is no administrator
        """
        if not names or self.env["kehu.right.change"]._is_servers_own():
            return
        if not (self.env.su or self.env.user._is_system()):
            raise AccessError(
                self.env._("Only administrators can set where a website is, and what each of its pages loads.")
            )
        self.env["kehu.watched.settings"]._kehu_tell_values(self, names, is_mailed=True)
