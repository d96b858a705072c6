"""Pictures of README, docs/ and the applications: each one named is there, each one there is named, and all are small."""

import re
import struct

import pytest
from dev import app_pages, pictures, places
from dev.inside import take_pictures

NAMED = re.compile(
    r"!?\[[^]]*\]\((?!https?://|#|mailto:)([^)#]+)[^)]*\)|<(?:img|a)\b[^>]*\b(?:src|href)=\"(?!https?://)([^\"#]+)\""
)
LARGEST = 3_000_000  # bytes, of all of them


PAGES = (
    places.CHECKOUT / "README.md",
    *sorted((places.CHECKOUT / "docs").glob("*.md")),
    *sorted(places.CHECKOUT.glob("kehu_*/static/description/index.html")),
)


def named(text):
    """The files that a page names."""
    return {first or second for first, second in NAMED.findall(text)}


def test_files_that_a_page_names_are_found():
    text = (
        '![a](images/a.png) [b](b.md#part) <img class="x" src="c.png"/> [d](https://example.com/d.md) <a href="e.md">'
    )
    assert named(text) == {"images/a.png", "b.md", "c.png", "e.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(places.CHECKOUT)))
def test_what_a_page_names_is_there(page):
    assert not [name for name in named(page.read_text(encoding="utf-8")) if not (page.parent / name).exists()]


def test_each_picture_is_made_and_named():
    made = {path for picture in pictures.PICTURES for path in pictures.files(picture)}
    there = {*pictures.FOLDER.iterdir(), *places.CHECKOUT.glob("kehu_*/static/description/*.png")}
    used = {(page.parent / name).resolve() for page in PAGES for name in named(page.read_text(encoding="utf-8"))}
    assert made == {path for path in there if path.name != "icon.png"}, "./kehu pictures makes those of dev/pictures.py"
    assert made <= used
    for picture in pictures.PICTURES:
        ours, copy = pictures.files(picture)
        assert ours.read_bytes() == copy.read_bytes(), picture.name


def test_pictures_are_small():
    files = [path for picture in pictures.PICTURES for path in pictures.files(picture)]
    assert sum(path.stat().st_size for path in files) < LARGEST
    for path in files:
        *_size, _depth, colours = struct.unpack(">IIBB", path.read_bytes()[16:26])
        assert colours == 3, f"{path}: a palette"


def test_pages_of_apps_are_those_of_the_fragments():
    for page, text in app_pages.pages().items():
        assert page.read_text(encoding="utf-8") == text, f"{page}: python3 -m dev.app_pages renews it"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("<div class='modal-dialog'>sure?</div><p class='o_data_row'>1</p>", "a dialog is open: sure?"),
        ("<div class='o_view_nocontent'>nothing here</div>", "the page is empty"),
        ("<span class='o_loading_indicator'>loading</span>", "still loading"),
        ("<p class='o_data_row'>1</p><span class='o_loading_indicator' style='display: none'>loading</span>", None),
    ],
)
def test_page_with_a_dialog_or_nothing_is_no_picture(body, cause, chromium):
    page = chromium.new_page()
    page.set_content(body)
    found = take_pictures.unfit(page, pictures.PICTURES[0])
    page.close()
    assert cause in found if cause else found is None
