from . import sale_order
from . import sale_order_line
from . import stock_delivery
from . import compensation
from . import complaint
