from . import evaluation_vote_wizard
from . import grade_migration_wizard
from . import setup_step
