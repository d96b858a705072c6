from . import test_leak_matrix
