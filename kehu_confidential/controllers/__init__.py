from . import export
from . import link_preview
from . import pivot
from . import portal_pages
from . import recipients
from . import report
