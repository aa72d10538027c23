"""Incident body: what is kept sealed of an incident; the judge seals it, a look opens it.

The bytes are JSON of the judge's own making: the explanation in four languages, the facts, the
places of the evidence, the terms.
"""

from datetime import timedelta

import msgspec

from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values.effects import StoredIncident
from mesure.store.writing.audit_append import Salts


class _Facts(msgspec.Struct, frozen=True):
    distance_max_m: float = 0.0


class _Incident(msgspec.Struct, frozen=True):
    facts: _Facts = _Facts()


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
    def moments(self) -> timedelta | None:
        """Return how long the moments of a day came to; None: it is one span, and no moments."""
        us = self.notice.total_us
        return None if self.notice.day is None else timedelta(microseconds=us)


def extent(keyring: Keyring, incident: StoredIncident) -> IncidentExtent:
    """Return how far and how long an incident was, as the judge kept it."""
    return msgspec.json.decode(unseal(keyring, incident), type=IncidentExtent)


def seal(
    keyring: Keyring, person: str, incident: str, revision: int, plain: bytes, salts: Salts
) -> bytes:
    """Return the body of an incident, sealed under the person's key and bound to its place."""
    return sealing.seal(
        keyring.key_of(person), plain, seal_context(person, incident, revision), salts
    )


def unseal(keyring: Keyring, incident: StoredIncident) -> bytes:
    """Return what the judge kept of an incident."""
    where = seal_context(incident.person, incident.id, incident.revision)
    return sealing.unseal(keyring.find_key(incident.person), incident.body, where)


def seal_context(person: str, incident: str, revision: int) -> bytes:
    """Return where the body of an incident belongs."""
    return sealing.seal_context("incident", person, incident, revision)
