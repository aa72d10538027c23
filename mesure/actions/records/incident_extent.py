"""Incident extent: how far and how long an incident was, and by when, from its sealed body."""

from datetime import timedelta

import msgspec

from mesure.actions.records import incident_body
from mesure.store.keyring.interface import Keyring
from mesure.store.values.effects import StoredIncident


class _Facts(msgspec.Struct, frozen=True):
    distance_max_m: float = 0.0


class _Account(msgspec.Struct, frozen=True, array_like=True):
    lane: int = -1  # An `EvidenceBreakdown` begins so.
    first: int = -1
    last: int = -1
    taken_us: tuple[int, int] = (0, 0)


class _Incident(msgspec.Struct, frozen=True):
    facts: _Facts = _Facts()
    account: _Account = _Account()


class _Notice(msgspec.Struct, frozen=True):
    total_us: int = 0
    day: str | None = None


class IncidentExtent(msgspec.Struct, frozen=True):
    """How far and how long, of what is sealed of an incident: the little that a list shows."""

    incident: _Incident = _Incident()
    notice: _Notice = _Notice()

    @property
    def distance_max_m(self) -> float | None:
        """Return how far beyond a boundary the farthest fix lay; None: no fix did."""
        return self.incident.facts.distance_max_m or None

    @property
    def decided_us(self) -> int:
        """Return when the fix was taken by which it was decided; 0: by none, as of a silence."""
        return self.incident.account.taken_us[1]

    @property
    def moments(self) -> timedelta | None:
        """Return how long the moments of a day came to; None: it is one span, and no moments."""
        us = self.notice.total_us
        return None if self.notice.day is None else timedelta(microseconds=us)

    def length(self, start_us: int, end_us: int | None) -> timedelta | None:
        """Return how long it was; of the moments of a day, all together; None: it lasts."""
        if self.moments is not None:
            return self.moments
        return None if end_us is None else timedelta(microseconds=end_us - start_us)


def extent(keyring: Keyring, incident: StoredIncident) -> IncidentExtent:
    """Return how far and how long an incident was, as the judge kept it."""
    return msgspec.json.decode(incident_body.unseal(keyring, incident), type=IncidentExtent)
