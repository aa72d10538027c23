"""Made-up judgings, register rows and things to send."""

from mesure.store.interface.store import Store
from mesure.store.values import partitions
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    PartitionOwner,
    StoredAssessment,
    StoredIncident,
    StoredSuperseded,
)
from mesure.store.values.outgoing import Outgoing
from mesure.store.values.register import RegisterRow
from tests.store.samples import digest

EVERYWHERE = range(partitions.PARTITIONS)


def assessment(
    start_us: int, end_us: int, status: str = "met", *, person: int = 1, condition: str = "C1"
) -> StoredAssessment:
    versions = ("2026-01", "0.4")
    return StoredAssessment(
        f"P-{person}",
        f"ALM-{person}",
        condition,
        status,
        start_us,
        end_us,
        digest(b"order"),
        *versions,
        unsigned=False,
    )


def supersede(assessment: StoredAssessment, stood_from_us: int = 1) -> StoredSuperseded:
    return StoredSuperseded(assessment, stood_from_us, stood_from_us + 5)


def incident(name: str = "I-1", revision: int = 1, *, person: int = 1) -> StoredIncident:
    of = (f"P-{person}", f"ALM-{person}", "C1", "outside")
    return StoredIncident(name, *of, 90, 20, None, 0.96875, None, b"sealed", revision)


def progress(person: int = 1, until_us: int = 100, sequence: int = 1) -> JudgingProgress:
    return JudgingProgress(
        f"P-{person}", until_us, sequence, "2026-01", "0.4", unsigned=True, due_us=200
    )


def judgement(since_us: int = 0, *rows: StoredAssessment, person: int = 1) -> JudgingResult:
    return JudgingResult(progress(person), since_us, rows)


def claim_all(store: Store, holder: str = "worker 1") -> PartitionOwner:
    return store.write(lambda work: work.claim(EVERYWHERE, holder))


def row(
    name: str = "1",
    revision: int = 1,
    *,
    kind: str = "absence",
    person: str | None = "P-1",
    keys: dict[str, str] | None = None,
    body: bytes = b"sealed",
) -> RegisterRow:
    return RegisterRow(
        kind, name, revision, person, body, revision, frozenset((keys or {}).items())
    )


def outbox_entry(
    key: str = "1", due_us: int = 10, *, kind: str = "notice", to: str = ""
) -> Outgoing:
    return Outgoing(kind, key, due_us, b"sealed", to, "P-1")
