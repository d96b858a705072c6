"""Names of the groups that code asks for."""

OFFICER = "kehu_confidential.group_tier_officer"
AUDITOR = "kehu_confidential.group_tier_auditor"
EXPORTER = "kehu_confidential.group_confidential_export"
CONFIDENTIAL_CLEARANCE = "kehu_confidential.group_clearance_confidential"
TOP_SECRET_CLEARANCE = "kehu_confidential.group_clearance_top_secret"

OFFICERS = (OFFICER,)  # as moves take them
