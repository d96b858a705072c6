"""Names of the groups that code asks for, and how they stand to each other."""

from odoo.addons.kehu_archive.groups import GENERAL_MANAGER, LEGAL
from odoo.addons.kehu_confidential.groups import AUDITOR, OFFICER

STAFF = "kehu_complaint.group_service_user"
SUPERVISOR = "kehu_complaint.group_service_supervisor"
DIRECTOR = "kehu_complaint.group_service_director"
CRISIS_TEAM = "kehu_complaint.group_crisis_team"

SUPERVISORS = (SUPERVISOR,)  # as moves take them

# The superiors, from the lowest rank to the highest.
RANKS = (SUPERVISOR, DIRECTOR, GENERAL_MANAGER)
# Nobody below a superior keeps these from a complaint alone.
OFFICES = (*RANKS, LEGAL)
# They watch over everybody: it takes a superior of directors to keep one of them from a complaint, and they stay until
# then.
WATCHERS = (OFFICER, AUDITOR)
