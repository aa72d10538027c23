"""Have one tool work on made-up persons, and print what it cost.

    python -m bench.evaluation.one_tool fast 10 10000

Persons are made one after the other and only the work is timed, so memory holds one person.
"""

import json
import sys
import time

from bench.evaluation import tools

WARM_UP_FIXES = 2_000
WARM_UP_SEED = 0


def main(name: str, persons: int, fixes_each: int) -> None:
    """Work and print."""
    who, tool = tools.whose(tools.Competitor(name)), tools.tool(tools.Competitor(name))
    [stranger] = who(1, WARM_UP_FIXES, WARM_UP_SEED)
    first_s, _ = _timed(tool(stranger))
    cpu_s, spans = 0.0, 0
    for someone in who(persons, fixes_each):
        took_s, span_count = _timed(tool(someone))
        cpu_s, spans = cpu_s + took_s, spans + span_count
    print(json.dumps({"cpu_s": cpu_s, "first_s": first_s, "spans": spans}))


def _timed(job: tools.Job) -> tuple[float, int]:
    """Return the CPU seconds of a job, those of the kernel for it among them, and its spans."""
    started = time.process_time()
    spans = job()
    return time.process_time() - started, spans


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
