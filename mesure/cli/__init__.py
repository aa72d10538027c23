"""The command line: a thin door, and a small module for each group of commands.

Nothing is loaded here but what stops the program with a sentence while it is still loading.
Exit status: 0 done, 1 a check that failed, 2 bad input or usage, 130 stopped by Ctrl-C.
"""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C in the first moments is no fault to be shown."""
    try:
        from mesure.cli import door

        door.run()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            print("Stopped. Nothing was begun.", file=sys.stderr)
        sys.exit(130)
