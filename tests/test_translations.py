"""P2: every term that our addons show is there in Chinese, simplified and traditional."""

import os
import re
from pathlib import Path

import polib
import pytest

CHECKOUT = Path(__file__).parent.parent
ADDONS = sorted(path.parent.name for path in CHECKOUT.glob("kehu_*/__manifest__.py"))
LANGUAGES = ("zh_CN", "zh_TW")

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]|\{\w*\}|</?[a-z]\w*")
# Latin words that Chinese keeps.
_WORD = re.compile(r"[a-z]{2,}")


@pytest.fixture(scope="module", params=ADDONS)
def addon(request):
    return request.param


@pytest.fixture(scope="module")
def terms(addon):
    """What the addon exports now: `./kehu test` and `./kehu i18n` write it."""
    path = Path(os.environ.get("KEHU_TERMS", CHECKOUT / ".kehu" / "terms")) / f"{addon}.pot"
    if not path.exists():
        pytest.fail(f"{path} is missing: run `./kehu test` or `./kehu i18n`.", pytrace=False)
    return {entry.msgid for entry in polib.pofile(str(path))}


@pytest.fixture(params=LANGUAGES)
def translation(request, addon):
    path = CHECKOUT / addon / "i18n" / f"{request.param}.po"
    if not path.exists():
        pytest.fail(f"{path.relative_to(CHECKOUT)} is missing: run `./kehu i18n` and translate.", pytrace=False)
    return polib.pofile(str(path))


def test_every_term_is_translated(terms, translation):
    translated = {entry.msgid for entry in translation if entry.msgstr.strip() and not entry.fuzzy}
    _none("not translated", terms - translated)


def test_no_translation_is_left_over(terms, translation):
    _none("no longer exported (run `./kehu i18n`)", {entry.msgid for entry in translation} - terms)


def test_placeholders_survive_the_translation(translation):
    _none(
        "with other placeholders",
        {
            f"{entry.msgid} → {entry.msgstr}"
            for entry in translation
            if entry.msgstr and sorted(_PLACEHOLDER.findall(entry.msgid)) != sorted(_PLACEHOLDER.findall(entry.msgstr))
        },
    )


def test_no_english_is_passed_off_as_chinese(translation):
    _none(
        "the same as in English",
        {
            entry.msgid
            for entry in translation
            if entry.msgstr == entry.msgid and _WORD.search(_PLACEHOLDER.sub("", entry.msgid))
        },
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_list_of_apps_names_our_addons_in_chinese(rpc, language):
    apps = rpc("admin").call(
        "ir.module.module",
        "search_read",
        [["name", "in", ADDONS], ["state", "=", "installed"]],
        ["shortdesc", "summary"],
        context={"lang": language},
    )
    said = {text for app in apps for text in (app["shortdesc"], app["summary"])}
    assert len(apps) == len(ADDONS)
    _none("in English in the list of apps", {text for text in said if not re.search(r"[\u4e00-\u9fff]", text)})


def _none(fault, terms):
    if terms:
        pytest.fail("\n".join([f"{len(terms)} terms {fault}:", *map(repr, sorted(terms))]), pytrace=False)
