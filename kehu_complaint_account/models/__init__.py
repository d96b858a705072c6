from . import account_move
from . import account_move_line
from . import account_settlement
from . import compensation
from . import complaint
