"""What the web client says in a corner of the screen when something is done; plain Python, no database."""

CLOSE = {"type": "ir.actions.act_window_close"}
RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


def notification(message, *, kind="success", sticky=False, then=CLOSE, **params):
    """Return the action that shows a notice.

    :param message: in the language of the user
    :param kind: ``success``, ``warning``, ``danger`` or ``info``
    :param then: the action that follows
    :param params: what the web client takes besides: title, links
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": kind, "sticky": sticky, "message": message, "next": then, **params},
    }
