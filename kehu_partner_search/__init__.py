from . import models
from .models.res_partner import remove_search_indexes as uninstall_hook
