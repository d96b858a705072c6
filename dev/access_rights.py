"""The table of docs/access-rights.md, made from the data of the addons: `python3 -m dev.access_rights` renews it."""

import csv
import re
from collections import defaultdict
from xml.etree import ElementTree

from . import addons, places
from .pages import Part

PART = Part(
    places.CHECKOUT / "docs" / "access-rights.md",
    "<!-- from the data of the addons -->\n",
    "<!-- until here -->\n",
)
_RIGHTS = ("read", "write", "create", "unlink")


def table():
    """One section a model: which group has which rights, and on which records, by the rules that say so."""
    rights, rules = _rights(), _rules()
    lines = []
    for model in sorted(rights):
        lines += ["", f"## `{model}`", "", "| group | may | of which |", "|---|---|---|"]
        for group in sorted(rights[model] | {group: () for group in rules[model] if group}):
            may = ", ".join(rights[model].get(group, ())) or "–"
            lines.append(f"| {group or 'all users'} | {may} | {_which(rules[model], group)} |")
        if everywhere := rules[model].get("", ()):
            lines += ["", f"For all of them: {'; '.join(everywhere)}."]
    return "\n".join(lines).lstrip("\n") + "\n"


def _which(rules, group):
    if group in rules:
        return "; ".join(rules[group])
    return "as by the rules of their other groups" if rules.keys() - {""} else "all"


def _rights():
    """`{model: {group: rights}}` from the files of access rights."""
    found = defaultdict(dict)
    for name, addon in addons.ours().items():
        path = addon.path / "security" / "ir.model.access.csv"
        for row in csv.DictReader(path.open(encoding="utf-8")) if path.exists() else ():
            may = [right for right in _RIGHTS if row[f"perm_{right}"] == "1"]
            found[_model(row["model_id:id"])][_full(name, row["group_id:id"])] = may
    return found


def _rules():
    """`{model: {group, or nothing for all: what the rules say}}`."""
    found = defaultdict(lambda: defaultdict(list))
    for name, addon in addons.ours().items():
        for path in addon.files():
            if path.suffix == ".xml" and path.parent.name in ("security", "data"):
                for record in ElementTree.parse(path).iter("record"):
                    if record.get("model") == "ir.rule":
                        _add_rule(found, name, record)
    return found


def _add_rule(found, addon, record):
    fields = {field.get("name"): field for field in record.iter("field")}
    not_for = [right for right in _RIGHTS if _says_no(fields.get(f"perm_{right}"))]
    words = fields["name"].text.partition(": ")[2] or fields["name"].text
    only = ", ".join(right for right in _RIGHTS if right not in not_for)
    words += f" ({only})" if not_for else ""
    groups = re.findall(r"ref\('([\w.]+)'\)", fields["groups"].get("eval", "")) if "groups" in fields else [""]
    for group in groups:
        found[_model(fields["model_id"].get("ref"))][_full(addon, group)].append(words)


def _says_no(field):
    return field is not None and (field.get("eval") or field.text or "").strip() in ("False", "0")


def _model(xml_id):
    """The model of an external id: `kehu` and what follows it, as its dots are lost in the id."""
    return xml_id.rpartition("model_")[2].replace("_", ".")


def _full(addon, group):
    return group if not group or "." in group else f"{addon}.{group}"


if __name__ == "__main__":
    PART.write(table())
