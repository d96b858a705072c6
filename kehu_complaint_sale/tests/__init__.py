from . import test_replacement
