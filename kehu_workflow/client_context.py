"""Clients choose no context by which Odoo, or an addon of ours, leaves undone what follows from a call (A6, A14).

Whom the server tells, whom it makes follow and what it notes would be theirs to switch off. Server code sets such keys
as it likes, and so does an import from a file.
"""

import functools
import json

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.rpc.controllers import json2
from odoo.service import model as service

# All of mail's keys switch something off, except for these: by them somebody follows or is told, or is not mailed what
# they see anyway.
_OF_MAIL = "mail_"
_HARMLESS = {
    "mail_activity_quick_update",
    "mail_invite_follower_channel_only",
    "mail_notify_author",
    "mail_notify_author_mention",
    "mail_notify_force_send",
    "mail_post_autofollow",
    "mail_post_autofollow_author_skip",
}
_OTHERS = {"import_file", "install_mode", "tracking_disable", MODULE_UNINSTALL_FLAG}


def _is_switch(key):
    return key in _OTHERS or (key.startswith(_OF_MAIL) and key not in _HARMLESS)


def without_switches(context):
    """Return a client's context, also one in JSON, without the keys that leave something undone."""
    if isinstance(context, str):
        try:
            given = json.loads(context)
        except ValueError:
            return context  # which Odoo refuses as well
        return json.dumps(without_switches(given))
    return (
        {key: value for key, value in context.items() if not _is_switch(key)} if isinstance(context, dict) else context
    )


def _get_public_method(get, model, name):
    """Return the public method of that name, which does not see such keys of its caller."""
    method = get(model, name)
    if "kehu.workflow.mixin" not in model.env:
        return method  # another database of this server

    @functools.wraps(method)
    def called(records, *args, **kwargs):
        context = records.env.context
        if any(map(_is_switch, context)):
            records = records.with_context(without_switches(dict(context)))
        return method(records, *args, **kwargs)

    return called


# What clients call goes through here, by whatever protocol, or through a route (models/system/ir_http.py). An Odoo
# without it does not load the addon.
service.get_public_method = json2.get_public_method = functools.partial(_get_public_method, service.get_public_method)
