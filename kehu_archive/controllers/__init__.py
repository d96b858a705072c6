from . import export
from . import recipients
