"""What stands around methods of apps that may be missing: functions that take a method of Odoo and return what takes its
place. ``closure_check.py`` says which method each of them is for.
"""
