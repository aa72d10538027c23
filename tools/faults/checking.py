"""What must hold when the faults are over: nothing lost, nothing doubled, nothing different."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mesure.audit.tree import leaf_hash
from mesure.machine.progress import ProgressStages
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import rejudge
from mesure.store.interface.store import ReadTransaction
from mesure.store.values import partitions
from mesure.store.values.records import LogPosition, LogRecord
from tools.faults.devices import Memory, Sent
from tools.faults.tree_nodes import TreeNodes

PAGE: Final = 1_000


@dataclass(slots=True)
class Shortcomings:
    """What was found; each entry says what is wrong."""

    acknowledged: int = 0
    kept_count: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)  # Faults that were tried and never happened.


def check(settings: Settings, memory: Memory) -> Shortcomings:
    """Hold what is kept against what the devices remember, and judge everybody again."""
    with installation.open_installation(settings) as instance:
        findings = Shortcomings(len(memory.acknowledged))
        _messages(instance, memory, findings)
        _audit_log(instance, findings)
        again = rejudge.rejudge(instance, ProgressStages())
    findings.different += [f"{person} is judged otherwise" for person in again.different]
    findings.different += [f"{person} is not judged in time" for person in again.forgotten]
    findings.different += again.shown
    return findings


def _messages(instance: Installation, memory: Memory, findings: Shortcomings) -> None:
    counts: Counter[tuple[Sent, str | None]] = Counter()  # A share of a message is a record.
    with instance.store.read() as reading:
        for record in _log(reading, findings):
            if record.counter is None:
                continue
            name = (record.device, record.counter)
            counts[(name, record.share.person)] += 1
            if record.digest != memory.sent.get(name):
                findings.different.append(f"{name} is kept with other bytes")
    names = {name for name, _ in counts}
    findings.kept_count = len(names)
    findings.lost = [f"{name} was acknowledged" for name in sorted(memory.acknowledged - names)]
    findings.doubled = [
        f"{name} is kept {count} times" for name, count in counts.items() if count > 1
    ]


def _log(reading: ReadTransaction, findings: Shortcomings) -> Iterator[LogRecord]:
    for part in range(partitions.PARTITIONS):
        after, received_us = 0, 0
        while records := reading.log(LogPosition(part, after), PAGE):
            for record in records:
                if record.place.sequence != after + 1 or record.received_us < received_us:
                    findings.different.append(f"{record.place} does not follow the one before it")
                after, received_us = record.place.sequence, record.received_us
                yield record


def _audit_log(instance: Installation, findings: Shortcomings) -> None:
    """Grow the tree of the audit log anew from its lines, and compare the roots."""
    nodes = TreeNodes()
    with instance.store.read() as reading:
        edge, start = reading.frontier(), 0
        while start < edge.size:
            lines = reading.entries(start, PAGE)
            for line in lines:
                nodes.add(leaf_hash(line))
            start += len(lines)
    if nodes.frontier.size != edge.size or nodes.frontier.root() != edge.root():
        findings.different.append("the tree of the audit log is not that of its lines")
