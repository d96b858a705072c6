from . import evaluation_report
from . import customer_ranking
from . import grade_migration
