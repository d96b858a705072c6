from . import service_dismissal_wizard
from . import complaint_major_wizard
