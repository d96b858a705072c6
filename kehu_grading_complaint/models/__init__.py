from . import grading_indicator
