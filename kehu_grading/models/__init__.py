"""In this order: a later file extends an earlier one. Folders have no order of their own."""

from .customer import res_company
from .customer import res_users
from .evaluation import colleagues_mixin
from .evaluation import former_seller
from .scheme import fixed_mixin
from .scheme import written_mixin
from .evaluation import vote_mixin
from .scheme import grade
from .scheme import grading_indicator
from .scheme import grading_measures
from .scheme import grading_scheme
from .run import grading_run
from .run import grading_run_moves  # extends grading_run
from .run import grading_run_turns  # extends grading_run
from .run import grading_run_measure
from .run import grading_cycle
from .customer import customer_rating
from .evaluation import evaluation
from .evaluation import evaluation_changes  # extends evaluation
from .evaluation import evaluation_scheme  # extends evaluation
from .evaluation import evaluation_moves  # extends evaluation
from .evaluation import evaluation_vote
from .evaluation import evaluation_effect
from .evaluation import evaluation_terms
from .evaluation import evaluation_breakdown
from .evaluation import evaluation_workbook
from .customer import lifecycle
from .customer import mail_template
from .customer import res_partner
from .customer import credit_grade
from .scheme import policy_kept
from .customer import customer_links
from .admission import special_terms
from .admission import site_visit
from .admission import admission
from .admission import admission_turns  # extends admission
from .admission import admission_report  # extends admission
from .admission import distributor
from .admission import admission_paper
from .scheme import watched_settings
from .admission import admission_vote
from .customer import closure_check
from .customer import import_undo
from .customer import partner_merge  # extends evaluation and lifecycle
