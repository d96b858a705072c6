from . import test_credit_note
from . import test_ticket_invoice
