"""A record with which a job fails stops no other: it says why in its chatter, and waits for the next job."""

import logging
from contextlib import contextmanager

from psycopg2 import OperationalError

from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


@contextmanager
def told_in_chatter(record, sentence):
    """Undo what is done within, and say so in the chatter and in the log, if it fails.

    :param record: has a chatter; the language of its context is that of the sentence
    :param sentence: a term of ``LazyTranslate`` with a ``%s`` for the cause
    :raise OperationalError: the database is busy or gone, which the scheduler answers by trying again
    """
    try:
        with record.env.cr.savepoint():
            yield
    except OperationalError:
        raise
    except Exception as error:
        _logger.exception("A job failed with %s.", record)
        # What the database says names records that readers of this one may not know.
        cause = (
            str(error)
            if isinstance(error, UserError)
            else record.env._("an administrator finds the cause in the log of the server.")
        )
        said = record.env._(sentence)  # pylint: disable=gettext-variable
        record._message_log(body=said % cause)
