from odoo import api, models
from odoo.exceptions import UserError

PRESENT = ("installed", "to upgrade")  # the states in which Odoo loads an addon whenever it starts
PORTION = 10_000  # as many rows of a model are counted, at most


class IrModuleModule(models.Model):
    """No addon goes, with whatever depends on it, while rows of evidence or confidential customers would go or open
    with it (A14, X3).

    Refused before anything is marked, by any way: the button, the dialog, the command line, or a state that is written
    over RPC.
    """

    _inherit = "ir.module.module"

    # === CRUD ===

    def write(self, vals):
        if vals.get("state", "installed") not in PRESENT or any(
            module.name != vals.get("name", module.name) for module in self
        ):
            self._kehu_check_removal()
        return super().write(vals)

    def unlink(self):
        # Core's own check is skipped in the context of uninstalling, which a client can send.
        self._kehu_check_removal()
        return super().unlink()

    # === BUSINESS ===

    def module_uninstall(self):
        # Those that are marked were let through when they were.
        self._kehu_check_removal()
        return super().module_uninstall()

    def _kehu_check_removal(self):
        """Refuse to uninstall while evidence or confidential customers exist.

        :raise UserError: naming what would be lost or opened, with numbers, and who releases it
        """
        present = self.filtered(lambda module: module.state in PRESENT)
        if not present:
            return
        lost = self._kehu_lost_with(present._kehu_going_along())
        if lost and not self.env["kehu.uninstall.release"]._is_released():
            raise UserError(
                "\n".join(
                    [
                        self.env._(
                            "Uninstalling %s is refused. This would be lost or opened to everybody:",
                            ", ".join(present.mapped("shortdesc")),
                        ),
                        *(f"{label}: {count}" for label, count in lost),
                        self.env["kehu.uninstall.release"]._way(),
                    ]
                )
            )

    def _kehu_going_along(self):
        """Return the names of these addons and of the installed ones that do not load without them.

        By their manifests: administrators can write the rows in which Odoo keeps dependencies.
        """
        going = set(self.mapped("name"))
        depends = {
            module.name: set(self.get_module_info(module.name).get("depends", ()))
            for module in self.sudo().search([("state", "in", PRESENT)])
        }
        while more := {name for name, needs in depends.items() if needs & going} - going:
            going |= more
        return going

    @api.model
    def _kehu_lost_with(self, names):
        """Return what goes, or is no longer protected, without some addons (hook).

        :param names: the technical names of the addons
        :return: list of ``(label, number)``; rows of one model are counted up to ten thousand
        """
        lost = []
        for name in self._kehu_evidence_models(names):
            # In sudo: all rows count, whoever asks.
            rows = self.env[name].sudo().with_context(active_test=False).search([], limit=PORTION, order="id")
            if count := len(rows._filter_evidence()):
                lost.append((self.env["ir.model"]._get(name).name, count))
        return lost

    @api.model
    def _kehu_evidence_models(self, names):
        """Return the names of the models of these addons whose rows can be evidence."""
        return [
            name
            for name, model in self.env.registry.items()
            if model._original_module in names
            and not model._abstract
            and model._auto
            and hasattr(model, "_filter_evidence")
        ]
