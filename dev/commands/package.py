"""`./kehu package`: the addons as wheels and as one zip, in dist/."""

from .. import packages, places, preparation
from ..console import say, step

HELP = "build a wheel of each addon and a zip of all into dist/"


def arguments(_parser):
    pass


def execute(_options):
    _odoo, environment = preparation.lint_tools()
    target = places.CHECKOUT / "dist"
    with step("Wheels"):
        made = packages.wheels(environment, target)
    with step("Zip"):
        made.append(packages.zip_of_all(target))
    for path in made:
        say(str(path.relative_to(places.CHECKOUT)))
    return 0
