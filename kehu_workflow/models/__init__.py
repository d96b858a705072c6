"""In this order: a later file extends an earlier one. Folders have no order of their own."""

from .document import server_rows
from .document import derived_mixin
from .document import ir_sequence
from .document import numbered_mixin
from .system import res_company
from .system import res_users
from .document import evidence_mixin
from .document import trail_mixin

from .document import workflow_log
from .document import workflow_mixin
from .document import workflow_refusals  # extends workflow_mixin
from .document import workflow_buttons  # extends workflow_mixin

from .document import rule_paths
from .approval import approval_rule
from .approval import approval_step
from .approval import approval
from .approval import approval_people  # extends approval
from .approval import approval_decide  # extends approval
from .approval import approval_notice  # extends approval
from .approval import approval_decision
from .approval import approval_delegation
from .approval import approval_mixin
from .approval import approval_values  # extends approval_mixin
from .approval import approval_buttons  # extends approval_mixin
from .approval import approval_requester  # extends approval_mixin
from .approval import approval_by_rule  # extends approval_mixin
from .document import impartial_mixin  # extends approval_mixin

from .deadline import workday
from .deadline import resource_calendar
from .deadline import deadline_rule
from .deadline import deadline_step
from .deadline import deadline
from .deadline import deadline_plan  # extends deadline
from .deadline import deadline_history
from .deadline import deadline_sweep  # extends deadline
from .deadline import deadline_mixin
from .deadline import deadline_sync  # extends deadline_mixin
from .deadline import deadline_taken_out  # extends deadline_mixin
from .deadline import deadline_responsible  # extends deadline and deadline_mixin
from .rule import rule_mixin  # extends the rules of approvals and deadlines
from .rule import rule_change
from .rule import res_company as res_company_rules
from .document import workflow_merge  # extends the mixins of documents
from .message import mail_activity
from .document import turn_mixin
from .message import activity_filters

from .message import mail_message  # says which documents keep their messages
from .message import mail_mail
from .message import mail_thread
from .message import mail_alias
from .message import mail_gateway
from .message import mail_compose_message
from .message import ir_attachment
from .document import res_partner
from .system import res_config_settings

from .system import stored_for_users
from .system import closure_check
from .system import ir_autovacuum
from .system import ir_http
from .system import uninstall_release
from .system import ir_module
from .system import great_numbers
from .system import linked_rows
from .system import addon_rows
from .system import translations
from .system import job_language
from .system import res_groups
