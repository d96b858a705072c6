from . import trail_mixin

from . import workflow_log
from . import workflow_mixin
from . import workflow_buttons  # extends workflow_mixin

from . import workday
from . import resource_calendar
from . import deadline_rule
from . import deadline_rung
from . import deadline
from . import deadline_history
from . import deadline_sweep  # extends deadline
from . import deadline_mixin
from . import mail_activity
