"""Which incidents a report shows in full."""

from collections.abc import Iterable
from datetime import timedelta

from mesure.incidents.incident import IncidentKind
from mesure.reports.replay import selection
from mesure.reports.replay.replay_report import ReplayReport
from mesure.reports.replay.selection import NumberedIncident
from tests.reports import factory
from tests.reports.factory import at


def many() -> ReplayReport:
    """Return incidents, latest first: a silence, one withdrawn, and two that stand."""
    changes: tuple[dict[str, object], ...] = (
        {"id": "d", "kind": IncidentKind.SILENT, "start": at(1, 0)},
        {"id": "c", "start": at(3, 0)},
        {"id": "b", "start": at(2, 0), "withdrawn_at": at(2, 5)},
        {"id": "a", "start": at(4, 0)},
    )
    incidents = tuple(factory.as_reported(factory.incident(**change)) for change in changes)
    return factory.report(incidents=incidents)


def ids(numbered: Iterable[NumberedIncident]) -> list[tuple[int, str]]:
    return [(each.number, each.reported.incident.id) for each in numbered]


def test_incidents_are_numbered_by_time() -> None:
    choice = selection.select(many())
    assert ids(choice.full) == [(1, "d"), (2, "b"), (3, "c"), (4, "a")]
    assert (choice.listed, choice.left_out) == ((), 0)


def test_those_of_place_that_stand_come_before_those_withdrawn_and_silences() -> None:
    choice = selection.select(many(), full_max=2, listed_max=1)
    assert ids(choice.full) == [(3, "c"), (4, "a")]
    assert ids(choice.listed) == [(2, "b")]
    assert choice.left_out == 1


def test_the_sequence_in_which_incidents_are_given_does_not_matter() -> None:
    report = many()
    turned = factory.report(incidents=report.incidents[::-1])
    assert selection.select(report) == selection.select(turned)


def test_silences_are_counted_apart() -> None:
    assert selection.silences(many()) == 1


def test_many_incidents_are_never_lost() -> None:
    start = at(0, 0)
    incidents = tuple(
        factory.as_reported(factory.incident(id=str(n), start=start + timedelta(minutes=n)))
        for n in range(1500)
    )
    choice = selection.select(factory.report(incidents=incidents))
    assert len(choice.full) + len(choice.listed) + choice.left_out == 1500
    assert choice.left_out == 1500 - selection.FULL_MAX - selection.LISTED_MAX
