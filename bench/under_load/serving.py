"""The service, for the bench: `python -m bench.under_load.serving`, settings on standard input.

The clock of the service starts in the past and catches up, so that hours of reports are sent in
seconds and every process of it agrees on the time.
"""

import sys

import msgspec

from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.installation.settings import Settings
from mesure.service.serve import serve


def main() -> None:
    """Serve until told to end."""
    line = sys.stdin.buffer.readline()
    told = msgspec.json.decode(line)
    clock.catch_up(CatchUpClock(**told["shown"]))
    serve.serve(Settings.model_validate(told["settings"]), lambda said: print(said, flush=True))


if __name__ == "__main__":
    main()
