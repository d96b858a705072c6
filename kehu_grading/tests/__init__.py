from . import test_evaluation_attacks
from . import test_evaluation_sheet
from . import test_lifecycle
from . import test_measures
from . import test_run_story
from . import test_scoring
from . import test_special_terms
