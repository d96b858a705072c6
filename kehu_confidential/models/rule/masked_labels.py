"""The labels of hidden records are masked, wherever they are shown (X3)."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_masked(self):
        """Return those of ``self`` whose very label is hidden from the current user."""
        if delegation := self._inherits.get("res.partner"):
            masked = self._kehu_delegated_contacts(delegation)._kehu_masked()
            return self.filtered(lambda record: record._kehu_delegated_contacts(delegation) in masked)
        return self._kehu_hidden()

    def _kehu_masked_label(self):
        """Return what a masked record is called."""
        self.ensure_one()
        return self.env._("Confidential record #%s", self._origin.id)

    @api.depends_context("uid")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _compute_field_value(self, field):
        is_label = field.name == "display_name" and field.store is not True
        copies_labels = field.store and any(path.endswith(".display_name") for path in self.pool.field_depends[field])
        # Who the user is must not be asked for other fields: the groups may be just what is being computed.
        if not (is_label or copies_labels) or self._kehu_sees_labels():
            return super()._compute_field_value(field)
        if not is_label:
            # Everybody will read a stored label: it must not be made with somebody's mask.
            return super(Base, self.with_user(SUPERUSER_ID))._compute_field_value(field)
        masked = self._kehu_masked()
        for record in masked:
            record.display_name = record._kehu_masked_label()
        if others := self - masked:
            try:
                super(Base, others)._compute_field_value(field)
            except AccessError:
                # Some labels are made of the name of a hidden customer, which labels what one may read.
                clearance = self.env.user.kehu_clearance
                if others - others._filtered_access("read"):
                    raise  # the label of what one may not read is not asked for by itself
                named = others.filtered(lambda record: record._origin.sudo()._kehu_highest_tier() > clearance)
                if not named or others._kehu_hidden():
                    raise
                super(Base, others - named)._compute_field_value(field)
                super(Base, named.sudo())._compute_field_value(field)
            others._kehu_keep_labels(field)
        return None

    @api.model
    def _kehu_sees_labels(self):
        """Return whether labels are made for no one who could be denied one: by the server, or for a visitor with a
        token.
        """
        return self.env.uid == SUPERUSER_ID or self.env.user._is_public()

    def _kehu_keep_labels(self, field):
        """Some models assign their labels in superuser mode; the cache of labels tells the modes apart since they
        depend on the user.
        """
        mine, other = field._get_cache(self.env), field._get_cache(self.env(su=not self.env.su))
        for record in self:
            if record.id not in mine and record.id in other:
                record.display_name = other[record.id]

    def fetch(self, field_names=None):
        # An export reads the labels of linked records as the user; one that is hidden must not make it fail. Portal
        # users export nothing, and would learn names by their ids.
        if field_names and not self.env.su and not self.env.user.share and set(field_names) <= {"id", "display_name"}:
            self -= self._kehu_hidden()
        return super().fetch(field_names)
