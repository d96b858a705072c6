from . import careful
from . import careless
