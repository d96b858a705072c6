from . import test_discount_later
from . import test_discount_limit
from . import test_discount_quantity
