"""What ./kehu does, one module for each concept. Python's standard library only; `inside/` is run by the virtual
environment.
"""
