from . import test_day_in_the_life
from . import test_complaint_story
from . import test_complaint_conflict
from . import test_service_mail
