from . import archive_handover
