import logging

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import QUIET, Markers, groups_without_clearance

_logger = logging.getLogger(__name__)

_ROWS = 2  # of each model that is about no hidden customer: such as units, rules, projects


@tagged("post_install", "-at_install")
class TestRights(TransactionCase):
    """X3, X5: whoever is put into any field of any model reads no hidden customer by it, unless the log tells so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.markers = Markers(cls.env)
        cls.spy = new_test_user(cls.env, "rights_spy", "base.group_user", name="Spy", email="rights_spy@example.com")
        cls.unit = cls.env["crm.team"].create({"name": "Unit of the spy", "user_id": cls.spy.id})
        groups = groups_without_clearance(cls.env)
        cls.administrator = new_test_user(cls.env, "rights_administrator", "base.group_system", name="Administrator")
        cls.reader = new_test_user(
            cls.env, "rights_reader", "kehu_confidential.group_clearance_top_secret", name="Reader"
        )
        for writer in (cls.administrator, cls.reader):
            writer.group_ids += groups
        cls.spys = {
            "res.users": cls.spy,
            "res.partner": cls.spy.partner_id,
            "crm.team": cls.unit,
            "res.groups": cls.env.ref("base.group_user"),
        }
        if "hr.employee" in cls.env:
            cls.spys["hr.employee"] = cls.env["hr.employee"].create({"name": "Spy", "user_id": cls.spy.id})
        cls.hidden = {}
        for document, tier in cls.markers.documents:
            if tier == "3":  # documents of a confidential customer may be read by whoever works on them
                cls.hidden[document._name] = cls.hidden.get(document._name, document) | document
        cls.env.flush_all()

    def test_no_right_is_taken_silently(self):
        tried, silent = 0, []
        for writer in (self.administrator, self.reader):
            for name in sorted(self.env.registry):
                model = self.env[name].with_user(writer).with_context(active_test=False)
                if not model._auto or model._abstract or model._transient:
                    continue
                fields = [
                    field
                    for field in model._fields.values()
                    if field.comodel_name in self.spys and self.is_written(model, field)
                ]
                for record in self.rows(model) if fields else ():
                    for field in fields:
                        taken, told = self.taken_by(record, field)
                        tried += taken is not None
                        if taken and not told:
                            silent.append((writer.login, name, record.id, field.name, taken))
        _logger.info("rights: %s values written", tried)
        self.assertFalse(silent, "\n".join(map(str, silent)))
        self.assertGreater(tried, 300)

    def is_written(self, model, field):
        """Return whether the writer may put somebody into a field; another customer is not a right, but another
        document.
        """
        return (
            not field.readonly
            and (field.store or field.inverse)
            and model._has_field_access(field, "write")
            and field.name not in model._kehu_customer_fields()
        )

    def rows(self, model):
        """Return the rows of the hidden customers that the writer reads, or some that are about nobody of them."""
        with mute_logger(*QUIET):
            if not model.has_access("write"):
                return model
            about = model.search([("id", "in", self.hidden.get(model._name, model).ids)], limit=_ROWS)
            return about or model.search([], limit=_ROWS, order="id desc")

    def taken_by(self, record, field):
        """Put the spy into a field; return what the spy then reads in addition (None: refused), and whether the log
        tells.
        """
        value = self.spys[field.comodel_name].id
        savepoint = self.env.cr.savepoint()
        try:
            before, last = self.readable(record), self.last_line()
            with mute_logger(*QUIET):
                record.write({field.name: value if field.type == "many2one" else [Command.link(value)]})
                self.env.flush_all()
            gained = self.readable(record) - before
            return gained, self.last_line() > last
        except Exception:
            return None, False
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.registry.clear_all_caches()

    def readable(self, record):
        """Return the hidden customers, and the record if it is theirs, that the spy may read."""
        self.env.invalidate_all()
        hidden = list(self.markers.customers.values())
        if record in self.hidden.get(record._name, record.browse()).with_env(record.env):
            hidden.append(record)
        return {each for each in hidden if each.with_user(self.spy).sudo(False).has_access("read")}

    def last_line(self):
        return self.env["kehu.access.log"].sudo().search([("action", "=", "right")], limit=1, order="id desc").id or 0
