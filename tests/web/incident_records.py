"""What is remembered of an incident that was made up, to be held against what pages say."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from mesure.incidents.contest import ContestAnswer
from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.finding import Finding, FindingCause, FindingOutcome, conclusions
from mesure.incidents.incident import Incident


def choose_conclusion(kind: str, number: int) -> tuple[FindingOutcome, FindingCause | None]:
    """Return a conclusion that an incident of this kind may have, what weighs most first."""
    offered = sorted(conclusions(kind).items(), key=lambda pair: not pair[0].is_against)
    choices: list[tuple[FindingOutcome, FindingCause | None]] = [
        (outcome, cause)
        for outcome, causes in offered
        for cause in ([*sorted(causes)] if causes else [None])
    ]
    return choices[number % len(choices)]


@dataclass
class Record:
    """What is true of an incident: what the pages and the paper have to tell."""

    id: str
    incident: Incident | None = None
    notice: DeviceNotice | None = None
    findings: list[Finding] = field(default_factory=list)  # The one that holds comes first.
    says: list[tuple[str, ContestAnswer | None]] = field(default_factory=list)
    devices: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None

    @property
    def kind(self) -> str:
        if self.incident is not None:
            return self.incident.kind.value
        assert self.notice is not None
        return self.notice.kind.value

    @property
    def start(self) -> datetime:
        if self.incident is not None:
            return self.incident.start
        assert self.notice is not None
        return instant(self.notice.start_us)

    @property
    def end(self) -> datetime | None:
        if self.incident is not None:
            return self.incident.end
        assert self.notice is not None
        return None if self.notice.end_us is None else instant(self.notice.end_us)


def instant(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC)
