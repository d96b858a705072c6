from . import home
from . import protection
