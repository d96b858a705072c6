"""What goods cost in the last months: nobody lowers a price or cost for an hour to have a replacement approved by less
(C5).
"""

from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models

# Of what goods are worth, by model; each is tracked.
_PRICES = {"product.template": ("list_price",), "product.product": ("price_extra", "standard_price")}
# By which attributes a variant costs more: two fields of Odoo's that show one table.
_OF_EXTRAS = {"product_template_attribute_value_ids", "product_template_variant_value_ids"}
FORMER_PRICES = timedelta(days=90)  # a price that was lowered counts so long for what is proposed


def former_values(records, field_name):
    """Return ``{id: greatest value}`` of a tracked number that was changed in the last months."""
    env, greatest = records.env, {}
    changes = env["mail.tracking.value"].search(
        [
            ("field_id", "=", env["ir.model.fields"]._get(records._name, field_name).id),
            ("mail_message_id.model", "=", records._name),
            ("mail_message_id.res_id", "in", records.ids),
            ("create_date", ">=", fields.Datetime.now() - FORMER_PRICES),
        ]
    )
    for change in changes:
        id_ = change.mail_message_id.res_id
        greatest[id_] = max(greatest.get(id_, 0.0), change.old_value_float)
    return greatest


class ProductProduct(models.Model):
    _inherit = "product.product"

    standard_price = fields.Float(tracking=True)  # as Odoo tracks the price

    # === CRUD ===

    def write(self, vals):
        if _OF_EXTRAS.isdisjoint(vals):
            return super().write(vals)
        with self._track_price_extra():
            return super().write(vals)

    # === BUSINESS ===

    @contextmanager
    def _track_price_extra(self):
        """Track what the variants cost more than others, which Odoo computes from their attributes, for all at once."""
        before = {product: product.price_extra for product in self}
        yield
        self.flush_recordset(_OF_EXTRAS)
        self.invalidate_recordset(["price_extra", *_OF_EXTRAS])
        changed = self.filtered(lambda product: product.price_extra != before[product])
        Tracking = self.env["mail.tracking.value"].sudo()
        description = self.fields_get(["price_extra"])["price_extra"]
        Tracking.create(
            [
                {
                    **Tracking._create_tracking_values(
                        before[product], product.price_extra, "price_extra", description, product
                    ),
                    "mail_message_id": message.id,
                }
                for product, message in zip(changed, changed._message_log_batch({}), strict=True)
            ]
        )


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    # === CRUD ===

    def write(self, vals):
        if "price_extra" not in vals:
            return super().write(vals)
        with self.with_context(active_test=False).ptav_product_variant_ids._track_price_extra():
            return super().write(vals)


class MailMessage(models.Model):
    _inherit = "mail.message"

    # === BUSINESS ===

    def _kehu_kept(self):
        """What prices were is kept, too: replacements are approved by it."""
        kept = super()._kehu_kept()
        of_products = self.sudo().with_context(prefetch_fields=False).filtered(lambda message: message.model in _PRICES)
        if not of_products:
            return kept
        Fields = self.env["ir.model.fields"]
        prices = [Fields._get(model, name).id for model, names in _PRICES.items() for name in names]
        tracked = (
            self.env["mail.tracking.value"]
            .sudo()
            .search([("mail_message_id", "in", of_products.ids), ("field_id", "in", prices)])
        )
        return kept | (self & self.browse(tracked.mail_message_id.ids))
