from . import careful
from . import careless
from . import dealing
from . import published
