"""The list of people as they are now: device, what waits, the next set hours; who may read it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mesure.actions.cases import case_overview
from mesure.actions.cases.case_overview import EdgesRequest, OverviewRequest
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.instants import to_us
from tests.actions import raised
from tests.actions.scene import OfficeScene

MONDAY = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)  # Nine in the morning, in Almaty.


def test_a_person_is_shown_with_orders_devices_and_what_waits(scene: OfficeScene) -> None:
    scene.order()
    now = scene.office.now
    for name, condition in (("I-1", "C1"), ("I-2", "C2")):
        silent = raised.incident("P-1", name, "silent")
        raised.judge(scene.office, replace(silent, condition=condition))
    away = replace(raised.incident("P-1", "I-3"), opened_us=to_us(now - timedelta(hours=5)))
    raised.judge(scene.office, away)
    [shown] = scene.do(scene.ann, case_overview.overview, OverviewRequest())
    assert (shown.person, shown.orders, shown.in_charge.account) == ("P-1", ("ALM-1",), "ann")
    assert [(one.what, one.kind, one.conditions, one.is_overdue) for one in shown.waiting] == [
        (WorkItemType.INCIDENT, "absent", ("C1",), True),
        (WorkItemType.INCIDENT, "silent", ("C1", "C2"), False),
    ]


def test_an_officer_reads_no_list_but_their_own(scene: OfficeScene) -> None:
    for request in (OverviewRequest("bob"), OverviewRequest(everybody=True)):
        with pytest.raises(NotAllowedError):
            scene.do(scene.ann, case_overview.overview, request)
    assert scene.do(scene.bob, case_overview.overview, OverviewRequest()) == ()
    with pytest.raises(ActionError):
        scene.do(scene.bob, case_overview.next_edges, EdgesRequest(("P-1",)))


def test_a_supervisor_reads_any_list_and_everybody(scene: OfficeScene) -> None:
    for request in (OverviewRequest("ann"), OverviewRequest(everybody=True)):
        listed = scene.do(scene.chief, case_overview.overview, request)
        assert [one.person for one in listed] == ["P-1"]
        entry = scene.office.last()
        assert (entry["action"], entry["persons"]) == ("caseload.overview", ["P-1"])


@pytest.mark.parametrize(
    ("at", "edge"),
    [
        (MONDAY, (MONDAY + timedelta(hours=1), "C2", True)),
        (MONDAY + timedelta(hours=1), (MONDAY + timedelta(hours=1, minutes=30), "C2", False)),
        (MONDAY + timedelta(hours=2), (MONDAY + timedelta(hours=13), "C1", True)),
        (MONDAY + timedelta(hours=14), (MONDAY + timedelta(hours=21), "C1", False)),
    ],
)
def test_the_next_edge_is_the_first_beginning_or_end_of_set_hours(
    scene: OfficeScene, at: datetime, edge: tuple[datetime, str, bool]
) -> None:
    scene.order()
    scene.office.now = at
    [shown] = scene.do(scene.ann, case_overview.next_edges, EdgesRequest(("P-1",)))
    assert (shown.at, shown.condition, shown.begins) == edge


def test_without_an_order_there_is_no_edge(scene: OfficeScene) -> None:
    assert scene.do(scene.ann, case_overview.next_edges, EdgesRequest(("P-1",))) == ()
