"""Names of the groups that code asks for: those of the archives, and the roles of the office."""

ARCHIVE_CLERK = "kehu_archive.group_archive_user"
ARCHIVE_MANAGER = "kehu_archive.group_archive_manager"
MARKETING_DIRECTOR = "kehu_archive.group_marketing_director"

GENERAL_MANAGER = "kehu_archive.group_general_manager"
LEGAL = "kehu_archive.group_legal"
FINANCE = "kehu_archive.group_finance"
