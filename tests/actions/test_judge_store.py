"""What is kept of a judging: each order's part, whatever the other's cut."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mesure.actions.judging import judge_store, judging_position
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.judging.judging_position import JudgingPosition
from mesure.actions.judging.judging_values import (
    DeviceAssignment,
    EvaluationBasis,
    OrderEvaluation,
    PersonEvaluation,
)
from mesure.evaluation.assessment import Assessment, Status
from mesure.evaluation.judgement import to_span
from mesure.evaluation.policy import DeviceClass
from mesure.instants import MAX_US, MIN_US
from mesure.orders.reading import read_order
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.records import Order
from tests.actions import house
from tests.actions.house import Office
from tests.evaluation import scenes
from tests.evaluation.scenes import CURFEW, us

PERSON = "P-1"
START = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as opened_office:
        opened_office.person(PERSON)
        opened_office.store.write(_enter)
        yield opened_office


def _enter(work: WriteTransaction) -> None:
    for order in ("A-1", "A-2"):
        work.add_order(Order(order, PERSON, START, "test"))


def duty(order: str) -> EvaluationBasis:
    text = scenes.order(CURFEW, name=order)
    version = read_order.read("order.yaml", text.encode(), {})
    carried = DeviceAssignment("D-1", DeviceClass.PHONE, True, us("01T00:00"), MAX_US)
    return EvaluationBasis(PERSON, order, (version,), (carried,), "digest")


def part(order: str, since: str, *spans: tuple[str, str, Status], **more: bool) -> OrderEvaluation:
    under = duty(order)
    outcomes = [
        Assessment("C1", status, to_span(us(start), us(end))) for start, end, status in spans
    ]
    assessments = [judge_store.assessment(under, one, "v", is_unsigned=False) for one in outcomes]
    return OrderEvaluation(under, us(since), "v", False, assessments, (), (), None, **more)


def keep(office: Office, until: str, *parts: OrderEvaluation) -> None:
    owner = office.store.write(lambda work: work.claim(range(256), "test"))
    effects = PersonEvaluation(PERSON, us(until), 1, None, parts)
    sealer = Sealer(office.keyring, office.chance)
    office.store.write(lambda work: judge_store.keep(work, sealer, owner, [effects], us(until)))


def read_assessments(office: Office) -> list[tuple[str, str, str, str]]:
    with office.store.read() as reading:
        return [
            (
                assessment.order,
                assessment.status,
                scenes.format_instant(assessment.start_us),
                scenes.format_instant(assessment.end_us),
            )
            for assessment in reading.assessments(PERSON, MIN_US, MAX_US)
        ]


def test_the_cut_of_one_order_takes_nothing_from_another(office: Office) -> None:
    met, unknown = Status.MET, Status.UNKNOWN
    first = part("A-1", "01T00:00", ("05T22:00", "06T06:00", met), ("06T22:00", "07T01:00", met))
    second = part("A-2", "01T00:00", ("05T20:00", "06T06:00", met), ("06T22:00", "07T01:00", met))
    keep(office, "07T01:00", first, second)
    first = part(
        "A-1", "07T00:00", ("06T22:00", "07T00:30", met), ("07T00:30", "07T02:00", unknown)
    )
    second = part("A-2", "06T05:00", ("05T20:00", "06T06:00", met), ("06T22:00", "07T02:00", met))
    keep(office, "07T02:00", first, second)
    assert read_assessments(office) == [
        ("A-1", "met", "05T22:00", "06T06:00"),
        ("A-1", "met", "06T22:00", "07T00:30"),
        ("A-1", "unknown", "07T00:30", "07T02:00"),
        ("A-2", "met", "05T20:00", "06T06:00"),
        ("A-2", "met", "06T22:00", "07T02:00"),
    ]


def test_what_ends_at_the_cut_is_cut_there(office: Office) -> None:
    met, unknown = Status.MET, Status.UNKNOWN
    keep(office, "07T01:00", part("A-1", "01T00:00", ("06T22:00", "07T01:00", met)))
    now = ("06T22:00", "07T00:00", met), ("07T00:00", "07T02:00", unknown)
    keep(office, "07T02:00", part("A-1", "07T00:00", *now))
    assert read_assessments(office) == [
        ("A-1", "met", "06T22:00", "07T00:00"),
        ("A-1", "unknown", "07T00:00", "07T02:00"),
    ]


def test_what_stood_until_something_was_changed_is_kept_as_superseded(office: Office) -> None:
    met, not_met = Status.MET, Status.NOT_MET
    before = ("05T22:00", "06T06:00", met), ("06T22:00", "07T01:00", not_met)
    keep(office, "07T01:00", part("A-1", "01T00:00", *before))
    now = ("05T22:00", "06T06:00", met), ("06T22:00", "06T23:00", not_met)
    keep(office, "07T02:00", part("A-1", "01T00:00", *now, was_changed=True))
    with office.store.read() as reading:
        [record] = reading.assessments_superseded(PERSON, MIN_US, MAX_US)
    assert (record.assessment.status, scenes.format_instant(record.assessment.start_us)) == (
        "not_met",
        "06T23:00",
    )
    assert scenes.format_instant(record.stood_until_us) == "07T02:00"


def test_each_partition_is_taken_up_where_it_was_left_whoever_left_it(office: Office) -> None:
    def change(work: WriteTransaction) -> None:
        judging_position.keep(work, "one", JudgingPosition(7, {1: 10, 2: 20}, ("P-1",)), 0)
        judging_position.keep(work, "other", JudgingPosition(5, {2: 25, 3: 30}), 0)

    office.store.write(change)
    with office.store.read() as reading:
        assert judging_position.read(reading, {1, 2}) == JudgingPosition(5, {1: 10, 2: 25}, ())
        assert judging_position.read(reading, {3}) == JudgingPosition(5, {3: 30}, ())
        assert judging_position.read(reading, {9}) == JudgingPosition(0, {}, ())
