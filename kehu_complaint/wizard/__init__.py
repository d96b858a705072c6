from . import complaint_major_wizard
