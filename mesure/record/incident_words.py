"""Incident as kept: explained to the person, with its facts and its evidence by place.

What is kept can be read back, so that an incident that lasts for weeks is described anew with its
end though the fixes that began it are no longer in hand.
"""

from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from mesure.formats.stored import stored_messages
from mesure.incidents.incident import LLR_DIGITS, Incident
from mesure.incidents.words import explanation
from mesure.incidents.words.reader import Reader
from mesure.machine import texts

NOT_KNOWN_M: Final = -1.0  # JSON has no word for "not a number".


class FixPlace(msgspec.Struct, frozen=True):
    """A fix of the evidence: the place of its message in the log, its own in it, its weight."""

    sequence: int
    row: int
    llr: float | None


class IncidentBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed of an incident."""

    explanation: dict[str, str]
    evidence: tuple[FixPlace, ...]
    shown_us: tuple[int, int]
    incident: Incident


def encode_body(incident: Incident, shown_us: tuple[int, int], zone: ZoneInfo) -> bytes:
    """Return an incident as it is kept."""
    llr = {one.row: round(one.llr, LLR_DIGITS) for one in incident.account.weighed}
    body = IncidentBody(
        explanation={
            tag: explanation.explain(incident, zone, texts.catalogue(tag), Reader.PERSON)
            for tag in texts.LANGUAGES
        },
        evidence=tuple(
            FixPlace(*stored_messages.place(row), llr.get(row)) for row in incident.evidence
        ),
        shown_us=shown_us,
        incident=_told(incident, np.nan, NOT_KNOWN_M),
    )
    return msgspec.json.encode(body)


def read(body: bytes) -> IncidentBody:
    """Return what was kept of an incident."""
    content = msgspec.json.decode(body, type=IncidentBody)
    return msgspec.structs.replace(content, incident=_told(content.incident, NOT_KNOWN_M, np.nan))


def _told(incident: Incident, old_m: float, new_m: float) -> Incident:
    """Return an incident with the one way to say that a radius is not known for the other."""
    facts: Any = incident.facts
    radius_m = facts.radius95_median_m
    if radius_m == old_m or (radius_m != radius_m and old_m != old_m):
        return replace(incident, facts=replace(facts, radius95_median_m=new_m))
    return incident
