from . import test_name_search
