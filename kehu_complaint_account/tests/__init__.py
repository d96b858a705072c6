from . import test_credit_note
from . import test_payout_outcome
from . import test_payout_reversed
from . import test_settlement
