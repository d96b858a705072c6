from . import grant_revoke
from . import readers
from . import setup_step
from . import tier_raise
