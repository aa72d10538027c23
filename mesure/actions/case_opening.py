"""Opening a case from a row that names it: the one incident of an action, or a line of a list."""

from mesure.actions import cases
from mesure.actions.acting import Doing
from mesure.actions.cases import CaseFile
from mesure.store.values.effects import KeptIncident


def opened(doing: Doing, name: str) -> KeptIncident:
    """Return an incident, with the person's case open."""
    incident, _ = doing.opened(doing.work.incident(name))
    doing.note(incident=name)
    return incident


def may_open(doing: Doing, file: CaseFile) -> bool:
    """Tell whether a case is listed at all: one from which somebody is barred is not."""
    return doing.actor.refusal(cases.case_of(file, doing.staff, doing.now)) is None
