from . import export
from . import portal_pages
from . import recipients
