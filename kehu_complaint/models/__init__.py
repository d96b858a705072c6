"""In this order: a later file extends an earlier one. Folders have no order of their own."""

from .conflict import accused_mixin
from .service import settled_mixin
from .service import service_desk
from .links import ir_http
from .service import service_mixin
from .mail import service_intake
from .service import service_own
from .service import service_followers
from .mail import mail_gateway
from .mail import email_trust
from .mail import email_entered
from .mail import service_mail
from .links import service_links
from .links import service_link_secret
from .links import service_link_quoted
from .service import service_worked
from .service import service_contacts
from .mail import service_held
from .mail import service_machine
from .service import service_confirmation
from .links import service_portal
from .service import service_dismissal
from .service import service_duplicate
from .service import service_rating
from .service import service_call
from .service import rating_rating
from .complaint import complaint_kind
from .complaint import complaint_cause
from .complaint import complaint
from .complaint import complaint_verification  # extends complaint
from .complaint import complaint_report  # extends complaint
from .complaint import complaint_reply  # extends complaint
from .complaint import complaint_opinion
from .conflict import complaint_conflict
from .conflict import accused_unit
from .conflict import raised_customer
from .conflict import complaint_part
from .payout import former_prices
from .payout import compensation
from .complaint import complaint_major
from .complaint import complaint_repeat
from .complaint import partner_merge
from .links import customer_links
from .complaint import crisis
from .complaint import dispute
from .conflict import accusation
from .conflict import accusation_deciders  # extends accusation
from .conflict import complaint_responsible
from .complaint import complaint_dismissal
from .corrective import corrective_action
from .corrective import corrective_action_check  # extends corrective_action
from .corrective import complaint_corrective_action
from .settings import res_company
from .settings import res_users
from .settings import res_config_settings
from .payout import payout_mixin
from .payout import payout
from .payout import payout_outcome
from .figures import complaint_figures
from .figures import sheet_settings
from .figures import service_sheet
from .figures import service_sheet_figures
from .figures import service_sheet_files
from .settings import watched_settings
from .complaint import complaint_duplicate
from .service import service_closed
from .service import service_unread
from .settings import closure_check
