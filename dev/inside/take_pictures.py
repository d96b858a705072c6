"""Takes the pictures of dev/pictures.py (all, or those named) in a browser; KEHU_URL, KEHU_DATABASE and KEHU_IDS, the
ids of external ids in JSON, say where.
"""

import io
import json
import os
import re
import shutil
import sys

from dev import pictures, places
from PIL import Image
from playwright.sync_api import Error, sync_playwright

_BUSY = ".o_loading_indicator, .o_blockUI, .o_view_nocontent, .o_skeleton, .o_error_dialog"
_PATIENCE = 10  # times two seconds
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--lang=zh-CN")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(names):
    unknown = set(names) - {picture.name for picture in pictures.PICTURES}
    if unknown:
        sys.exit(f"There is no picture {', '.join(sorted(unknown))} in dev/pictures.py.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, _BROWSERS))), args=list(_ARGUMENTS)
        )
        states = {}  # of the people who are logged in
        for picture in pictures.PICTURES:
            if not names or picture.name in names:
                _keep(picture, _take(browser, states, picture))
        browser.close()


def _take(browser, states, picture):
    width, height = picture.size
    context = browser.new_context(
        base_url=os.environ["KEHU_URL"],
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        storage_state=states.get(picture.login),
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    if picture.login not in states:
        _log_in(page, picture.login)
        states[picture.login] = context.storage_state()
    ids = json.loads(os.environ["KEHU_IDS"])
    page.goto(re.sub(r"\{([\w.]+)\}", lambda match: str(ids[match[1]]), picture.path))
    try:
        for step in picture.steps:
            if step.startswith("?"):
                page.wait_for_selector(step[1:])
            else:
                page.click(step)
        page.wait_for_selector(picture.shows)
    except Error as error:
        page.screenshot(path=places.ARTEFACTS / f"{picture.name}.png")
        sys.exit(f"{picture.name}: {error.message} (the page is in {places.ARTEFACTS})")
    page.mouse.move(width // 2, 20)  # nothing is pointed at
    for _time in range(_PATIENCE):
        page.wait_for_timeout(2000)  # pictures of people, fading dialogs
        if not (cause := unfit(page, picture)):
            taken = page.screenshot()
            context.close()
            return taken
    sys.exit(f"{picture.name}: {cause}")


def unfit(page, picture):
    """What would be on the picture by accident, or None."""
    if (busy := page.locator(_BUSY).filter(visible=True)).count():
        return f"the page is empty, or still loading: {busy.all_inner_texts()}"
    if not picture.is_dialog and (dialog := page.locator(".modal-dialog")).count():
        return f"a dialog is open: {dialog.first.inner_text()}"
    return None


def _log_in(page, login):
    page.goto(f"/web/login?db={os.environ['KEHU_DATABASE']}")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click(".oe_login_buttons button[type=submit]")
    page.wait_for_selector(".o_main_navbar, .o_portal_my_home")


def _keep(picture, taken):
    """Writes it in 256 colours, which are enough for a page and a third of the size."""
    image = Image.open(io.BytesIO(taken)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    for path in pictures.files(picture):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.getvalue())
    print(f"{picture.name}.png {len(file.getvalue()) // 1024} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
