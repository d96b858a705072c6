from . import test_complaint_story
from . import test_complaint_conflict
from . import test_proposal_sheet
from . import test_complaint_report
from . import test_service_sheet
