"""Next line: from what was answered to what waits next; first what nobody has looked at."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases.work_lines import Desk, WorkLine
from mesure.web.console import worklist_page
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/console/next"
DESK: Final = "/console"
DIGEST: Final = "/console/digest"
NEXT: Final = "next"  # What the form of a finding says when its reader wants to go on.


def go_on(visit: PageVisit) -> Response:
    """Lead to what follows an incident, and leave that undecided."""
    return visit.to(address_behind(worklist_page.desk_of(visit), visit.path("incident")))


def after_deciding(visit: PageVisit, incident: str) -> str:
    """Return what is to be done next once an incident is decided, of whatever else waits."""
    return next_of(worklist_page.desk_of(visit), incident)


def address_behind(desk: Desk, incident: str) -> str:
    """Return what is to be looked at next, then what follows an incident, then the digest."""
    behind, _ = _around(desk, incident)
    return _first((*_lines_to_look_at(desk, incident), *behind), desk)


def next_of(desk: Desk, incident: str) -> str:
    """Return the same, but what precedes an incident before the digest: it waits too."""
    behind, before = _around(desk, incident)
    return _first((*_lines_to_look_at(desk, incident), *behind, *before), desk)


def _lines_to_look_at(desk: Desk, incident: str) -> list[WorkLine]:
    """Return the other lines that nobody has looked at, those of the same person first.

    Opening a line stops its first clock, so that it comes after those whose clock still runs: going
    on from its place then would pass over nearly the whole desk.
    """
    lines = [line for line in desk.lines if any(item.look_by for item in line.items)]
    people = {line.first.person for line in desk.lines if incident in line.incidents}
    others = (line for line in lines if incident not in line.incidents)
    return sorted(others, key=lambda line: line.first.person not in people)


def _around(desk: Desk, incident: str) -> tuple[Sequence[WorkLine], Sequence[WorkLine]]:
    """Return the lines behind an incident, and those before it; without it, all are behind."""
    lines = desk.lines
    place = next((at for at, line in enumerate(lines) if incident in line.incidents), None)
    return (lines, ()) if place is None else (lines[place + 1 :], lines[:place])


def _first(lines: Sequence[WorkLine], desk: Desk) -> str:
    if lines:
        return worklist_page.address_of(lines[0].first)
    return DIGEST if desk.digest else DESK


def say_recorded(address: str, incident: str) -> str:
    """Return an address at which it is said that a finding was recorded just now."""
    path, mark, part = address.partition("#")
    return f"{path}?{urlencode({worklist_page.RECORDED: incident})}{mark}{part}"
