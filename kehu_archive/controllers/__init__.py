from . import export
from . import pivot
from . import portal_pages
from . import recipients
