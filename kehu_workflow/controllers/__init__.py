from . import protection
