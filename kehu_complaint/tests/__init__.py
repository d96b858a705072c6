from . import test_day_in_the_life
from . import test_complaint_story
from . import test_complaint_conflict
from . import test_service_mail
from . import test_complaint_major
from . import test_complaint_repeat
from . import test_corrective_action
from . import test_dispute
