"""A writer is killed in the middle of its work: what was acknowledged is there, and there once."""

import subprocess
import sys
from contextlib import closing

from mesure.audit.tree import leaf_hash
from mesure.store.values import partitions
from mesure.store.values.records import LogPosition
from tests.house import ROOT
from tests.store import samples, writing_process
from tests.store.databases import Database
from tests.store.writing_process import THREADS
from tools.faults.tree_nodes import TreeNodes

KILLS = 4


def write_until_killed(database: Database, first: int, count: int) -> list[list[str]]:
    """Return what a process said it was told, of which nothing may be lost."""
    command = [sys.executable, "-m", "tests.store.writing_process", database.kind, database.where]
    with subprocess.Popen(
        [*command, str(first)], stdout=subprocess.PIPE, cwd=ROOT, bufsize=0
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.kill()  # SIGKILL: nothing is tidied up.
        lines += process.stdout.readlines()  # What it still said before that.
    acknowledgements = [line.split() for line in lines if line.endswith(b"\n")]
    assert len(acknowledgements) >= count
    return [[word.decode() for word in words] for words in acknowledgements]


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(database: Database) -> None:
    with closing(database.open()) as store:
        store.write(lambda work: samples.enter(work, THREADS))
    places: dict[tuple[int, int], LogPosition] = {}
    first = 1
    for kill in range(KILLS):
        acknowledgements = write_until_killed(database, first, 40 + 17 * kill)
        for device, sent, outcome, at, sequence in acknowledgements:
            message, place = (int(device), int(sent)), LogPosition(int(at), int(sequence))
            assert outcome == "again" or message not in places
            assert places.setdefault(message, place) == place
        last = [max(counter for number, counter in places if number == n) for n in range(1, 5)]
        first = max(1, min(last) - 2)  # The devices send again what they are not sure of.
    with closing(database.open()) as store, store.read() as reading:
        count = 0
        for number in range(1, THREADS + 1):
            part = partitions.partition_of(f"P-{number}")
            logged = reading.log(LogPosition(part, 0), 100_000)
            count += len(logged)
            assert [one.place.sequence for one in logged] == list(range(1, len(logged) + 1))
            assert len({one.counter for one in logged}) == len(logged)
            assert reading.last(part) == len(logged)
            assert sorted(one.received_us for one in logged) == [one.received_us for one in logged]
            counters = {}
            for record in logged:
                assert record.counter is not None
                counters[record.counter] = record
                assert (record.share,) == writing_process.make_message(
                    number, record.counter
                ).shares
            standing = reading.standings([f"D-{number}"])[f"D-{number}"]
            assert int(standing) == max(counters)
            acknowledged = {counter: at for (n, counter), at in places.items() if n == number}
            assert acknowledged.keys() <= counters.keys()
            assert all(counters[counter].place == at for counter, at in acknowledged.items())
            # What was judged, and what is to be sent, came with the message or not at all.
            judged = reading.progress_of(f"P-{number}")
            assert judged is not None
            assert (judged.sequence, judged.until_us) == (len(logged), max(counters))
            starts = {one.start_us for one in reading.assessments(f"P-{number}", 0, 1 << 40)}
            assert starts == counters.keys()
            assert len(reading.incidents_of(f"P-{number}")) == len(counters)
            row = reading.entry("absence", f"{number}")
            assert row is not None
            assert row.revision == len(counters)
        assert len(reading.due("notice", 1 << 40, 1_000_000)) == count
        # One audit entry for each message, in the same transaction or not at all.
        assert reading.frontier().size == count
        nodes = TreeNodes()
        for line in reading.entries(0, count + 1):
            nodes.add(leaf_hash(line))
        assert nodes.frontier.root() == reading.frontier().root()
