"""One line for one thing: silences put together, people together, what is brief in a digest."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mesure.actions.cases import work_lines
from mesure.actions.cases.incident_signals import IncidentSignals
from mesure.actions.cases.work_lines import Desk, Lengths, WorkLine
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.incidents.brief import BriefLengths
from mesure.incidents.finding import ReviewStage

SIX = datetime(2026, 3, 12, 6, tzinfo=UTC)
LENGTHS = Lengths(BriefLengths(timedelta(hours=2), timedelta(minutes=90)), timedelta(hours=4))
BRIEF = IncidentSignals(is_brief=True)


def item(name: str, start_min: int, end_min: int | None, /, **more: Any) -> WorkItem:
    """Return an item that began and ended some minutes before or after six."""
    start_at = SIX + timedelta(minutes=start_min)
    fields: dict[str, Any] = {
        "what": WorkItemType.INCIDENT,
        "person": "P-1",
        "name": "Serik",
        "kind": "silent",
        "condition": "C1",
        "since_at": start_at,
        "due_at": None,
        "is_overdue": False,
        "stage": ReviewStage.OPENED,
    }
    end_at = None if end_min is None else SIX + timedelta(minutes=end_min)
    return WorkItem(id=name, start_at=start_at, end_at=end_at, **(fields | more))


def desk(*items: WorkItem) -> Desk:
    return work_lines.arrange(items, LENGTHS)


def ids(lines: tuple[WorkLine, ...]) -> list[list[str]]:
    return [[one.id for one in line.items] for line in lines]


def test_one_silence_is_one_line_however_many_conditions_it_touches() -> None:
    worklist = desk(
        item("a", 0, 200, condition="C1"),
        item("b", -60, 180, condition="C2"),
        item("c", 200, 260, condition="C3"),
        item("later", 501, 800, condition="C2"),
        item("other", 0, 200, person="P-2", name="Marat"),
    )
    assert sorted(map(sorted, ids(worklist.lines))) == [["a", "b", "c"], ["later"], ["other"]]
    [line] = [one for one in worklist.lines if len(one.items) == 3]
    assert line.conditions == ("C1", "C2", "C3")
    assert line.lasted == timedelta(minutes=320)


def test_a_long_silence_that_comes_again_soon_is_on_the_same_line() -> None:
    worklist = desk(
        item("a", 0, 200, condition="C1"),
        item("b", 10, 200, condition="C2"),
        item("again", 440, 640, condition="C3"),
        item("lasts", 880, None, condition="C2"),
        item("tomorrow", 2000, 2200),
    )
    # What lasts overlaps with whatever began later.
    assert sorted(map(sorted, ids(worklist.lines))) == [["a", "again", "b", "lasts", "tomorrow"]]
    worklist = desk(
        item("a", 0, 200), item("again", 440, 640, condition="C2"), item("later", 881, 1080)
    )
    [line] = [one for one in worklist.lines if len(one.items) == 2]
    assert sorted(one.id for one in line.items) == ["a", "again"]
    assert line.lasted == timedelta(minutes=400)
    assert len(line.times) == 2
    assert ["later"] in ids(worklist.lines)


def test_a_short_silence_beside_a_long_one_stays_in_the_digest() -> None:
    worklist = desk(
        item("long", 0, 200), item("short", 210, 250, signals=BRIEF), item("b", 300, 500)
    )
    assert sorted(map(sorted, ids(worklist.lines))) == [["b", "long"]]
    assert ids(worklist.digest) == [["short"]]


def test_long_silences_of_two_people_are_never_put_together() -> None:
    worklist = desk(item("a", 0, 200), item("b", 210, 400, person="P-2", name="Marat"))
    assert sorted(ids(worklist.lines)) == [["a"], ["b"]]


def test_a_silence_that_lasts_takes_in_what_began_meanwhile() -> None:
    worklist = desk(item("a", -60, None), item("b", 0, 30, condition="C2"))
    assert [sorted(one) for one in ids(worklist.lines)] == [["a", "b"]]
    assert worklist.lines[0].end_at is None
    assert worklist.lines[0].lasted is None


def test_possible_breaches_are_never_put_together() -> None:
    worklist = desk(item("a", 0, 90, kind="absent"), item("b", 0, 90, kind="left", condition="C2"))
    assert ids(worklist.lines) == [["a"], ["b"]]
    [person] = worklist.people
    assert (person.person, person.name) == ("P-1", "Serik")


def test_people_stand_together_where_their_most_pressing_line_stands() -> None:
    late = {"is_overdue": True, "due_at": SIX, "kind": "absent"}
    worklist = desk(
        item("second", 10, 20, person="P-2", name="Marat", kind="absent"),
        item("first", 0, 30, kind="absent"),
        item("late", 40, 50, person="P-2", name="Marat", **late),
    )
    assert [person.person for person in worklist.people] == ["P-2", "P-1"]
    assert ids(worklist.lines) == [["late"], ["second"], ["first"]]


def test_what_is_contested_rises_and_a_chance_moves_nothing() -> None:
    contested = IncidentSignals(is_contested=True)
    worklist = desk(
        item("sure", 1, 30, kind="absent", p_outside_max=0.999),
        item("older", 0, 30, kind="absent", person="P-2", name="B", p_outside_max=0.5),
        item("contested", 9, 30, kind="absent", person="P-3", name="C", signals=contested),
    )
    assert ids(worklist.lines) == [["contested"], ["older"], ["sure"]]


def test_what_is_brief_is_a_digest_and_one_line() -> None:
    worklist = desk(
        item("a", 0, 50, signals=BRIEF),
        item("b", 0, 50, signals=BRIEF, condition="C2"),
        item("c", 300, 340, signals=BRIEF, person="P-2", name="Marat"),
        item("long", 400, 700),
    )
    assert [sorted(one) for one in ids(worklist.digest)] == [["c"], ["a", "b"]]
    assert ids(worklist.lines) == [["long"]]
    assert worklist.count == 2


def test_a_silence_is_brief_only_as_a_whole() -> None:
    worklist = desk(item("a", 0, 110, signals=BRIEF), item("b", 100, 200, signals=BRIEF))
    assert worklist.digest == ()
    worklist = desk(item("a", 0, 110, signals=BRIEF), item("b", 0, 110, condition="C2"))
    assert worklist.digest == ()


def make_silence(name: str, start_min: int, end_min: int, **more: Any) -> WorkItem:
    """Return the silence of a phone, of which an officer was told after four hours."""
    since_at = SIX + timedelta(minutes=start_min + 240)
    return item(name, start_min, end_min, signals=BRIEF, since_at=since_at, **more)


def test_a_long_silence_that_ended_soon_after_it_was_brought_is_brief_as_a_whole() -> None:
    worklist = desk(make_silence("a", 0, 320), make_silence("b", 10, 320, condition="C2"))
    assert [sorted(one) for one in ids(worklist.digest)] == [["a", "b"]]
    # Seen from the condition of which an officer was told first it lasted longer.
    worklist = desk(make_silence("a", 0, 331), make_silence("b", 10, 331, condition="C2"))
    assert [sorted(one) for one in ids(worklist.lines)] == [["a", "b"]]


def test_what_comes_again_in_one_night_is_a_line_however_soon_each_ended() -> None:
    worklist = desk(make_silence("a", 0, 300), make_silence("again", 310, 600))
    assert worklist.digest == ()
    assert [sorted(one) for one in ids(worklist.lines)] == [["a", "again"]]


def test_what_waits_for_somebody_else_is_never_in_the_digest() -> None:
    worklist = desk(item("a", 0, 50, signals=BRIEF, what=WorkItemType.CONTEST))
    assert worklist.digest == ()
    assert ids(worklist.lines) == [["a"]]


SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.none() | st.integers(1, 20), st.integers(1, 3)), max_size=12
)


@given(SPANS)
def test_every_item_stands_on_one_line(spans: list[tuple[int, int | None, int]]) -> None:
    items = [
        item(
            f"I-{number}",
            start,
            length and start + length,
            person=f"P-{person}",
            signals=IncidentSignals(is_brief=length is not None and length < 10),
        )
        for number, (start, length, person) in enumerate(spans)
    ]
    worklist = desk(*items)
    shown = [one.id for line in (*worklist.lines, *worklist.digest) for one in line.items]
    assert sorted(shown) == sorted(one.id for one in items)
    for line in worklist.lines:
        assert len({one.person for one in line.items}) == 1
