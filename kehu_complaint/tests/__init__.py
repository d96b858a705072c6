from . import test_complaint_story
from . import test_complaint_conflict
from . import test_dispatch
from . import test_ticket_access
from . import test_ticket_batch
from . import test_ticket_charge
from . import test_ticket_story
