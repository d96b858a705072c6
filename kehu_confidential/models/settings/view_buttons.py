"""Buttons of our documents do what they say: no view or translation of a client gives them another label (X5).

A decision cannot be changed any more, and stands in the name of the user who pressed the button.
"""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.kehu_workflow.closures import is_ours
from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

# What a view may set on a button of ours: where it stands, and whether it is shown.
_LAYOUT = frozenset(
    {"class", "column_invisible", "groups", "invisible", "readonly", "style", "t-elif", "t-else", "t-if"}
)


def calls_ours(model, method):
    """Return whether a button that calls a method of a model is one of ours.

    :param model: an empty recordset
    """
    definer = next((cls for cls in reversed(type(model).__mro__) if method in vars(cls)), None)
    return model._name.startswith(OURS) or bool(definer and is_ours(definer))


def buttons(arch, model):
    """Return what the buttons of ours in a view call, and what they say.

    :param arch: an element of an etree
    :param model: an empty recordset of the model that it shows, or nothing if it is unknown
    :return: a set of hashable values
    """
    found = set()
    computed = any(
        name == "t-att" or name.startswith("t-att") and name.endswith(("name", "type", "action"))
        for name in arch.attrib
    )
    if model is not None and (
        computed
        and model._name.startswith(OURS)
        or arch.get("type") == "object"
        and calls_ours(model, arch.get("name") or arch.get("action"))
    ):
        said = frozenset((name, value) for name, value in arch.attrib.items() if name not in _LAYOUT)
        inside = " ".join(
            [*"".join(arch.itertext()).split(), *(child.get("string", "") for child in arch.iterdescendants())]
        )
        found.add((model._name, arch.tag, said, inside))
    if arch.tag in ("field", "groupby"):  # a view inside this one
        field = model is not None and model._fields.get(arch.get("name"))
        model = model.env.get(field.comodel_name) if field and field.relational else None
    return found.union(*(buttons(child, model) for child in arch))


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        extended = self.browse(vals["inherit_id"] for vals in vals_list if vals.get("inherit_id"))
        with extended._kehu_buttons_kept() as made:
            views = super().create(vals_list)
            made.extend(views.ids)
        return views

    def write(self, vals):
        with (self | self.browse(vals.get("inherit_id") or ()))._kehu_buttons_kept():
            return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        with self._kehu_buttons_kept():
            return super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)

    # === BUSINESS ===

    @contextmanager
    def _kehu_buttons_kept(self):
        """Compare the buttons of ours in all views that extend those of ``self``, or are extended by them. The caller
        adds the IDs of views that it makes to the list.

        :raise AccessError: a button of our documents would call or say what none did before
        """
        made = []
        if self.env["kehu.right.change"]._is_servers_own():
            yield made
            return
        before = self.sudo()._kehu_tree()._kehu_buttons()
        yield made
        tree = self.sudo().browse({*self.ids, *made}).exists()._kehu_tree()
        if added := tree._kehu_buttons() - before:
            # As they are elsewhere, they may stand here, too.
            shown = {*tree.mapped("model"), *(model for model, *_said in added)}
            added -= self.sudo().search([("model", "in", list(shown)), ("id", "not in", tree.ids)])._kehu_buttons()
        self._kehu_refuse_buttons(
            dict(said).get("string") or inside or dict(said).get("name", "") for _model, _tag, said, inside in added
        )

    @api.model
    def _kehu_refuse_buttons(self, labels):
        """Refuse buttons that call methods of ours.

        :raise AccessError: there are some
        """
        if labels := sorted(set(labels)):
            raise AccessError(
                self.env._(
                    "Buttons of our documents keep what they do, and what they say: %s. Views can move and hide them.",
                    ", ".join(labels),
                )
            )

    def _kehu_tree(self):
        """Return the views of models that extend those of ``self``, at any distance, or are extended by them."""
        tree = self.filtered("model")
        while above := tree.inherit_id - tree:
            tree |= above
        while below := self.search([("inherit_id", "in", tree.ids), ("id", "not in", tree.ids)]):
            tree |= below
        return tree

    def _kehu_buttons(self):
        """Return the buttons of ours, in each language."""
        views = self.filtered(lambda view: view.active and view.mode == "primary" and view.model in self.env)
        languages = {"en_US", *(lang for lang, _name in self.env["res.lang"].get_installed())} if views else ()
        return {
            button
            for lang in languages
            for view, arch in zip(views, views.with_context(lang=lang)._get_combined_archs(), strict=True)
            for button in buttons(arch, self.env[view.model])
        }


class IrEmbeddedActions(models.Model):
    """Buttons above the list that a button of a document opens: every employee makes some."""

    _name = "ir.embedded.actions"
    _inherit = ["ir.embedded.actions", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"sequence"})
    _kehu_is_mailed = True

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._kehu_check_author()
        return actions

    def write(self, vals):
        self._kehu_check_author()
        result = super().write(vals)
        self._kehu_check_author()
        return result

    def unlink(self):
        self._kehu_check_author()
        return super().unlink()

    # === BUSINESS ===

    def _kehu_filter_watched(self):
        """Return those above lists of ours that somebody else sees."""
        return self.filtered(
            lambda action: (
                any(
                    (name or "").startswith(OURS)
                    for name in (action.parent_res_model, action.parent_action_id.res_model)
                )
                and action.user_id != self.env.user
            )
        )

    def _kehu_check_author(self):
        """Refuse buttons that mislead other users.

        :raise AccessError: some call a method of ours under a name of their own, or another user would see them
        """
        if self.env["kehu.right.change"]._is_servers_own():
            return
        actions = self.sudo()
        self.env["ir.ui.view"]._kehu_refuse_buttons(
            action.name or ""
            for action in actions
            if action.python_method
            and any(
                calls_ours(self.env[name], action.python_method)
                for name in (action.parent_res_model, action.parent_action_id.res_model)
                if name in self.env
            )
        )
        if not self.env.user._is_system() and actions._kehu_filter_watched():
            raise AccessError(self.env._("Only administrators can show others a button above lists of our documents."))


class BaseLanguageImport(models.TransientModel):
    _inherit = "base.language.import"

    def import_lang(self):
        views = self.env["ir.ui.view"]
        names = self.env["ir.model.data"].sudo().search([("model", "=", "ir.ui.view"), ("module", "=like", r"kehu\_%")])
        with views.browse(names.mapped("res_id")).exists()._kehu_buttons_kept():
            return super().import_lang()
