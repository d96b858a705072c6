from . import ticket_report
