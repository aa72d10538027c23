"""Values of judging: the input of judging a person, its results, and what is stored of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import msgspec

from mesure.actions.devices.device_commands import DeviceCommand
from mesure.evaluation.assessment import SupersededAssessment
from mesure.evaluation.policy import DeviceClass
from mesure.incidents.device_problems import DeviceProblemState
from mesure.instants import to_us
from mesure.orders.model.order import OrderVersion
from mesure.store.values.effects import StoredAssessment
from mesure.version import VERSION


class DeviceAssignment(NamedTuple):
    """A device that was carried under an order, and when."""

    device: str
    device_class: DeviceClass
    is_signed: bool
    start_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class EvaluationBasis:
    """What a person is judged by under one order: what binds, and what was carried."""

    person: str
    order: str
    versions: tuple[OrderVersion, ...]
    carried: tuple[DeviceAssignment, ...]
    digest: str  # Of all of this: where it differs, everything is judged anew.

    @property
    def device_class(self) -> DeviceClass:
        """Return the class by whose thresholds the order is judged: that of the first device."""
        return self.carried[0].device_class

    @property
    def day(self) -> date:
        """Return the day by whose thresholds the order is judged: that on which it began."""
        first = self.versions[0]
        return first.in_force.start.astimezone(first.zone).date()

    @property
    def classes(self) -> dict[str, DeviceClass]:
        """Return the class of each device."""
        return {one.device: one.device_class for one in self.carried}

    @property
    def spans(self) -> dict[str, list[tuple[int, int]]]:
        """Return when each device was carried."""
        spans_by_device: dict[str, list[tuple[int, int]]] = {}
        for span in self.carried:
            spans_by_device.setdefault(span.device, []).append((span.start_us, span.until_us))
        return spans_by_device

    def version_at(self, instant_us: int) -> OrderVersion:
        """Return the version in force at an instant, or the one before it, or the first."""
        before = [one for one in self.versions if to_us(one.in_force.start) <= instant_us]
        return before[-1] if before else self.versions[0]


class _SortedNames(frozenset[str]):
    """Names that are written in their order; a set writes them otherwise in every process."""

    def __repr__(self) -> str:
        return f"frozenset({{{', '.join(map(repr, sorted(self)))}}})" if self else "frozenset()"


def _digest(versions: Sequence[OrderVersion], carried: Sequence[DeviceAssignment]) -> str:
    version_parts = [
        (
            version.sha256,
            sorted(version.files_sha256.items()),
            version.in_force,
            tuple(replace(one, allows=_SortedNames(one.allows)) for one in version.absences),
        )
        for version in versions
    ]
    return sha256(repr((version_parts, [tuple(one) for one in carried])).encode()).hexdigest()


def judge_name(policy_version: str) -> str:
    """Return what stands for the program that judges, and for the thresholds by which it does."""
    return f"{VERSION} {policy_version}"


class EvaluationStateRecord(msgspec.Struct, frozen=True, array_like=True):
    """What is kept to go on judging under one order."""

    digest: str  # Of the duty, as it was.
    before: str  # `settle.fingerprint` of what bound before the checkpoint, or a word for none.
    begin_us: int  # Of the first fix in hand.
    sequence: int  # Messages up to here are in it.
    is_unsigned: bool
    packed: bytes  # b"": nothing is settled.
    fixes: bytes | None  # Those in hand; None: too many, they are read from the log.
    unused: dict[str, list[int]]  # Reason -> when the unused rows were taken.
    health: DeviceProblemState  # What the devices said of themselves.
    judge: str = ""  # `judge_name` of the program that judged so; "": before that was kept.


@dataclass(frozen=True, slots=True)
class IncidentRevision:
    """An incident to be kept, with what is sealed of it."""

    id: str
    condition: str
    kind: str
    opened_us: int
    start_us: int
    end_us: int | None
    p_outside_max: float | None
    withdrawn_us: int | None
    revision: int
    body: bytes


class ExtendedAssessments(NamedTuple):
    """Assessments of which those that were under way at a look go on up to a later one.

    Made only when they are kept: in a crowd, most looks are followed by another before that.
    """

    kept: tuple[StoredAssessment, ...]
    was_us: int
    until_us: int

    def assessments(self) -> tuple[StoredAssessment, ...]:
        """Return those that go on."""
        return tuple(
            replace(row, end_us=self.until_us) for row in self.kept if row.end_us == self.was_us
        )


@dataclass(frozen=True, slots=True)
class OrderEvaluation:
    """What judging came to under one order."""

    duty: EvaluationBasis
    since_us: int
    policy_version: str
    is_unsigned: bool
    assessments: "Sequence[StoredAssessment] | ExtendedAssessments"
    superseded: Sequence[SupersededAssessment]
    raised: Sequence[IncidentRevision]
    state: EvaluationStateRecord | None  # None: what was kept before still serves.
    was_changed: bool = False  # Results of another order, policy or program are superseded now.

    def current_assessments(self) -> Sequence[StoredAssessment]:
        """Return the current assessments, from `since_us` on."""
        assessments = self.assessments
        return (
            assessments.assessments()
            if isinstance(assessments, ExtendedAssessments)
            else assessments
        )


@dataclass(frozen=True, slots=True)
class PersonEvaluation:
    """What one judging of one person came to."""

    person: str
    until_us: int
    sequence: int
    due_us: int | None
    parts: tuple[OrderEvaluation, ...]
    tellings: tuple[DeviceCommand, ...] = ()
    only_grew: bool = False  # Nothing but the ends of what is under way is another than before.
