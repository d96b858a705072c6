"""Which documents a mail may become: nobody can tell who sent it, so none that stands for somebody's request or
decision (X3).
"""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        if not self._kehu_takes_mail():
            raise AccessError(self.env._("A mail cannot become a new “%s”.", self._description))
        return super().message_new(msg_dict, custom_values)

    @api.model
    def _kehu_takes_mail(self):
        """Return whether a mail may become a new document of this model (hook).

        Of ours, only what customers write.
        """
        return not self._name.startswith("kehu.")


class MailAlias(models.Model):
    _inherit = "mail.alias"

    @api.constrains("alias_model_id")
    def _check_kehu_takes_mail(self):
        for alias in self.sudo():
            model = self.env.get(alias.alias_model_id.model)
            if model is not None and not model._kehu_takes_mail():
                raise ValidationError(self.env._("A mail cannot become a new “%s”.", model._description))

    @api.constrains("alias_model_id", "alias_contact", "alias_force_thread_id")
    def _check_kehu_takes_every_mail(self):
        for alias in self.sudo():
            if (alias.alias_model_id.model or "").startswith("kehu.") and (
                alias.alias_contact != "everyone" or alias.alias_force_thread_id
            ):
                raise ValidationError(
                    self.env._(
                        "Customers can write to this address: it takes mails of everyone, each as a document of its "
                        "own."
                    )
                )
