from . import trail_mixin

from . import workflow_log
from . import workflow_mixin
from . import workflow_buttons  # extends workflow_mixin
