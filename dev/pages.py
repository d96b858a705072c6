"""A part of a page in docs/ that is made from the files of the project, and stands between two marks."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    page: Path
    begin: str
    end: str

    def read(self):
        """What stands on the page."""
        return self._pieces()[1]

    def write(self, text):
        before, _text, after = self._pieces()
        self.page.write_text(before + self.begin + text + self.end + after, encoding="utf-8")

    def _pieces(self):
        before, _begin, rest = self.page.read_text(encoding="utf-8").partition(self.begin)
        text, _end, after = rest.partition(self.end)
        return before, text, after
