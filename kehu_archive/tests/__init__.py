from . import test_archive_access
from . import test_archive_card
from . import test_archive_duplicates
from . import test_archive_filing
from . import test_archive_import
from . import test_archive_speed
from . import test_matching
from . import test_tiers
