"""A process that keeps messages and says each that it was told is kept, until it is killed.

`python -m tests.store.writing_process KIND WHERE FIRST`: four threads, each with a device of its
own, count on from FIRST. A line is: device, counter, what became of it, and its place.
"""

import os
import sys
import threading
from pathlib import Path

from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.postgres.store import PostgresStore
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values.effects import JudgingResult, PartitionOwner
from mesure.store.values.records import AppendOutcome, AppendResult, ReceivedMessage
from tests.store import judged_samples
from tests.store.samples import message

THREADS = 4


def make_message(number: int, counter: int) -> ReceivedMessage:
    body = b"%d %d " % (number, counter) * (counter % 40 + 1)
    return message(counter, device=number, person=number, received_us=counter, body=body)


def receive(
    work: WriteTransaction, number: int, counter: int, owner: PartitionOwner
) -> AppendResult:
    [appended] = work.append([make_message(number, counter)])
    if appended.outcome is AppendOutcome.KEPT:
        work.record([b"%d %d" % (number, counter)])
        work.keep_standings({f"D-{number}": b"%d" % counter})
        work.put(judged_samples.row(f"{number}", counter_of(work, number) + 1, person=None))
        work.enqueue(judged_samples.outbox_entry(f"{number} {counter}"))
        work.judge([judgement(number, counter, appended)], owner)
    return appended


def counter_of(work: WriteTransaction, number: int) -> int:
    """Return the revision of the writer's own row of the register: it counts its messages."""
    entry = work.entry("absence", f"{number}")
    return entry.revision if entry else 0


def judgement(number: int, counter: int, appended: AppendResult) -> JudgingResult:
    """Return that a person was judged up to a message: an assessment for each one so far."""
    rows = [judged_samples.assessment(counter, counter + 1, person=number)]
    done = judged_samples.progress(number, counter, appended.places[0].sequence)
    raised = judged_samples.incident(f"I-{number}-{counter}", person=number)
    return JudgingResult(done, counter, tuple(rows), incidents=(raised,))


def run(store: Store, number: int, counter: int, owner: PartitionOwner) -> None:
    while True:
        appended = store.write(lambda work: receive(work, number, counter, owner))  # noqa: B023
        place = appended.places[0]
        acknowledgement = (number, counter, appended.outcome.value, place.partition, place.sequence)
        os.write(1, (" ".join(map(str, acknowledgement)) + "\n").encode())
        counter += 1


def main() -> None:
    kind, where, first = sys.argv[1:]
    store: Store = SqliteStore(Path(where)) if kind == "sqlite" else PostgresStore(where)
    owner = judged_samples.claim_all(store)
    for number in range(1, THREADS + 1):
        threading.Thread(target=run, args=(store, number, int(first), owner)).start()


if __name__ == "__main__":
    main()
