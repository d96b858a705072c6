"""Programs from the system that the addons or their tests use: a browser, a PDF printer, Chinese fonts."""

import os
import shutil
from pathlib import Path

from . import apt
from .console import say, step
from .failure import Failure

FOR_RUNNING = {
    "wkhtmltopdf": lambda: shutil.which("wkhtmltopdf"),
    "fonts-noto-cjk": lambda: _has_chinese_font(),
}
FOR_TESTING = {
    **FOR_RUNNING,
    "chromium": lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
}


def provide(needed):
    """Installs what is missing, or says how to; never fails, as most things work without."""
    missing = [package for package, is_there in needed.items() if not is_there()]
    if not missing:
        return
    advice = f"Without {', '.join(missing)} some things will not work: install with `{apt.install_line(missing)}`."
    if os.geteuid() != 0 or not apt.is_there():
        say(f"  {advice}")
        return
    with step(f"Installing {', '.join(missing)}") as outcome:
        try:
            apt.install(missing, advice)
        except Failure as failure:
            outcome.note = "not possible"
            advice = str(failure)
        else:
            return
    say(f"  {advice}")


def _has_chinese_font():
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    names = ("*CJK*", "*wqy*", "*uming*", "*ukai*", "*SourceHan*")
    return any(True for folder in folders for name in names for _path in folder.rglob(name))
