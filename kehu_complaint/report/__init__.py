from . import service_report_mixin
from . import complaint_report
