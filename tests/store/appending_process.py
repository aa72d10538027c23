"""A process that appends to partitions to which others append as well, until it is killed.

`python -m tests.store.appending_process WHERE NAME`: four threads, each with a device of its own
that nobody carries elsewhere; all write about the same few persons. A line is what was kept: the
device, the counter, the partition and the sequence.
"""

import os
import sys
import threading

from mesure.store.interface.store import Store
from mesure.store.postgres.store import PostgresStore
from mesure.store.values.records import MessageShare, ReceivedMessage
from tests.store.samples import digest

THREADS = 4
PERSONS = ("P-1", "P-2")


def make_message(device: str, counter: int) -> ReceivedMessage:
    body = f"{device} {counter} ".encode() * (counter % 40 + 1)
    share = MessageShare(PERSONS[counter % len(PERSONS)], 0, 10, body)
    return ReceivedMessage(device, counter, "mesure1", counter, digest(body), (share,))


def run(store: Store, device: str) -> None:
    counter = 1
    while True:
        message = make_message(device, counter)
        [appended] = store.write(lambda work: work.append([message]))  # noqa: B023
        [place] = appended.places
        os.write(1, f"{device} {counter} {place.partition} {place.sequence}\n".encode())
        counter += 1


def main() -> None:
    where, name = sys.argv[1:]
    store = PostgresStore(where)
    for number in range(THREADS):
        threading.Thread(target=run, args=(store, f"D-{name}-{number}")).start()


if __name__ == "__main__":
    main()
