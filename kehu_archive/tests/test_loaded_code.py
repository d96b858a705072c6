from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase

_DESIGN = ("ir.asset", "ir.ui.view", "ir.attachment")


@tagged("post_install", "-at_install")
class TestLoadedCode(ArchiveCase):
    """X5: what the browsers of all colleagues load comes from administrators, in the open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")
        cls.designer = new_test_user(cls.env, "test_designer", "base.group_user", name="Designer")
        # As the designers of websites may, where that app is installed.
        cls.env["ir.model.access"].create(
            [
                {
                    "name": "x",
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "group_id": cls.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
                for model in _DESIGN
            ]
        )

    def noted(self, model):
        return str(
            self.env["kehu.access.log"]
            .search([("user_id", "=", self.admin.id), ("action", "=", "right"), ("res_model", "=", model)])
            .mapped("note")
        )

    def asset(self, user, bundle="web.assets_backend", path="/x/evil.js"):
        return self.env["ir.asset"].with_user(user).create({"name": "x", "bundle": bundle, "path": path})

    def template(self, user, extended, arch="<script>EVIL()</script>", **vals):
        arch = f'<data><xpath expr="." position="inside">{arch}</xpath></data>'
        return (
            self.env["ir.ui.view"]
            .with_user(user)
            .create({"name": "x", "type": "qweb", "inherit_id": self.env.ref(extended).id, "arch": arch, **vals})
        )

    def assert_refused(self, call, *args, sentence="Only administrators can add scripts", **kwargs):
        with self.assertRaisesRegex(AccessError, sentence), self.env.cr.savepoint():
            call(*args, **kwargs)
            self.env.flush_all()

    # === ASSETS ===

    def test_scripts_and_styles_are_administrators(self):
        for bundle, path in (
            ("web.assets_backend", "/x/evil.js"),
            ("web.assets_backend", "/x/evil.css"),
            ("web.assets_frontend", "/x/evil.scss"),
        ):
            with self.subTest(bundle, path=path):
                self.assert_refused(self.asset, self.designer, bundle, path)
                made = self.asset(self.admin, bundle, path)
                self.assertIn(path, self.noted("ir.asset"))
                self.assert_refused(made.with_user(self.designer).write, {"path": "/x/other.js"})
                self.assert_refused(made.with_user(self.designer).unlink)

    # === TEMPLATES ===

    def test_templates_of_all_pages_are_administrators(self):
        for extended in ("web.layout", "web.login", "web.report_layout", "mail.mail_notification_layout"):
            with self.subTest(extended):
                self.assert_refused(self.template, self.designer, extended)
                view = self.env.ref(extended).with_user(self.designer)
                self.assert_refused(view.write, {"arch": view.arch.replace("</t>", "<b>Approve</b></t>", 1)})
                self.assert_refused(view.write, {"active": False})
        self.template(self.admin, "web.layout", "<i>Ours</i>")
        self.assertIn("Ours", self.noted("ir.ui.view"))

    def test_template_takes_no_place_of_another(self):
        views = self.env["ir.ui.view"].with_user(self.designer)
        own = {"name": "x", "type": "qweb", "arch": "<t>Hello</t>"}
        self.assert_refused(views.create, {**own, "key": "web.login", "priority": 1})
        mine = views.create({**own, "key": "x.page"})
        mine.arch = "<t>Good morning</t>"
        self.assert_refused(mine.write, {"key": "web.login"})
        mine.unlink()
        self.assertNotIn("morning", self.noted("ir.ui.view"))

    # === FILES ===

    def test_compiled_file_is_nobodys(self):
        url = "/web/assets/0123456/web.assets_web.min.js"
        values = {"name": "web.assets_web.min.js", "raw": b"good()", "public": True}
        compiled = self.env["ir.attachment"].create({**values, "url": url, "res_model": "ir.ui.view", "res_id": 0})
        other = self.env["ir.attachment"].create({**values, "url": "/x/y.js", "res_model": "ir.ui.view", "res_id": 0})
        load = "Browsers load this file"
        for change in ({"raw": b"EVIL()"}, {"url": "/x/z.js"}):
            self.assert_refused(compiled.with_user(self.admin).write, change, sentence=load)
        self.assert_refused(other.with_user(self.admin).write, {"url": url}, sentence=load)
        files = self.env["ir.attachment"].with_user(self.admin)
        self.assert_refused(files.create, {**values, "url": url}, sentence=load)

    def test_file_of_a_script_stays_as_it_was_told(self):
        values = {"name": "own.js", "raw": b"good()", "url": "/x/own.js", "public": True}
        file = self.env["ir.attachment"].with_user(self.admin).create(values)
        file.raw = b"better()"
        self.asset(self.admin, path="/x/own.js")
        load = "Browsers load this file"
        self.assert_refused(file.write, {"raw": b"EVIL()"}, sentence=load)
        self.assert_refused(file.copy, {"url": "/x/own.js"}, sentence=load)
