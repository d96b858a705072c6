from . import test_approvals
from . import test_at_once
from . import test_rpc
from . import test_states
from . import test_deadline_life
from . import test_deadline_sweep
from . import test_deadline_widget
