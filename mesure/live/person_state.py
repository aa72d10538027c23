"""What a worker has in hand of a person under one order."""

from dataclasses import dataclass, field

from mesure.actions.judging.judge_store import Duty
from mesure.evaluation.checkpoint.incremental import Live
from mesure.evaluation.checkpoint.recent import Pair
from mesure.evaluation.checkpoint.skip_check import Calm
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import Rules
from mesure.formats.stored.stored_messages import Read
from mesure.geo.fixes import I64
from mesure.incidents.device_alerts import Health, Notice
from mesure.incidents.incident import Incident
from mesure.incidents.incident_identity import Shown
from mesure.store.values.effects import KeptAssessment


@dataclass(frozen=True, slots=True)
class Held:
    """An incident as it is kept, and as it was told last."""

    shown: Shown
    revision: int
    incident: Incident
    told_us: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about a device as it is kept."""

    notice: Notice
    revision: int


@dataclass(slots=True)
class Watched:
    """What is in hand of a person under one order."""

    duty: Duty
    rules: Rules
    horizon_us: int
    pair: Pair = field(default_factory=Pair)
    held: dict[str, Held] = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    noticed: dict[str, Noticed] = field(default_factory=dict)  # By id.
    unused: dict[str, I64] = field(default_factory=dict)  # Reason -> when they were taken.
    is_unsigned: bool = False
    sequence: int = 0  # Messages up to here are in it.
    until_us: int = 0  # The last look: a clock that was set back makes none before it.
    was_changed: bool = False  # What stood before was judged by something else.
    is_again: bool = False  # It was judged before, and nothing was there to go on from.
    cut_us: int | None = None  # The cut that is kept in the store,
    digest: str | None = None  # and by what they are judged; None: nothing is kept.
    was_settled: bool = False  # A cut was kept when they were taken up.
    calm: Calm | None = None  # While it lasts nothing changes, and what comes waits.
    waiting: list[Read] = field(default_factory=list)
    waiting_fixes: int = 0
    told: tuple[KeptAssessment, ...] = ()  # What was judged last, from the near cut on,
    told_us: int = 0  # and up to when.
    spans: dict[str, list[tuple[int, int]]] = field(init=False)  # When each device was carried,
    classes: dict[str, DeviceClass] = field(init=False)  # and its class.

    def __post_init__(self) -> None:
        self.spans, self.classes = self.duty.spans, self.duty.classes

    @property
    def far(self) -> Live:
        """Return all that is in hand, but for what came the quick way lately."""
        return self.pair.far
