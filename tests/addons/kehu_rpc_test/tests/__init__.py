from . import test_malformed_calls, test_public_methods
from . import test_server_rows
