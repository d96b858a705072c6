class Failure(Exception):
    """Ends the command. The message is one sentence that tells the user what to do; details belong in the log."""
