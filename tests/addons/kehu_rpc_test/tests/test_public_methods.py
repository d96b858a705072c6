import inspect
from functools import cache

from odoo.service.model import call_kw
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .public_methods import crash, public_methods

MARKER = "ZQX"
JUNK = (None, ["x"], {"x": 1})  # more of it in test_malformed_calls
# The server's own notes of what happens.
NOTES = {"kehu_access_log"}
QUIET = ("odoo.sql_db", "odoo.models", "odoo.fields", "odoo.orm", "odoo.addons")


@tagged("post_install", "-at_install")
class TestPublicMethods(TransactionCase):
    """X3, A6: each public method of ours, and each one of Odoo that we override, called by those who may not, with
    anything.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        cls.users = [
            new_test_user(cls.env, "rpc_portal", "base.group_portal"),
            new_test_user(cls.env, "rpc_clerk", "kehu_complaint.group_service_user"),
            new_test_user(cls.env, "rpc_admin", "base.group_system"),
        ]
        cls.users[0].partner_id.parent_id = cls.env["res.partner"].create({"name": "Their company"})
        customer = cls.env["res.partner"].create(
            {"name": f"{MARKER} Ltd", "is_company": True, "email": "zqx@example.com", "kehu_tier": "3"}
        )
        for model in ("kehu.archive", "kehu.complaint", "kehu.service.ticket", "kehu.evaluation", "kehu.admission"):
            name = {"name": f"{MARKER} {model}"} if "name" in cls.env[model]._fields and model != "kehu.archive" else {}
            cls.env[model].search([("partner_id", "=", customer.id)], limit=1) or cls.env[model].create(
                {"partner_id": customer.id, **name}
            )
        cls.env["kehu.complaint"].search([("partner_id", "=", customer.id)]).message_post(body=f"{MARKER} said")
        cls.env.flush_all()

    # === WHAT IS CALLED ===

    def victims(self, model, user):
        """The ids of some records that the user cannot write, hidden ones first."""
        return self._victims(model._name, user)

    @cache  # noqa: B019  the test case lives as long as the cache
    def _victims(self, name, user):
        everything = self.env[name].with_context(active_test=False).search([], order="id desc", limit=40)
        theirs = everything.with_user(user)
        readable, writable = theirs._filtered_access("read"), theirs._filtered_access("write")
        return [*(theirs - readable).ids, *(readable - writable).ids][:2] or everything[:1].ids

    def arguments(self, model, name, user):
        """Yield lists of arguments: fitting ones with values that harm, then nonsense."""
        parameters = [
            parameter
            for parameter in list(inspect.signature(getattr(type(model), name)).parameters.values())[1:]
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
        required = [parameter for parameter in parameters if parameter.default is parameter.empty]
        if name in ("create", "write"):
            for vals in self.values(model, user):
                yield [[vals]] if name == "create" else [vals]
            return
        yield ["x" for _parameter in required]
        yield [{"x": "x"} for _parameter in parameters]
        if name != "onchange" and any("val" in parameter.name for parameter in parameters):
            for vals in self.values(model, user):
                yield [vals if "val" in parameter.name else {} for parameter in parameters]
        if parameters:
            yield from ([junk for _parameter in required or parameters] for junk in JUNK)

    def values(self, model, user):
        """Yield dictionaries of values that write to the records of others."""
        for name, field in model._fields.items():
            if (
                field.type in ("one2many", "many2many")
                and field.comodel_name in self.env
                and not self.env[field.comodel_name]._abstract
            ):
                label = self.env[field.comodel_name]._rec_name or "id"
                for record_id in self.victims(self.env[field.comodel_name], user):
                    yield {name: [[1, record_id, {label: "forged"}], [4, record_id]]}
        yield {}

    # === CALLING ===

    def call(self, user, name, method, arguments):
        """Call as the RPC layer does, and undo it.

        :return: the exception or None, the tables written to, and of the records that commands name those that were
            changed
        """
        model = self.env[name].with_user(user)
        model.env.invalidate_all()
        named = self.named(model, arguments[-1] if arguments else None)
        rows, changed, refused = self.rows(named), [], None
        # As whom commands write to records of other models: in a request it is the caller.
        transaction = self.env.transaction
        origin, transaction.default_env = transaction.default_env, model.env
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*QUIET):
                call_kw(model, method, arguments, {})
                model.env.flush_all()
            changed = [record for record, row in self.rows(named).items() if row != rows[record]]
        except Exception as error:
            refused = error
        finally:
            savepoint.close(rollback=True)
            transaction.default_env = origin
        before, self.before = self.before, self.written()
        return (
            refused,
            {table for table, count in self.before.items() if count != before.get(table, 0)} - NOTES,
            changed,
        )

    @staticmethod
    def named(model, values):
        """The records that x2many commands in ``values`` name and the user cannot write."""
        values = values[0] if isinstance(values, list) and values else values
        records = [
            model.env[model._fields[name].comodel_name].browse(commands[0][1])
            for name, commands in (values.items() if isinstance(values, dict) else ())
            if name in model._fields and isinstance(commands, list) and isinstance(commands[0], list)
        ]
        # Users change their own name.
        return [record for record in records if not record.browse().has_access("write") and record != model.env.user]

    def rows(self, records):
        """``{record: place of its row}``, which is another after each change."""
        places = {}
        for record in records:
            self.env.cr.execute(SQL("SELECT ctid FROM %s WHERE id = %s", SQL.identifier(record._table), record.id))
            places[record] = self.env.cr.fetchone()
        return places

    def written(self):
        """``{table: rows}`` that this transaction wrote, undone ones too: PostgreSQL counts them."""
        self.env.cr.execute("""
            SELECT relname, rows
              FROM pg_class,
                   LATERAL (SELECT pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                                   + pg_stat_get_xact_tuples_deleted(oid) AS rows) AS counted
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND rows > 0""")
        return dict(self.env.cr.fetchall())

    def may_write(self, user, name, ids):
        model = self.env[name].with_user(user)
        records = model.browse(ids).exists() if ids else model
        return model.has_access("create") or any(
            records._filtered_access(operation) for operation in ("write", "unlink") if model.has_access(operation)
        )

    def test_nobody_writes_or_crashes_by_a_public_method(self):
        problems, calls, self.before = [], 0, self.written()
        for name, method in public_methods(self.env):
            function = getattr(type(self.env[name]), method)
            for user in self.users:
                ids = self.victims(self.env[name], user) if not self.env[name]._abstract else []
                may = self.env[name]._abstract or self.may_write(user, name, ids)
                for number, arguments in enumerate(self.arguments(self.env[name].with_user(user), method, user)):
                    for chosen in (
                        (None,)
                        if getattr(function, "_api_model", False)
                        else (ids, [], [2**31 - 1])
                        if not number
                        else (ids,)
                    ):
                        calls += 1
                        refused, tables, changed = self.call(
                            user, name, method, arguments if chosen is None else [chosen, *arguments]
                        )
                        told = f"{user.login} {name}.{method}({chosen}, {str(arguments)[:150]})"
                        with mute_logger(*QUIET):
                            where = refused and crash(
                                refused, self.env[name].with_user(user), method, chosen, arguments
                            )
                        if where:
                            problems.append(f"{told} crashed at {where}")
                        if refused and MARKER in str(refused):
                            problems.append(f"{told} tells what is hidden: {refused}")
                        if changed:
                            problems.append(f"{told} changed {changed}")
                        if tables and not refused and not may:
                            problems.append(f"{told} wrote to {', '.join(sorted(tables))}")
        self.assertGreater(calls, 1000)
        self.assertFalse(problems, f"{len(problems)} of {calls} calls:\n" + "\n".join(problems))
