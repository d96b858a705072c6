from . import archive_handover
from . import setup_step
