"""Explanation of an incident read back, with the facts that it is made of."""

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.incident import Incident
from mesure.incidents.words import explanation, health_words
from mesure.incidents.words.reader import Reader
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.text import visible_text

NOT_KNOWN_M: Final = -1.0  # How the judge writes a radius that is not known.


class IncidentExplanation(msgspec.Struct, frozen=True):
    """What is sealed of an incident, as far as pages need it."""

    explanation: dict[str, str] = {}
    incident: Incident | None = None  # None: it is about a device, and rests on no fix.
    notice: DeviceNotice | None = None  # What the device said; None: it is an incident.

    def to_person(self, language: str) -> tuple[str, ...]:
        """Return the paragraphs that the person was shown, in English where there are no others."""
        text = self.explanation.get(language) or self.explanation.get("en", "")
        return visible_text.paragraphs(text)

    def to_office(self, zone: ZoneInfo, catalogue: Catalogue) -> tuple[str, ...]:
        """Return the same facts, for any reader but the person; none where no facts were kept."""
        if self.incident is not None:
            text = explanation.explain(self.incident, zone, catalogue, Reader.OFFICE)
        elif self.notice is not None:
            text = health_words.explain(self.notice, zone, catalogue, Reader.OFFICE)
        else:
            text = ""
        return visible_text.paragraphs(text)


def read(body: bytes) -> IncidentExplanation:
    """Return what was kept."""
    decoded = msgspec.json.decode(body, type=IncidentExplanation)
    if decoded.incident is None or decoded.incident.facts.radius95_median_m != NOT_KNOWN_M:
        return decoded
    facts = replace(decoded.incident.facts, radius95_median_m=float("nan"))
    return msgspec.structs.replace(decoded, incident=replace(decoded.incident, facts=facts))
