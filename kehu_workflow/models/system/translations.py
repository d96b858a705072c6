from odoo import models

from .addon_rows import OURS


class Base(models.AbstractModel):
    _inherit = "base"

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """Whoever may not write a field of ours may not translate it (A14): Odoo puts a translation into the table, and
        asks afterwards.
        """
        field = self._fields.get(field_name)
        if self._name.startswith(OURS) and field and field.store and field.translate is True:
            for lang, value in translations.items():
                # Without a translation, the English value is shown.
                value = value if isinstance(value, str) else self.with_context(lang="en_US")[field_name]
                self.with_context(lang=lang).write({field_name: value})
        return super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)
