from . import test_worktime
