"""What must hold when the faults are over: nothing lost, nothing doubled, nothing different."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mesure.audit.tree import TreeNodes, leaf_hash
from mesure.machine.progress import ProgressStages
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import rejudge
from mesure.store.interface.store import ReadTransaction
from mesure.store.values import partitions
from mesure.store.values.records import LogPosition, LogRecord
from tools.faults.devices import Memory, Sent

PAGE: Final = 1_000


@dataclass(slots=True)
class Found:
    """What was found; each entry says what is wrong."""

    acknowledged: int = 0
    kept: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)  # Faults that were tried and never happened.


def check(settings: Settings, memory: Memory) -> Found:
    """Hold what is kept against what the devices remember, and judge everybody again."""
    with installation.open_installation(settings) as made:
        found = Found(len(memory.acknowledged))
        _messages(made, memory, found)
        _audit_log(made, found)
        again = rejudge.rejudge(made, ProgressStages())
    found.different += [f"{person} is judged otherwise" for person in again.different]
    found.different += [f"{person} is not judged in time" for person in again.forgotten]
    found.different += again.shown
    return found


def _messages(made: Installation, memory: Memory, found: Found) -> None:
    kept: Counter[tuple[Sent, str | None]] = Counter()  # A share of a message is a record.
    with made.store.read() as reading:
        for one in _log(reading, found):
            if one.counter is None:
                continue
            name = (one.device, one.counter)
            kept[(name, one.share.person)] += 1
            if one.digest != memory.sent.get(name):
                found.different.append(f"{name} is kept with other bytes")
    names = {name for name, _ in kept}
    found.kept = len(names)
    found.lost = [f"{name} was acknowledged" for name in sorted(memory.acknowledged - names)]
    found.doubled = [f"{name} is kept {count} times" for name, count in kept.items() if count > 1]


def _log(reading: ReadTransaction, found: Found) -> Iterator[LogRecord]:
    for part in range(partitions.PARTITIONS):
        after, received_us = 0, 0
        while some := reading.log(LogPosition(part, after), PAGE):
            for one in some:
                if one.place.sequence != after + 1 or one.received_us < received_us:
                    found.different.append(f"{one.place} does not follow the one before it")
                after, received_us = one.place.sequence, one.received_us
                yield one


def _audit_log(made: Installation, found: Found) -> None:
    """Grow the tree of the audit log anew from its lines, and compare the roots."""
    nodes = TreeNodes()
    with made.store.read() as reading:
        edge, start = reading.frontier(), 0
        while start < edge.size:
            lines = reading.entries(start, PAGE)
            for line in lines:
                nodes.add(leaf_hash(line))
            start += len(lines)
    if nodes.frontier.size != edge.size or nodes.frontier.root() != edge.root():
        found.different.append("the tree of the audit log is not that of its lines")
