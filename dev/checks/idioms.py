"""Idioms that are dead or deprecated in Odoo 19 (most of them are accepted in silence, and do nothing), and words for
people.
"""

import re

_SUFFIXES = {".py", ".xml", ".md"}

# (what to look for, in which files, what to write instead)
_DEAD = tuple(
    (re.compile(pattern), suffix, instead)
    for pattern, suffix, instead in (
        (r"\b_sql_constraints\b", ".py", "models.Constraint"),
        (r"\bdef name_get\b", ".py", "_compute_display_name"),
        (r"\bgroups_id\b", "", "group_ids"),
        (r"\bself\._(cr|uid|context)\b", ".py", "self.env.cr, self.env.uid, self.env.context"),
        (r"(?<!super\(\))\.read_group\(", ".py", "_read_group or formatted_read_group"),
        (r"\bodoo\.osv\b|^\s*(from|import) odoo\.orm\b", ".py", "odoo.fields, odoo.models, odoo.api"),
        (r"\bexpression\.(AND|OR)\b", ".py", "Domain"),
        (r"\b(numbercall|doall)\b", "", "nothing: crons no longer have it"),
        (r"\b_notify_progress\b", ".py", "_commit_progress"),
        (r"\btoggle_active\b", "", "action_archive and action_unarchive"),
        (r"\btrack_visibility\b", ".py", "tracking=True"),
        (r"\btype=['\"]json['\"]", ".py", "type='jsonrpc'"),
        (r"\bcheck_access_r(ights|ule)\b", ".py", "check_access or has_access"),
        (r"\bauto_join\b", ".py", "bypass_search_access"),
        (r"\bgroup_operator\b", ".py", "aggregator"),
        (r"\bSavepointCase\b", ".py", "TransactionCase"),
        (r"\bcr\.commit\(\)", ".py", "_commit_progress in crons, nothing elsewhere"),
        (r"\b\w+\(\s*states\s*=\s*\{", ".py", "readonly in the view"),
        (r"kanban-box", "", 't-name="card"'),
        (r"oe_chatter", ".xml", "<chatter/>"),
        (r"\bt-(esc|raw)\b", ".xml", "t-out"),
        (r"\sattrs\s*=", ".xml", "invisible=, readonly=, required="),
        (r"<tree\b", ".xml", "<list>"),
        (r"(?<![A-Za-z])([Hh]is|[Hh]im(self)?|he|she|her(self)?)(?![A-Za-z])", "", "the role, or they"),
        (r"view_mode\">[^<]*\btree\b", ".xml", "list"),
    )
)


def find(places):
    """Lines of files, and of all below folders, with a dead idiom, as `file:line: text (use …)`."""
    found = []
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in _SUFFIXES and path.is_file():
                text = path.read_text(encoding="utf-8")
                found += [
                    f"{path}:{number}: {line.strip()} (use {instead})"
                    for number, line, instead in in_text(text, path.suffix)
                ]
    return found


def in_text(text, suffix):
    """(line number, line, what to use instead) of every dead idiom in the text of a file with that suffix."""
    return [
        (number, line, instead)
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, only, instead in _DEAD
        if only in ("", suffix) and pattern.search(line)
    ]
