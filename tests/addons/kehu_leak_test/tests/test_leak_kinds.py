import logging

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import CONTENT, MARKER, QUIET, Markers, groups_without_clearance

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestLeakKinds(HttpCase):
    """X3: each kind of leak is looked for in all models, without a list of where it was found before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.markers = Markers(cls.env)
        cls.spy = new_test_user(cls.env, "kinds_spy", "base.group_user", name="Spy of all apps", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        cls.models = []
        with mute_logger(*QUIET):
            for name in sorted(cls.env.registry):
                model = cls.env[name].with_user(cls.spy).sudo(False)
                if model._auto and not model._abstract and not model._transient and "careless" not in name and model.has_access("read"):
                    cls.models.append(model)
        cls.env.flush_all()

    # === ROWS BELOW A HIDDEN RECORD ===

    def test_no_row_below_a_hidden_record_is_shown(self):
        """By the schema: a row that needs a hidden record, or is deleted with it, is hidden with it."""
        tried, hits = 0, []
        for model in self.models:
            for name, field in model._fields.items():
                if field.type != "many2one" or not field.store or not (field.required or field.ondelete == "cascade"):
                    continue
                targets = [document.id for document, tier in self.markers.documents
                           if document._name == field.comodel_name and tier == "3"]
                if targets and (rows := model.sudo().with_context(active_test=False).search([(name, "in", targets)])):
                    tried += len(rows)
                    if shown := model.with_context(active_test=False).search([("id", "in", rows.ids)]):
                        hits.append((model._name, name, shown.ids))
        _logger.info("rows below hidden records: %s", tried)
        self.assertGreater(tried, 20)
        self.assertFalse(hits, "\n".join(map(str, hits)))

    # === FILES THROUGH DELEGATION ===

    def test_no_model_delegates_to_a_hidden_file(self):
        files = self.env["ir.attachment"].sudo().search([("name", "like", CONTENT), ("res_model", "=", "res.partner")])
        self.assertTrue(files)
        delegating = [model for model in self.models if "ir.attachment" in model._inherits]
        self.assertTrue(delegating)
        for model in delegating:
            for file in files:
                with self.assertRaises(AccessError) as refused, mute_logger(*QUIET), self.env.cr.savepoint():
                    model.create({model._inherits["ir.attachment"]: file.id})
                self.assertNotRegex(str(refused.exception), MARKER)
