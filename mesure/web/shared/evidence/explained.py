"""Explanation of an incident read back, with the facts that it is made of."""

from dataclasses import replace
from typing import Final

import msgspec

from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.incident import Incident
from mesure.reports.text import visible_text

NOT_KNOWN_M: Final = -1.0  # How the judge writes a radius that is not known.


class IncidentExplanation(msgspec.Struct, frozen=True):
    """What is sealed of an incident, as far as pages need it."""

    explanation: dict[str, str] = {}
    incident: Incident | None = None  # None: it is about a device, and rests on no fix.
    notice: DeviceNotice | None = None  # What the device said; None: it is an incident.

    def paragraphs(self, language: str) -> tuple[str, ...]:
        """Return the explanation in a language, in English where there is none."""
        text = self.explanation.get(language) or self.explanation.get("en", "")
        return visible_text.paragraphs(text)


def read(body: bytes) -> IncidentExplanation:
    """Return what was kept."""
    explanation = msgspec.json.decode(body, type=IncidentExplanation)
    if explanation.incident is None or explanation.incident.facts.radius95_median_m != NOT_KNOWN_M:
        return explanation
    facts = replace(explanation.incident.facts, radius95_median_m=float("nan"))
    return msgspec.structs.replace(explanation, incident=replace(explanation.incident, facts=facts))
