"""Names of the groups that code asks for."""

EVALUATOR = "kehu_grading.group_grading_user"
GRADING_MANAGER = "kehu_grading.group_grading_manager"
COMMITTEE = "kehu_grading.group_grading_committee"
