"""The figures of an incident: the same for officer, person, counsel, and on the court's paper."""

from zoneinfo import ZoneInfo

from mesure.incidents.words.reader import Reader
from mesure.reports.replay import facts, weights
from mesure.reports.replay.weights import WeightRow as Weight
from mesure.web.shared.evidence import shown_stays
from mesure.web.shared.evidence.evidence_view import PageEvidence
from mesure.web.shared.evidence.explained import IncidentExplanation
from mesure.web.shared.evidence.shown_stays import StayList
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts


def of(
    explanation: IncidentExplanation,
    evidence: PageEvidence | None,
    zone: ZoneInfo,
    texts: PageTexts,
) -> list[tuple[str, str]]:
    """Return each figure with its name; none of an incident that was kept without any."""
    catalogue = texts.catalogue
    if explanation.incident is not None:
        devices = () if evidence is None else evidence.devices
        lines = facts.lines(explanation.incident, zone, catalogue, devices)
    elif explanation.notice is not None:
        lines = facts.of_notice(explanation.notice, zone, catalogue)
    else:
        lines = ()
    shown = [(line.name, line.value) for line in lines]
    if evidence is not None and evidence.address:
        shown.append((catalogue.text("Address of the place"), evidence.address))
    return shown


def stays_of(evidence: PageEvidence | None, visit: PageVisit, zone: ZoneInfo) -> StayList:
    """Return where the device stayed, and near which street; nothing where no map has streets."""
    return shown_stays.in_words(() if evidence is None else evidence.stays, visit, zone)


def weights_of(
    explanation: IncidentExplanation, texts: PageTexts, reader: Reader
) -> tuple[Weight, ...]:
    """Return what counted, and how much; nothing of a silence, or of what a device said."""
    incident = explanation.incident
    return () if incident is None else weights.lines(incident, texts.catalogue, reader)
