"""The gates of ./kehu test and lint: each one catches what it is there for."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from dev import access_rights, addons, architecture, log_check, places
from dev.checks import idioms, layers, machine_traces, sizes
from dev.tally import from_junit
from lxml import etree

DEV = Path(__file__).parent.parent / "dev"


@pytest.mark.parametrize(
    ("suffix", "line"),
    [
        (".py", "_sql_constraints = []"),
        (".py", "def name_get(self):"),
        (".py", "user.groups_id"),
        (".py", "self._cr.execute('')"),
        (".py", "self.read_group([], [], [])"),
        (".py", "from odoo.osv import expression"),
        (".py", "expression.AND([a, b])"),
        (".xml", '<field name="numbercall">-1</field>'),
        (".py", "cron._notify_progress(done=1)"),
        (".py", "record.toggle_active()"),
        (".py", "name = fields.Char(track_visibility='always')"),
        (".py", "@route('/x', type='json')"),
        (".py", "self.check_access_rights('read')"),
        (".py", "x = fields.Many2one('y', auto_join=True)"),
        (".py", "total = fields.Float(group_operator='sum')"),
        (".py", "class Test(SavepointCase):"),
        (".py", "self.env.cr.commit()"),
        (".xml", '<t t-name="kanban-box">'),
        (".xml", '<div class="oe_chatter">'),
        (".xml", '<span t-esc="name"/>'),
        (".xml", '<field name="x" attrs="{\'invisible\': 1}"/>'),
        (".xml", "<tree>"),
        (".xml", '<field name="view_mode">tree,form</field>'),
        (".xml", '<field name="who" help="His company"/>'),
        (".py", 'help="What he wrote"'),
        (".md", "- It is shut when he leaves."),
    ],
)
def test_dead_idioms_are_found(suffix, line):
    assert idioms.in_text(f"first\n{line}\n", suffix)[0][:2] == (2, line)


@pytest.mark.parametrize(
    ("suffix", "line"),
    [
        (".py", "self._read_group(domain, ['a'], ['b:sum'])"),
        (".py", "cron._commit_progress(1)"),
        (".xml", '<list string="Tree"/>'),
        (".xml", '<span t-out="name"/>'),
        (".py", "@route('/x', type='jsonrpc')"),
    ],
)
def test_living_idioms_are_left_alone(suffix, line):
    assert not idioms.in_text(line, suffix)


@pytest.mark.parametrize(
    "line",
    [
        "data = '/" + "root/main/x'",
        "see /" + "home/somebody/odoo",
        "--extra-index" + "-url = x",
        "https://mirror.py" + "pi.example.org",
    ],
)
def test_traces_of_a_machine_are_found(line):
    assert machine_traces.in_text(f"fine\n{line}") == [(2, line)]


OWNERS = {"kehu.complaint": "kehu_complaint", "kehu.service.ticket": "kehu_ticket"}


@pytest.mark.parametrize(
    "line",
    [
        '_inherit = "kehu.service.ticket"',
        "tickets = self.env['kehu.service.ticket']",
        '<field name="model">kehu.service.ticket</field>',
        '<field name="model_id" ref="model_kehu_service_ticket"/>',
        'ref="field_kehu_service_ticket__date_received"',
        "access_ticket,ticket,model_kehu_service_ticket,base.group_user,1,0,0,0",
        'self.env.ref("kehu_ticket.service_kind_repair")',
        "from odoo.addons.kehu_ticket.models.ticket import ticket",
    ],
)
def test_names_of_a_higher_addon_are_found(line):
    assert [number for number, _what in layers.in_text(f"first\n{line}\n", {"kehu_ticket"}, OWNERS)] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "module_kehu_ticket = fields.Boolean()",
        'self.env["kehu.complaint"]',
        '<field name="name">kehu.complaint.view.form</field>',
        '<field name="model_id" ref="model_kehu_complaint"/>',
        "# as it is done in kehu_ticket",
    ],
)
def test_names_of_lower_addons_and_check_boxes_are_left_alone(line):
    assert not layers.in_text(line, {"kehu_ticket"}, OWNERS)


def test_no_addon_names_what_hangs_under_it():
    assert not layers.find(addons.ours())


@pytest.mark.parametrize(
    ("modules", "lines", "found"), [(15, 400, []), (16, 401, ["models: 16 modules", "module_0.py: 401 lines"])]
)
def test_large_folders_and_files_are_found(tmp_path, modules, lines, found):
    (tmp_path / "models").mkdir()
    for number in range(modules):
        (tmp_path / "models" / f"module_{number}.py").write_text("\n" * (1 if number else lines), encoding="utf-8")
    (tmp_path / "models" / "__init__.py").write_text("\n" * 500, encoding="utf-8")
    assert [Path(size).name for size in sizes.find(tmp_path)] == found


def test_no_folder_or_file_is_too_large():
    assert not sizes.find(places.CHECKOUT)


# What an addon is made of, which an upgrade brings up to date. All else that it ships is a company's to change.
STRUCTURE = ("ir.actions.", "ir.model.access", "ir.module.category", "ir.rule", "ir.ui.", "res.groups")


def test_upgrades_leave_what_companies_changed():
    records = [
        (path.name, record.get("id"))
        for addon in addons.ours().values()
        for path in addon.files()
        if path.suffix == ".xml" and path.relative_to(addon.path).parts[0] in ("data", "security", "views", "report")
        for record in etree.parse(path).getroot().iter("record")
        if not record.get("model").startswith(STRUCTURE)
        and not any(element.get("noupdate") == "1" for element in (record, *record.iterancestors()))
    ]
    assert not records


def test_picture_of_addons_is_that_of_the_manifests():
    assert architecture.PART.read() == architecture.picture(), "python3 -m dev.architecture renews it"


def test_table_of_access_rights_is_that_of_the_data():
    assert access_rights.PART.read() == access_rights.table(), "python3 -m dev.access_rights renews it"


@pytest.mark.parametrize("page", ["architecture.md", "odoo-20.md"])
def test_files_that_pages_for_developers_name_are_there(page):
    named = re.findall(r"`([a-z_]+/[a-z_/]*\.py)`", (places.CHECKOUT / "docs" / page).read_text(encoding="utf-8"))
    there = [path.as_posix() for path in places.CHECKOUT.rglob("*.py")]
    assert named and not [name for name in named if not any(path.endswith(f"/{name}") for path in there)]


def test_addon_that_hangs_under_two_is_found(tmp_path):
    for name, depends in (("kehu_a", "[]"), ("kehu_b", "['kehu_a']"), ("kehu_c", "['kehu_a', 'kehu_b']")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text(f"{{'depends': {depends}}}", encoding="utf-8")
    (tmp_path / "kehu_b" / "models.py").write_text('class C:\n    _name = "kehu.c"\n', encoding="utf-8")
    (tmp_path / "kehu_a" / "models.py").write_text('X = "kehu.c"\n', encoding="utf-8")
    named, twice = layers.find({name: addons.Addon(name, tmp_path / name) for name in ("kehu_a", "kehu_b", "kehu_c")})
    assert named.endswith("kehu_a/models.py:1: kehu.c")
    assert "hangs under kehu_a, kehu_b" in twice


def test_warnings_in_a_log_are_found_with_their_traceback(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text(
        "2026-01-02 03:04:05,678 1 INFO db odoo.modules.loading: fine\n"
        "2026-01-02 03:04:05,678 1 WARNING db odoo.http: a client was refused\n"
        "2026-01-02 03:04:05,678 1 ERROR db odoo.http: an exception\nTraceback\nValueError\n"
        "2026-01-02 03:04:05,678 1 WARNING db odoo.models: a field without a label\n",
        encoding="utf-8",
    )
    first, second = log_check.unexpected(log)
    assert first.endswith("an exception\nTraceback\nValueError")
    assert second.endswith("odoo.models: a field without a label")


def test_skipped_tests_and_unexpected_warnings_fail(tmp_path):
    (tmp_path / "test_some.py").write_text(
        "import logging, unittest\n"
        "log = logging.getLogger('odoo.addons.some')\n"
        "class Some(unittest.TestCase):\n"
        "    def test_good(self): pass\n"
        "    def test_expected(self):\n"
        "        with self.assertLogs('odoo.addons.some', 'WARNING'):\n"
        "            log.warning('expected')\n"
        "    def test_unexpected(self): log.warning('unexpected')\n"
        "    @unittest.skip('no browser')\n"
        "    def test_skipped(self): pass\n",
        encoding="utf-8",
    )
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:odoo",
            "-p",
            "kehu_pytest",
            "--junitxml=report.xml",
            "test_some.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(DEV / "inside")},
        capture_output=True,
        check=False,
    )
    tally = from_junit(tmp_path / "report.xml")
    assert (tally.passed, tally.failed, tally.skipped) == (2, 2, 0)
    skipped, unexpected = sorted(tally.problems)
    assert "A skipped test proves nothing" in skipped
    assert "WARNING odoo.addons.some: unexpected" in unexpected


def test_a_test_run_that_broke_down_is_a_failure(tmp_path):
    assert from_junit(tmp_path / "missing.xml").failed == 1
