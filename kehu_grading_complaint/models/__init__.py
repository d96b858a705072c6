from . import evaluation
from . import grading_indicator
