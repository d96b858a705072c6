import inspect
import traceback

import psycopg2

from odoo.exceptions import AccessDenied, UserError
from odoo.service.model import get_public_method


def is_ours(path):
    """Whether a class or function is of our addons, those for tests excepted."""
    return path.startswith("odoo.addons.kehu_") and "_test." not in path


def public_methods(env):
    """Return ``[(model, method)]``: each function of ours that clients can call, once, on the model where it can do
    most.

    Not those of modules: administrators may call them, and the addons would be gone while they are tested.
    """
    places = {}
    for model in env.registry.values():
        if model._abstract and model._name != "mail.thread" or model._name.startswith(("kehu.test.", "ir.module.")):
            continue
        for base in filter(lambda base: is_ours(base.__module__), model.mro()):
            for name, function in vars(base).items():
                if inspect.isfunction(function) and not name.startswith("_"):
                    places.setdefault((base.__module__, base.__qualname__, name), []).append(model)
    found = {
        (max(models, key=lambda model: (len(model._fields), model._name))._name, name)
        for (_module, _class, name), models in places.items()
    }
    return sorted((model, name) for model, name in found if _is_public(env[model], name))


def _is_public(model, name):
    try:
        return bool(get_public_method(model, name))
    except UserError:
        return False


def crash(error, model, method, ids, arguments):
    """Say where our code stumbled over a call that Odoo alone would refuse or answer.

    :return: ``file:line`` and the exception as text, or None
    """
    if _is_clean(error) or "Expected singleton" in str(error):
        return None
    frames = [
        (frame.f_code.co_filename, frame.f_code.co_name, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [
        index
        for index, (path, _name, _line) in enumerate(frames)
        if "/kehu_" in path and "/tests/" not in path and not path.endswith("/client_context.py")
    ]  # which hands every call on
    if not ours or method and _odoo_stumbles(model, method, ids, arguments):
        return None
    path, name, line = frames[ours[-1]]
    if name in [frame[1] for frame in frames[ours[-1] + 1 :][:1]]:
        return None  # handed on to what it overrides
    return f"{path[path.index('/kehu_') + 1 :]}:{line}: {error!r:.200}"


def _is_clean(error):
    # What PostgreSQL does not take, such as a number too large, it does not take from Odoo alone, either.
    return isinstance(error, (UserError, AccessDenied, psycopg2.Error))


def _odoo_stumbles(model, method, ids, arguments):
    """Whether Odoo's own code, without ours around it, cannot work with these ids, or its method
    with these arguments.
    """
    if method in ("create", "write", "onchange") and arguments:
        many = method == "create" and isinstance(arguments[0], list)
        if not all(isinstance(values, dict) for values in (arguments[0] if many else arguments[:1])):
            return True
    calls = [] if ids is None else [lambda: model.browse(ids).read(["display_name"])]
    function = next(
        (vars(base)[method] for base in type(model).mro() if method in vars(base) and not is_ours(base.__module__)),
        None,
    )
    if function:
        # On any record, and with all rights: the arguments are what matters.
        records = (
            model.sudo()
            if ids is None or model._abstract
            else model.sudo().with_context(active_test=False).search([], limit=1)
        )
        calls.append(lambda: function(records, *arguments))
    for call in calls:
        savepoint = model.env.cr.savepoint()
        try:
            call()
        except Exception as alone:
            if not isinstance(alone, (UserError, AccessDenied)):
                return True
        finally:
            savepoint.close(rollback=True)
    return False
