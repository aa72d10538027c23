"""Person state: what a worker holds in memory of a person under one order, and of how many.

Memory is bounded (LRU): the person judged longest ago is let go of, and read again from the store
when judged next, from their checkpoint, as after a start. Who is due is not forgotten.
Decision: docs/decisions/0067-two-services-keys-and-a-bounded-memory-are-simulated.md
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.evaluation.checkpoint import settle
from mesure.evaluation.checkpoint.recent import Checkpoints
from mesure.evaluation.checkpoint.skip_check import SkipBounds
from mesure.evaluation.pipeline import EvaluationState
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import Rules
from mesure.formats.stored.stored_messages import PersonRows
from mesure.geo.fixes import I64
from mesure.incidents.device_problems import DeviceNotice, DeviceProblemState
from mesure.incidents.incident import Incident
from mesure.incidents.incident_identity import ShownIncident
from mesure.store.values.effects import StoredAssessment

IN_HAND_MAX: Final = 20_000


@dataclass(frozen=True, slots=True)
class IncidentState:
    """An incident as it is stored, and as it was last reported."""

    shown: ShownIncident
    revision: int
    incident: Incident
    told_us: int


@dataclass(frozen=True, slots=True)
class NoticeState:
    """Something about a device as it is kept."""

    notice: DeviceNotice
    revision: int


@dataclass(slots=True)
class PersonState:
    """What is in hand of a person under one order."""

    duty: EvaluationBasis
    rules: Rules
    horizon_us: int
    checkpoints: Checkpoints = field(default_factory=Checkpoints)
    held: dict[str, IncidentState] = field(default_factory=dict)
    health: DeviceProblemState = field(default_factory=DeviceProblemState)
    noticed: dict[str, NoticeState] = field(default_factory=dict)  # By id.
    unused: dict[str, I64] = field(default_factory=dict)  # Reason -> when they were taken.
    is_unsigned: bool = False
    sequence: int = 0  # Messages up to here are in it.
    until_us: int = 0  # The last look: a clock that is set back a little makes none before it.
    heard_us: int = 0  # Just after the last receipt: no look is made before that.
    was_changed: bool = False  # Earlier results were judged by something else.
    is_again: bool = False  # It was judged before, and nothing was there to go on from.
    cut_us: int | None = None  # The checkpoint that is kept in the store,
    basis: tuple[str, str] | None = None  # and by what, and by whom; None: nothing is kept.
    was_settled: bool = False  # A checkpoint was kept when they were taken up.
    calm: SkipBounds | None = None  # While it lasts nothing changes, and what comes waits.
    waiting: list[PersonRows] = field(default_factory=list)
    waiting_fixes: int = 0
    told: tuple[StoredAssessment, ...] = ()  # What was judged last, from the near checkpoint on,
    told_us: int = 0  # and up to when.
    spans: dict[str, list[tuple[int, int]]] = field(init=False)  # When each device was carried,
    classes: dict[str, DeviceClass] = field(init=False)  # and its class.

    def __post_init__(self) -> None:
        self.spans, self.classes = self.duty.spans, self.duty.classes

    @property
    def stable(self) -> EvaluationState:
        """Return all that is in hand, but for what came the fast path lately."""
        return self.checkpoints.stable


class PersonsInHand:
    """What is in hand of persons, under each of their orders; at most a set number after a step."""

    def __init__(self, most: int = IN_HAND_MAX) -> None:
        self._most = most
        self._states: dict[str, list[PersonState]] = {}  # The person judged last is the last.

    def __len__(self) -> int:
        return len(self._states)

    def find(self, person: str) -> Sequence[PersonState] | None:
        """Return what is in hand of a person; None: they are not in hand."""
        return self._states.get(person)

    def use(self, person: str, heard_us: int, now_us: int) -> Sequence[PersonState] | None:
        """Return what is in hand of a person who is judged now, unless it is by a clock ahead."""
        states = self._states.pop(person, None)
        if states is None or any(
            state.heard_us < state.until_us > now_us + settle.MARGIN_US
            or settle.reaches_behind_cut(state.rules, state.stable, heard_us)
            for state in states
        ):
            return None
        self._states[person] = states
        return states

    def take(self, person: str, states: list[PersonState]) -> None:
        """Have a person in hand."""
        self._states[person] = states

    def drop(self, person: str) -> None:
        """Let go of a person, of whom all is read anew."""
        self._states.pop(person, None)

    def shrink(self, waits: Callable[[str], bool]) -> None:
        """Let go of persons beyond the limit, but of nobody of whom something waits to be kept."""
        too_many = len(self._states) - self._most
        if too_many > 0:
            free = (person for person in self._states if not waits(person))
            for person, _ in list(zip(free, range(too_many), strict=False)):
                self.drop(person)
