"""The list of people as they are now: device, what waits, the next set hours; who may read it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mesure.actions.cases import case_overview
from mesure.actions.cases.case_overview import EdgesRequest, OverviewRequest
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import ReturnDevice
from mesure.actions.orders import binding_order
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.instants import to_us
from mesure.orders.model import schedule
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.store.keyring.interface import Keyring
from mesure.store.values.records import StoredOrderVersion
from tests.actions import raised
from tests.actions.scene import ORDER, OfficeScene

MONDAY = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)  # Nine in the morning, in Almaty.
# Hours that touch over midnight, that come once a week, that an absence cuts; a night of 23 hours.
HOURS = """\
order: ALM-1
person: P-1
time_zone: Europe/Paris
in_force: {from: 2026-03-02, until: 2026-04-06}
places:
  home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}
conditions:
  C1: {curfew: {at: home, from: 00:00, until: 24:00, every: [sat, sun, mon]}}
  C2: {appointment: {at: home, every: wed, from: 10:00, until: 10:30, present_min: 10}}
  C3: {residence: {stay_in: home}}
absences:
  A1: {allows: C1, from: 2026-03-15T22:00, until: 2026-03-16T02:00, by: O-7}
"""


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


def test_of_some_devices_only_those_who_carry_them_are_read(scene: OfficeScene) -> None:
    """Why: who keeps the devices of five thousand people looked at all of them for each page."""
    scene.order()
    scene.carries("D-1")
    scene.device("D-2")
    scene.office.person("P-2", scene.ann)
    everybody = OverviewRequest(everybody=True, devices=("D-1", "D-2"))
    for actor, request in (
        (scene.chief, everybody),
        (scene.ann, OverviewRequest(devices=("D-1", "D-2"))),
    ):
        [shown] = scene.do(actor, case_overview.overview, request)
        assert (shown.person, [one.device for one in shown.devices]) == ("P-1", ["D-1"])
        assert scene.office.last()["persons"] == ["P-1"]
    for actor in (scene.bob, scene.chief):
        assert scene.do(actor, case_overview.overview, OverviewRequest(devices=("D-1",))) == ()
    scene.office.now += timedelta(seconds=1)
    scene.do(scene.ann, assignments.take_back, ReturnDevice("D-1"))
    scene.office.now += timedelta(seconds=1)
    assert scene.do(scene.chief, case_overview.overview, everybody) == ()


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


def test_the_next_edge_is_that_of_all_hours_worked_out_far_around() -> None:
    version = read_order.read("order.yaml", HOURS.encode(), {})
    far = timedelta(days=60)
    edges = sorted(
        {
            (at, condition.id, begins)
            for condition in version.conditions
            if not condition.duty.timetable.always
            for bound in schedule.bounds(condition, version, MONDAY - far, MONDAY + far + far)
            for at, begins in ((bound.span.start, True), (bound.span.end, False))
        }
    )
    assert len(edges) > 15
    first, last = edges[0][0], edges[-1][0]
    exactly = [at - ahead for at, _, _ in edges for ahead in (timedelta(0), timedelta(days=1))]
    for at in [*exactly, *(first + timedelta(hours=7 * n) for n in range(-9, 140))]:
        expected = next((edge for edge in edges if at < edge[0] < at + case_overview.AHEAD), None)
        edge = case_overview.edge_of("P-1", [version], at)
        assert (edge and (edge.at, edge.condition, edge.begins)) == expected
    assert case_overview.edge_of("P-1", [version], last) is None


def test_a_version_that_is_over_is_not_opened_for_the_next_edge(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = ORDER.replace("2026-01-05,", "2026-02-03,").replace("22:00", "21:00")
    last = ORDER.replace("2026-01-05,", "2026-02-16,").replace("22:00", "20:00")
    for text in (ORDER, later, last):
        scene.order(text)
    opened: list[int] = []
    read = binding_order.read

    def count_and_read(version: StoredOrderVersion, person: str, keyring: Keyring) -> OrderVersion:
        opened.append(version.number)
        return read(version, person, keyring)

    scene.office.now = MONDAY + timedelta(hours=3)
    monkeypatch.setattr(binding_order, "read", count_and_read)
    for at, numbers, first_at in (
        (scene.office.now, [2, 3], MONDAY + timedelta(hours=12)),
        (MONDAY + timedelta(days=8), [3], MONDAY + timedelta(days=8, hours=11)),
    ):
        opened.clear()
        scene.office.now = at
        [edge] = scene.do(scene.ann, case_overview.next_edges, EdgesRequest(("P-1",)))
        assert (opened, edge.at) == (numbers, first_at)
