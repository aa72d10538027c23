"""What the orders and absences of later persons have that those of the first ones had not."""

from collections import Counter

from mesure.orders.reading import read_order
from mesure_lab.whole.drawn import planned_events, random_persons, swarm
from mesure_lab.whole.drawn.planned_events import EventKind
from mesure_lab.whole.drawn.random_persons import WIDER_FROM, AbsenceWay, DrawnPerson
from mesure_lab.whole.drawn.upheaval_plan import UpheavalKind

PEOPLE = [random_persons.person(number, 3) for number in range(WIDER_FROM, WIDER_FROM + 120)]
SEEDS = range(WIDER_FROM // planned_events.PERSONS_OF_SEED, 7_040)


def zones(person: DrawnPerson) -> set[str]:
    return {text.text.partition("time_zone: ")[2].partition("\n")[0] for text in person.texts}


def test_orders_have_holidays_areas_and_ways_and_are_moved_to_another_clock() -> None:
    texts = "".join(text.text for person in PEOPLE for text in person.texts)
    for word in ("on_holidays", "keep_out_of: park", "stay_in: way", "polygon", "corridor"):
        assert word in texts
    assert any(len(zones(person)) > 1 for person in PEOPLE)


def test_every_order_can_be_read() -> None:
    for person in PEOPLE:
        for text in person.texts:
            assert read_order.read(f"{person.order}.yaml", text.text.encode(), {}).conditions


def test_absences_come_about_in_every_way_and_orders_end_early() -> None:
    ways = Counter(absence.way for person in PEOPLE for absence in person.absences)
    assert set(ways) == {*AbsenceWay}
    ended = [person for person in PEOPLE if person.ended_us is not None]
    assert 5 < len(ended) < 40
    assert all(person.is_varied for person in ended)


def test_those_of_before_have_what_they_had() -> None:
    before = [random_persons.person(number, 3) for number in range(40)]
    assert all(person.ended_us is None and person.conditions for person in before)
    assert {one.way for person in before for one in person.absences} == {AbsenceWay.GIVEN}
    assert not any("on_holidays" in text.text for person in before for text in person.texts)


def test_seeds_from_there_on_have_calls_for_help_and_ends_of_orders() -> None:
    kinds = Counter[EventKind | UpheavalKind]()
    for seed in SEEDS:
        drawn = swarm.draw(seed)
        events = planned_events.plan(seed, drawn, planned_events.persons_of(seed, drawn))
        kinds.update(event.kind for event in events)
    assert kinds[EventKind.END] > 0
    assert kinds[EventKind.CALL] > 0
