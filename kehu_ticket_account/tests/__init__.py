from . import test_ticket_invoice
