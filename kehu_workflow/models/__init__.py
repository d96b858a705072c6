from . import server_rows
from . import evidence_mixin
from . import trail_mixin

from . import workflow_log
from . import workflow_mixin
from . import workflow_buttons  # extends workflow_mixin

from . import rule_paths
from . import approval_rule
from . import approval_step
from . import approval
from . import approval_people  # extends approval
from . import approval_decide  # extends approval
from . import approval_notice  # extends approval
from . import approval_decision
from . import approval_delegation
from . import approval_mixin
from . import approval_values  # extends approval_mixin
from . import approval_buttons  # extends approval_mixin
from . import approval_requester  # extends approval_mixin

from . import workday
from . import resource_calendar
from . import deadline_rule
from . import deadline_rung
from . import deadline
from . import deadline_history
from . import deadline_sweep  # extends deadline
from . import deadline_mixin
from . import deadline_sync  # extends deadline_mixin
from . import workflow_merge  # extends the mixins of documents
from . import mail_activity
from . import activity_filters

from . import mail_message  # says which documents keep their messages
from . import mail_thread
from . import mail_alias
from . import mail_compose_message
from . import ir_attachment
from . import res_partner
from . import res_config_settings

from . import closure_check
from . import ir_http
from . import uninstall_release
from . import ir_module
from . import addon_rows
