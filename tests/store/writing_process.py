"""A process that keeps messages and says each that it was told is kept, until it is killed.

`python -m tests.store.writing_process KIND WHERE FIRST`: four threads, each with a device of its
own, count on from FIRST. A line is: device, counter, what became of it, and its place.
"""

import os
import sys
import threading
from pathlib import Path

from mesure.store.contract import Store, Work
from mesure.store.postgres import PostgresStore
from mesure.store.records import Appended, Outcome, Received
from mesure.store.sqlite import SqliteStore
from tests.store.samples import message

THREADS = 4


def sent(number: int, counter: int) -> Received:
    body = b"%d %d " % (number, counter) * (counter % 40 + 1)
    return message(counter, device=number, person=number, received_us=counter, body=body)


def receive(work: Work, number: int, counter: int) -> Appended:
    [appended] = work.append([sent(number, counter)])
    if appended.outcome is Outcome.KEPT:
        work.record([b"%d %d" % (number, counter)])
        work.keep_standings({f"D-{number}": b"%d" % counter})
    return appended


def run(store: Store, number: int, counter: int) -> None:
    while True:
        appended = store.write(lambda work: receive(work, number, counter))  # noqa: B023
        place = appended.places[0]
        said = (number, counter, appended.outcome.value, place.partition, place.sequence)
        os.write(1, (" ".join(map(str, said)) + "\n").encode())
        counter += 1


def main() -> None:
    kind, where, first = sys.argv[1:]
    store: Store = SqliteStore(Path(where)) if kind == "sqlite" else PostgresStore(where)
    for number in range(1, THREADS + 1):
        threading.Thread(target=run, args=(store, number, int(first))).start()


if __name__ == "__main__":
    main()
