"""Two customers, one confidential and one top secret, whose every word can be recognised wherever it comes out."""

import re

from odoo import Command
from odoo.fields import Domain
from odoo.tools import SQL

NAME = "Zqname"  # name and number of the customer, names of the customer's people
CONTENT = "Zqcontent"  # everything else
MARKER = re.compile(rf"({NAME}|{CONTENT})([23])", re.IGNORECASE)

# Columns that documents copy from a customer: confidential already where the document is not. Whom people put in copy
# is theirs.
COPIED = re.compile(
    r"email(?!_cc)|phone|mobile|street|zip|city|vat|contact_name|partner_name|acc_number|acc_holder|"
    r"account_number|partner_address|payment_details"
)
# The number that was given last stands in every draft, whoever may read the document that has it.
_LAST_NUMBER = re.compile(r"['\"]highest_name['\"]: ['\"][^'\"]*['\"]")
_TECHNICAL = re.compile(
    r"(^|_)(model|lang|tz|type|state|token|key|uuid|color|code|currency|path|url|domain|context|ref)($|_)|res_|_model"
)
_TEXT = ("char", "text", "html")
_NOT_A_CLERKS = {"base.group_portal", "base.group_public", "base.group_system", "base.group_erp_manager"}
_CLEARANCE = ("kehu_archive.", "kehu_confidential.")  # addons whose groups open archives or tiers
_MADE_HERE = ("res.partner", "kehu.archive", "res.users", "res.partner.bank")
# Taken only where they stand alone: the customer of the document to which they belong is another one.
_OF_A_DOCUMENT = {"stock.picking": ("sale_id",)}

# What refusals of all kinds write into the log.
QUIET = (
    "odoo.sql_db",
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_attachment",
    "odoo.models",
    "odoo.domains",
    "odoo.tools.cache",
)


def markers_in(answer):
    """Yield the matches of markers in the text of an answer."""
    return MARKER.finditer(_LAST_NUMBER.sub("", answer))


def groups_without_clearance(env):
    """Return the groups that make somebody manager of all apps, administrator and clearance left out."""
    kept = env["res.groups"]
    for group in env["res.groups"].search([]):
        implied = (group | group.all_implied_ids)._ensure_xml_id().values()
        if not _NOT_A_CLERKS & set(implied) and not any(name.startswith(_CLEARANCE) for name in implied):
            kept |= group
    return kept


def _is_derived(field):
    return field.related or field.compute and field.readonly


def text_columns(model):
    """Yield the stored text fields of a model that people fill."""
    for name, field in model._fields.items():
        if (
            field.type in _TEXT
            and field.store
            and field.column_type
            and not _TECHNICAL.search(name)
            and not field.company_dependent
        ):
            yield name, field


class Markers:
    def __init__(self, env):
        self.env = env(su=True)
        self.customers = {}  # {tier: partner}
        self.documents = []  # [(record, tier)]
        for tier in ("2", "3"):
            self._customer(tier)
        models = [env[name].sudo() for name in sorted(env.registry) if name not in _MADE_HERE]
        models = [model for model in models if model._auto and not model._abstract and not model._transient]
        for model in models:
            self._give_away(model)
        self.env.invalidate_all()
        for model in models:
            self._mark(model)
        self.env.invalidate_all()
        for tier, partner in self.customers.items():
            partner.kehu_tier = tier
        self.env.flush_all()

    def _customer(self, tier):
        env = self.env
        word = f"{CONTENT}{tier}"
        archive = env["kehu.archive"].create(
            {
                "name": f"{NAME}{tier}",
                "is_company": True,
                "kehu_custodian_id": False,
                "kehu_team_id": False,
                "email": f"{word}@example.com",
                "phone": f"+86 755 {word}",
                "street": word,
                "street2": word,
                "city": word,
                "zip": word,
                "website": f"{word}.example.com",
                "comment": word,
                "ref": f"{NAME}{tier}",
                "function": word,
                "legal_representative": word,
                "business_scope": word,
                "child_ids": [
                    Command.create({"name": f"{NAME}{tier} person", "email": f"p{word}@example.com", "comment": word})
                ],
                "bank_ids": [Command.create({"acc_number": word})],
            }
        )
        partner = archive.partner_id
        portal = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "login": f"{word.lower()}",
                    "name": f"{NAME}{tier} portal",
                    "group_ids": [Command.set(env.ref("base.group_portal").ids)],
                }
            )
        )
        portal.partner_id.parent_id = partner
        for document in (archive, partner, partner.child_ids[0]):
            document.message_post(body=word, subject=word, message_type="comment")
            document.activity_schedule("mail.mail_activity_data_todo", note=word, summary=word)
            env["ir.attachment"].create(
                {
                    "name": word,
                    "raw": word.encode(),
                    "res_model": document._name,
                    "res_id": document.id,
                    "description": word,
                }
            )
            self.documents.append((document, tier))
        self.documents += [(bank, tier) for bank in partner.bank_ids] + [(portal, tier)]
        self.customers[tier] = partner

    def _give_away(self, model):
        """Turn records that the apps brought along into some of each customer; what is derived from them follows."""
        names = [name for name in self._customer_fields(model) if not _is_derived(model._fields[name])]
        if not names:
            return
        free = Domain.AND(
            Domain(name, "=", False) for name in _OF_A_DOCUMENT.get(model._name, ()) if name in model._fields
        )
        for tier, record in zip(
            ("3", "2"), model.with_context(active_test=False).search(free, limit=2, order="id desc")
        ):
            if self._update(record, {name: self.customers[tier].id for name in names}):
                record.invalidate_recordset()
                record.modified(names)
                self.env.flush_all()

    def _mark(self, model):
        """Write the marker into every text of the customers' records."""
        names = self._customer_fields(model) or self._document_fields(model)
        for tier, customer in self.customers.items():
            about = Domain.OR(Domain(name, "=", customer.id) for name in names) if names else Domain.FALSE
            for record in model.with_context(active_test=False).search(about, limit=2, order="id desc"):
                for name, field in text_columns(model):
                    if tier == "3" or COPIED.search(name):
                        self._update(record, {name: f"{CONTENT}{tier}"}, translated=field.translate)
                self.documents.append((record, tier))

    def _customer_fields(self, model):
        names = model._kehu_customer_fields()
        return (model._kehu_customer_field,) if not names and "kehu.confidential.mixin" in model._inherit else names

    def _document_fields(self, model):
        """Return the paths to the customers of the records to which the rows of this model belong, step by step."""
        return [
            f"{name}.{path}"
            for name in self._parents(model)
            for parent in [self.env[model._fields[name].comodel_name]]
            for path in self._customer_fields(parent) or self._document_fields(parent)
        ]

    def _parents(self, model):
        # By the schema, not by what the addon takes for a parent: what the database requires, or deletes with it.
        if name := getattr(model, "_kehu_document_field", None):
            return [name]
        return [
            name
            for name, field in model._fields.items()
            if field.type == "many2one"
            and field.store
            and (field.required or field.ondelete == "cascade")
            and field.comodel_name not in ("res.partner", "res.users", "res.company", model._name)
            and self._customer_fields(self.env[field.comodel_name])
        ]

    def _update(self, record, values, translated=False):
        cr = self.env.cr
        value = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), SQL("jsonb_build_object('en_US', %s)", value) if translated else value)
            for name, value in values.items()
        )
        try:
            with cr.savepoint(flush=False):
                cr.execute(
                    SQL("UPDATE %s SET %s WHERE id = %s", SQL.identifier(record._table), value, record.id),
                    log_exceptions=False,
                )
        except Exception:
            return False
        return True
