HELP = "x"


def arguments(parser):
    pass


def execute(options):
    pass
