from . import ir_sequence
from . import res_users
from . import res_partner
from . import partner_merge
from . import archive_type
from . import acquisition_channel
from . import archive
from . import archive_matching
