import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .mutation_tests import TESTS
from .mutations import Mutations

PAGE = Path(__file__).parents[4] / "docs" / "leaks.md"


@tagged("post_install", "-at_install")
class TestMutationTable(Mutations, TransactionCase):
    """X3: docs/leaks.md says of each place where a closure stands which test notices that it is missing."""

    maxDiff = None

    def setUp(self):
        super().setUp()
        self.places = {(row["closure"], row["addon"], row["file"]) for row, _cls, _closure in self.mutants()}

    def test_each_place_of_a_closure_has_its_row(self):
        rows = re.findall(r"^\| `([^`]*)` \| (kehu_\w+) `([^`]*)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(sorted(self.places - {*rows}), [], "./kehu mutations writes the rows of these")
        self.assertEqual(sorted({*rows} - self.places), [], "nothing of ours stands there any more")
        self.assertEqual(len(rows), len({*rows}))

    def test_tests_are_named_for_places_of_closures(self):
        names = {name for closure, _addon, file in self.places for name in (closure, f"{closure} {Path(file).stem}")}
        self.assertEqual(sorted(TESTS.keys() - names), [])
