from . import test_worktime
from . import test_workday
