from . import workflow_explain_wizard
from . import workflow_move_wizard
from . import deadline_pause_wizard
from . import workday_fill_wizard
from . import approval_refuse_wizard
from . import approval_test_wizard
from . import setup_step
