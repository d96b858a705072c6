"""WARNING and worse in Odoo's log: a fault of ours until it is known to be somebody else's."""

import re

_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[\w.]+): ?(?P<message>.*)$"
)
_BAD = {"WARNING", "ERROR", "CRITICAL"}

# (levels, logger, beginning of the message): what Odoo says of itself, whatever addons are there.
_KNOWN = (
    # A refusal that a client gets is what many tests are about; an unhandled exception is an ERROR.
    ({"WARNING"}, "odoo.http", ""),
    # Odoo's paid services are not reachable from a test machine, and are not wanted there.
    (_BAD, "odoo.addons.iap.", ""),
    (_BAD, "odoo.addons.partner_autocomplete.", ""),
    (_BAD, "odoo.addons.base.models.assetsbundle", "'Could not get content for mail/static/lib/selfie_segmentation"),
    (_BAD, "odoo.service.server", "Thread <Thread"),
)


def unexpected(log):
    """The entries of a log file that nobody should see: a list of texts."""
    if not log.exists():
        return []
    with log.open(encoding="utf-8", errors="replace") as file:
        entries, current = [], None
        for line in file:
            if match := _LINE.match(line):
                current = None
                if match["level"] in _BAD and not _is_known(**match.groupdict()):
                    current = [line.rstrip()]
                    entries.append(current)
            elif current is not None and len(current) < 30:
                current.append(line.rstrip())  # a traceback
    return [text for entry in entries if not (_is_refusal(text := "\n".join(entry)) or _is_lost_race(text))]


def _is_lost_race(text):
    """Two requests at once: PostgreSQL refuses the second; Odoo repeats it by itself, or it asks for what was just
    taken.
    """
    return " odoo.sql_db: " in text and (
        "could not serialize access" in text or "violates exclusion constraint" in text
    )


def _is_refusal(text):
    """A refused export is logged like a crash, though the client just gets the message."""
    return " ERROR " in text and "odoo.addons.web.controllers.export:" in text and "\nodoo.exceptions." in text


def cause(log):
    """The last exception in a log file, in one line; empty if there is none."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    exceptions = re.findall(r"^((?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Failed|NotFound)\b.*)$", text, re.M)
    return exceptions[-1].strip() if exceptions else ""


def _is_known(level, logger, message):
    return any(
        level in levels and logger.startswith(name) and message.startswith(beginning)
        for levels, name, beginning in _KNOWN
    )
