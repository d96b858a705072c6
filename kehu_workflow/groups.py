"""Names of the groups that code asks for."""

WORKFLOW_MANAGER = "kehu_workflow.group_workflow_manager"
