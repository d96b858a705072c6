"""`./kehu i18n`: writes each addon's terms (.pot) and brings zh_CN.po and zh_TW.po up to date with them."""

from .. import addons, locks, places, preparation, processes, reporting
from ..checks.installation import TERMS, Installation
from ..console import say

HELP = "export the terms of the addons and update their translation files"


def arguments(parser):
    parser.add_argument("addons", nargs="*", metavar="addon", help="only these addons (default: all)")
    parser.add_argument("--odoo", metavar="FOLDER", help="an Odoo 19.0 to use (also: KEHU_ODOO)")


def execute(options):
    places.prepare()
    with locks.checkout_lock("i18n"):
        workbench = preparation.workbench(options.odoo)
        every = addons.chosen(options.addons)
        chosen = {name: addon for name, addon in every.items() if name in (options.addons or every)}
        exported = reporting.check("Exporting terms", Installation(workbench, chosen, {}).alone)
        if not exported.is_good:
            return 1
        say(
            processes.run(
                workbench.environment.python,
                places.CHECKOUT / "dev" / "inside" / "merge_terms.py",
                TERMS,
                *(addon.path / "i18n" for addon in chosen.values()),
                why="The translation files could not be written.",
            ).rstrip()
        )
    return 0
