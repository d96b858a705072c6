from . import controllers
from . import models
from . import wizard
from .uninstalling import restore_blacklist
