"""One module for each command: `HELP`, `arguments(parser)` and `execute(options)`, which returns the exit code."""
