from odoo import api, models

# The value of the key of the context under which handlers are made followers later: no client can send it.
_LATER = object()


class ServiceMixin(models.AbstractModel):
    """Handlers follow what is given to them; of many documents at once they are made followers at once.

    Core would subscribe and mail them document by document, which costs more than all else. A handler of one document
    is told by mail, as usual; whoever gets a whole import finds it in the list.
    """

    _inherit = "kehu.service.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        if len(vals_list) == 1:
            return super().create(vals_list)
        documents = (
            super(ServiceMixin, self.with_context(kehu_subscribe_later=_LATER)).create(vals_list).with_env(self.env)
        )
        for user, mine in documents.sudo().grouped("user_id").items():
            if user.active:
                self.env["mail.followers"]._insert_followers(self._name, mine.ids, user.partner_id.ids, customer_ids=[])
        return documents

    @api.model
    def _service_author(self):
        """Return the user whom core has just made a follower as its creator."""
        user = self.env.user
        return (
            user
            if user.active and not user.share and not self.env.context.get("mail_create_nosubscribe")
            else user.browse()
        )

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        if self.env.context.get("kehu_subscribe_later") is _LATER:
            return True
        # "update" is asked for on creation. Where nobody is to be added, core would look up who follows all the same.
        if followers_existing_policy == "update" and self.sudo().user_id.filtered("active") <= self._service_author():
            return True
        return super()._message_auto_subscribe(updated_values, followers_existing_policy)
