"""Have one tool work on made-up persons, and print what it cost.

    python -m bench.worker fast 10 10000

Persons are made one after the other and only the work is timed, so memory holds one person.
"""

import json
import sys
import time

from bench import people, tools

WARM_UP_FIXES = 2_000
WARM_UP_SEED = 0


def main(name: str, persons: int, fixes_each: int) -> None:
    """Work and print."""
    who = people.late_people if name == tools.Name.LATE else people.people
    tool = tools.tool(tools.Name(name))
    [stranger] = people.people(1, WARM_UP_FIXES, WARM_UP_SEED)
    started = time.process_time()
    tool(stranger)
    first_s = time.process_time() - started
    cpu_s, spans = 0.0, 0
    for someone in who(persons, fixes_each):
        started = time.process_time()
        spans += tool(someone)
        cpu_s += time.process_time() - started
    print(json.dumps({"cpu_s": cpu_s, "first_s": first_s, "spans": spans}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
