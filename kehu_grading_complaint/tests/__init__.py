from . import test_complaint_measures
