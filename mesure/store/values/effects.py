"""Effects of judging: assessments, what they superseded, incidents, and how far judging came.

The judge of a partition owns it. A worker that stopped and comes back to find another in its place
is refused: the epoch of its ownership is no longer the present one.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from mesure.store.values import bounds, partitions

ROWS_MAX: Final = 100_000  # Of one person in one change: years of everything judged anew.


class JudgingPlace(StrEnum):
    """Where persons are judged."""

    SERVICE = "service"  # By processes of the service that leads.
    COUNTRY = "country"  # By the executors of `mesure country judge`.


@dataclass(frozen=True, slots=True)
class PartitionOwner:
    """Who judges these partitions, until somebody else claims them."""

    epoch: int
    holder: str
    partitions: frozenset[int]


@dataclass(frozen=True, slots=True)
class JudgingProgress:
    """How far a person was judged, by what, and when there is something to judge again."""

    person: str
    until_us: int  # The tick.
    sequence: int  # The last record of the person's partition that was taken into account.
    policy_version: str
    engine_version: str
    unsigned: bool  # Whether anything that no device signed was used.
    due_us: int | None = None  # When something changes though no message comes; None: nothing does.

    def __post_init__(self) -> None:
        bounds.check_person(self.person)
        bounds.check_names(self.policy_version, self.engine_version)
        bounds.check_counts(self.until_us, self.sequence, self.due_us)

    @property
    def partition(self) -> int:
        """Return the partition that the person is judged in."""
        return partitions.partition_of(self.person)


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """A current assessment; person, order, condition and start make it one."""

    person: str
    order: str
    condition: str
    status: str
    start_us: int
    end_us: int
    order_version_sha256: bytes
    policy_version: str
    engine_version: str
    unsigned: bool

    def __post_init__(self) -> None:
        bounds.check_names(self.order, self.condition, self.status)
        bounds.check_names(self.policy_version, self.engine_version)
        bounds.check_digests(self.order_version_sha256)
        bounds.check_counts(self.start_us, self.end_us)
        if self.end_us <= self.start_us:
            raise ValueError("An assessment ends after it begins.")


@dataclass(frozen=True, slots=True)
class StoredSuperseded:
    """An assessment that applied between two receipts, until late evidence replaced it."""

    assessment: StoredAssessment
    stood_from_us: int
    stood_until_us: int

    def __post_init__(self) -> None:
        bounds.check_counts(self.stood_from_us, self.stood_until_us)


@dataclass(frozen=True, slots=True)
class StoredIncidentHead:
    """An incident as a list has it: without what is sealed of it, and without its changes."""

    id: str
    person: str
    order: str
    condition: str
    kind: str
    opened_us: int
    start_us: int
    end_us: int | None  # None: it lasts.
    p_outside_max: float | None
    withdrawn_us: int | None  # None: it was not withdrawn.

    @property
    def over_us(self) -> int | None:
        """Return from when on it shows nothing more; None: it lasts.

        What was withdrawn may never have ended.
        """
        return self.withdrawn_us if self.end_us is None else self.end_us


@dataclass(frozen=True, slots=True)
class StoredIncident(StoredIncidentHead):
    """A possible breach as it was raised, and as later evidence changed or withdrew it.

    `body` is sealed: the explanation in four languages, facts, places of the evidence, terms.
    """

    body: bytes
    revision: int  # 1 when it is raised, and one more with each change.
    # Set by the store: numbers that only grow, over all incidents. The last change has the highest.
    change: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        bounds.check_names(self.id, self.order, self.condition, self.kind)
        bounds.check_person(self.person)
        bounds.check_counts(
            self.opened_us, self.start_us, self.end_us, self.withdrawn_us, self.revision
        )
        bounds.check_body(self.body)


class IncidentGroupKey(NamedTuple):
    """What incidents have in common that are alike."""

    order: str
    condition: str
    kind: str


@dataclass(frozen=True, slots=True)
class JudgingResult:
    """What one judging of one person came to; `WriteTransaction.judge` keeps it whole."""

    judged: JudgingProgress
    since_us: int  # Assessments from here on are replaced by these; earlier ones stay.
    assessments: tuple[StoredAssessment, ...] = ()
    superseded: tuple[StoredSuperseded, ...] = ()
    incidents: tuple[StoredIncident, ...] = ()

    def __post_init__(self) -> None:
        bounds.check_counts(self.since_us)
        of = {one.person for one in self.assessments} | {one.person for one in self.incidents}
        of |= {one.assessment.person for one in self.superseded}
        if of - {self.judged.person}:
            raise ValueError(f"What is judged about {self.judged.person} is about nobody else.")
        if any(one.end_us <= self.since_us for one in self.assessments):
            raise ValueError("An assessment that ends before what is replaced was not judged anew.")
        if len(self.assessments) + len(self.superseded) + len(self.incidents) > ROWS_MAX:
            raise ValueError(f"One judging of one person has at most {ROWS_MAX} rows.")

    @property
    def person(self) -> str:
        """Return whom it is about."""
        return self.judged.person
