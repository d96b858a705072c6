from . import account_move
from . import account_move_line
from . import compensation
from . import complaint
from . import service_ticket
