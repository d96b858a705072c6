"""`./kehu docs`: the documentation as a site, in dist/docs."""

from .. import places, preparation, site
from ..console import say, step

HELP = "build the documentation as a site into dist/docs"


def arguments(_parser):
    pass


def execute(_options):
    _odoo, environment = preparation.lint_tools()
    with step("Documentation"):
        page = site.build(environment, places.CHECKOUT / "dist" / "docs")
    say(str(page.relative_to(places.CHECKOUT)))
    return 0
