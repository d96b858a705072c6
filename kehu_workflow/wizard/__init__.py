from . import workflow_explain_wizard
from . import workflow_move_wizard
