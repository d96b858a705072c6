from . import test_worktime
from . import test_setup_step
from . import test_workday
