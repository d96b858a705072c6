"""Brings the translations of addons up to date with their terms.

Arguments: folder with fresh <addon>.pot files, then i18n folders of addons; languages are zh_CN and zh_TW.
What is translated stays, what no longer exists goes, what is new waits with an empty translation.
"""

import sys
from pathlib import Path

import polib

LANGUAGES = ("zh_CN", "zh_TW")


def clean(template, addon, language=""):
    """A file with the terms of `template` and a header that changes with nobody's clock or name."""
    file = polib.POFile(wrapwidth=78)
    file.metadata = {
        "Project-Id-Version": addon,
        **({"Language": language} if language else {}),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    terms = {}
    for entry in template:
        terms.setdefault((entry.msgid, entry.msgctxt or ""), []).append(entry)
    for _key, entries in sorted(terms.items()):
        file.append(
            polib.POEntry(
                msgid=entries[0].msgid,
                msgctxt=entries[0].msgctxt,
                comment=entries[0].comment,
                occurrences=sorted({place for entry in entries for place in entry.occurrences}),
            )
        )
    return file


def main(terms, folders):
    for folder in map(Path, folders):
        addon = folder.parent.name
        folder.mkdir(exist_ok=True)
        template = polib.pofile(str(Path(terms) / f"{addon}.pot"))
        clean(template, addon).save(str(folder / f"{addon}.pot"))
        for language in LANGUAGES:
            path = folder / f"{language}.po"
            known = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
            merged = clean(template, addon, language)
            for entry in merged:
                if (old := known.get(entry.msgid)) and not old.fuzzy:
                    entry.msgstr = old.msgstr
            merged.save(str(path))
            open_terms = sum(not entry.msgstr for entry in merged)
            print(f"{path}: {len(merged)} terms, {open_terms} to translate")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
