"""Fixtures of the black-box tests: they speak to a running server only, the way a user or another system does.

`./kehu test` starts that server and says where it is:
KEHU_URL, KEHU_DATABASE and KEHU_ARTEFACTS (the folder for screenshots and downloads).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clients import Json2Client, Server, WebSession, XmlRpcClient
from postbox import postbox  # noqa: F401  a fixture

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items):
    """What is said of the demo company is looked at first: other tests hide its customers, and close its documents."""
    items.sort(key=lambda item: item.path.name != "test_demo_company.py")


@pytest.fixture(scope="session")
def server():
    """The running server: `.url`, `.database`."""
    url, database = os.environ.get("KEHU_URL"), os.environ.get("KEHU_DATABASE")
    if not (url and database):
        pytest.fail("There is no running server: start these tests with `./kehu test tests`.", pytrace=False)
    return Server(url.rstrip("/"), database)


@pytest.fixture(scope="session")
def artefacts():
    """Folder (ignored by git) for what a person may want to look at after the tests."""
    folder = Path(os.environ.get("KEHU_ARTEFACTS") or Path(__file__).parent.parent / ".kehu" / "artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def rpc(server):
    """`rpc(login, password=login)` is an XML-RPC client: `.call(model, method, *args, **kwargs)`."""
    return _one_per_user(lambda login, password: XmlRpcClient(server, login, password))


@pytest.fixture(scope="session")
def json2(server):
    """`json2(login, password=login)` is a JSON-2 client with an API key of that user: `.call(model, method, ids=(),
    **kwargs)`.
    """
    return _one_per_user(
        lambda login, password: Json2Client(server, WebSession(server, login, password).make_api_key())
    )


@pytest.fixture(scope="session")
def web(server):
    """`web(login, password=login)` is a logged-in web client session: `.call(…)` as the browser does, `.get(path)`,
    `.post(path, …)`.
    """
    return _one_per_user(lambda login, password: WebSession(server, login, password))


def _one_per_user(connect):
    """Logging in is slow by design (password hashing): keep one client for each user."""
    clients = {}

    def client(login, password=None):
        key = (login, password or login)
        if key not in clients:
            clients[key] = connect(*key)
        return clients[key]

    return client


@pytest.fixture(scope="session")
def odoo_shell(server):
    """`odoo_shell(script)` feeds a script of this folder to `odoo shell`; returns its last line, which is JSON."""
    here = Path(__file__).parent
    configuration = os.environ.get("KEHU_CONFIGURATION") or here.parent / ".kehu" / f"{server.database}.conf"
    command = [
        sys.executable,
        "-m",
        "odoo",
        "shell",
        "-c",
        configuration,
        "-d",
        server.database,
        "--no-http",
        "--log-level=warn",
    ]
    variables = {**os.environ, "PYTHONPATH": os.environ.get("KEHU_ODOO", ""), "KEHU_TESTS": str(here)}

    def run(script):
        done = subprocess.run(
            list(map(str, command)),
            input=(here / script).read_text(encoding="utf-8"),
            env=variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0 and done.stdout.strip(), done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def chromium():
    """The installed chromium, driven by Playwright."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not executable:
        pytest.fail("There is no chromium: install it with `apt-get install chromium`.", pytrace=False)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def browser_as(server, chromium):
    """`browser_as(login, password=login, size=(1440, 900))` is a Playwright page of that user (a customer's, too),
    logged in, in zh_CN.

    The test fails at its end if a page threw a JavaScript error, or is left with a dialog open, whose text it tells.
    """
    contexts, errors = [], []

    def open_page(login, password=None, size=(1440, 900)):
        context = chromium.new_context(
            base_url=server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": size[0], "height": size[1]},
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(f"{login}: {error}"))
        # A greeting that pops up covers a telephone's whole page: close it, as its owner would.
        page.add_locator_handler(page.locator(".o-mail-ChatWindow").first, lambda window: window.press("Escape"))
        page.goto(f"/web/login?db={server.database}")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password or login)
        page.click(".oe_login_buttons button[type=submit]")
        # The first page of a new database has its scripts bundled first.
        page.wait_for_selector(".o_main_navbar, .o_portal_my_home", timeout=120_000)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            errors += [f"{page.url}: {text}" for text in page.locator(".modal-dialog").all_inner_texts()]
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def screenshot(artefacts):
    """`screenshot(page, name)` writes `<artefacts>/<name>.png` and returns its path."""

    def shoot(page, name):
        path = artefacts / f"{name}.png"
        page.wait_for_timeout(500)  # let fading tabs and dialogs come to rest
        page.screenshot(path=path)
        return path

    return shoot
