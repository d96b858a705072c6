from . import test_app_reading
from . import test_journal_lines
from . import test_flows
from . import test_flows_apps
from . import test_leak_matrix
from . import test_rows_below
from . import test_leak_kinds
from . import test_lookups
