from werkzeug.exceptions import NotFound

from odoo.http import request

from odoo.addons.rating.controllers.main import Rating


class ServiceRating(Rating):
    """Ratings of complaints and tickets, by the link in the mail (C6, C8)."""

    def _get_rating_and_record(self, token):
        rating, record = super()._get_rating_and_record(token)
        user = request.env.user
        is_ours = isinstance(record, request.env.registry["kehu.service.mixin"])
        if is_ours and (user._is_internal() or record._service_keeps_out(user)):
            # Colleagues do not rate, and excluded users learn nothing.
            raise NotFound()
        if is_ours and request.httprequest.method == "POST":
            rating._kehu_given_by(record._service_speaker(user))
        return rating, record
