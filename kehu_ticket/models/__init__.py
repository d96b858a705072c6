"""In this order: a later file extends an earlier one. Folders have no order of their own."""

from .ticket import service_kind
from .dispatch import service_skill
from .ticket import ticket
from .ticket import ticket_part
from .dispatch import service_log
from .dispatch import device
from .dispatch import device_product_file
from .dispatch import dispatch_order
from .dispatch import dispatch_technician
from .dispatch import dispatch_visit
from .dispatch import ir_ui_menu
from .ticket import ticket_cash
from .ticket import ticket_charge
from .ticket import ticket_confirmation
from .ticket import ticket_handover
from .ticket import ticket_plan
from .ticket import ticket_complaint
from .ticket import ticket_portal
from .ticket import ticket_dismissal
from .ticket import ticket_duplicate
from .ticket import customer_links
from .ticket import partner_merge
