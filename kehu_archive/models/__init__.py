from .contacts import res_partner
from .contacts import res_groups
from .contacts import res_users
from .contacts import res_config_settings
from .contacts import access_review
from .contacts import partner_merge
from .archive import archive_type
from .archive import acquisition_channel
from .archive import archive
from .archive import archive_card  # extends archive
from .archive import archive_evidence  # extends archive
from .archive import archive_kind
from .archive import archive_matching
from .archive import archive_former  # extends archive
from .archive import archive_likeness  # extends archive and archive_former
from .importing import archive_import
from .importing import import_run
from .importing import taken_over  # extends archive
from .importing import import_undo  # extends archive and import_run
from .importing import base_import
from .products import product_file
from .products import product_file_event
from .products import product_file_links
from .journal import journal_kind
from .journal import journal
from .journal import journal_mixin
from .archive import archive_readers
from .archive import closure_check
from .archive import handover  # outside of the guard of rights: who may not hand over asks for nothing
