from . import complaint_major_wizard
from . import service_dismissal_wizard
from . import setup_step
