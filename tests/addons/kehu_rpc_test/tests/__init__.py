from . import test_malformed_calls, test_public_methods
