from . import grant_revoke
from . import readers
from . import tier_raise
