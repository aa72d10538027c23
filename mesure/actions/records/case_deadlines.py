"""Deadlines of a programme's cases: until when, and who is notified when the office is closed."""

from datetime import datetime
from functools import cache
from importlib import resources

from mesure.actions.records.procedure import Procedure
from mesure.incidents import deadlines
from mesure.incidents.deadlines import DeadlineFile, IncidentDeadlines


@cache
def default() -> DeadlineFile:
    """Return until when things are looked at and decided in the default programme."""
    data = resources.files("mesure.incidents").joinpath("deadlines.yaml").read_bytes()
    return deadlines.read("deadlines.yaml", data)


def of_incident(procedure: Procedure, kind: str, at: datetime) -> IncidentDeadlines:
    """Return until when an incident that is raised at an instant is looked at and decided."""
    return _of(procedure).of(kind, at, procedure.zone)


def is_overdue(
    procedure: Procedure, kind: str, at: datetime, now: datetime, *, is_looked_at: bool
) -> bool:
    """Tell whether a clock of an incident that was raised at an instant has run out by now."""
    return _of(procedure).is_overdue(kind, at, procedure.zone, now, is_looked_at=is_looked_at)


def is_for_on_call(procedure: Procedure, kind: str, at: datetime) -> bool:
    """Tell whether an incident cannot wait, and comes while the office is closed."""
    file, zone = _of(procedure), procedure.zone
    return not file.can_wait(kind, at, zone) and not file.is_open(at, zone)


def is_open(procedure: Procedure, at: datetime) -> bool:
    """Tell whether the office is open at an instant."""
    return _of(procedure).is_open(at, procedure.zone)


def staff_told_at(procedure: Procedure, kind: str, at: datetime) -> datetime:
    """Return when staff are notified: at once, or when the office opens where it can wait."""
    file, zone = _of(procedure), procedure.zone
    return file.next_open(at, zone) if file.can_wait(kind, at, zone) else at


def bring_at(procedure: Procedure, due_at: datetime) -> datetime:
    """Return when what was due is brought to a supervisor, if it still waits then."""
    return _of(procedure).bring_at(due_at, procedure.zone)


def next_open(procedure: Procedure, at: datetime) -> datetime:
    """Return when the office is open: at an instant, or next."""
    return _of(procedure).next_open(at, procedure.zone)


def _of(procedure: Procedure) -> DeadlineFile:
    return procedure.deadlines or default()
