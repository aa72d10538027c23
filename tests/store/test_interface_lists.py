"""Lists a page at a time, asked of every store: in order, and nothing lost or given twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from random import Random

import msgspec
import pytest

from mesure.instants import US_PER_DAY
from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.sql.register import RegisterWork
from mesure.store.values.effects import (
    IncidentGroupKey,
    JudgingResult,
    StoredIncident,
    StoredIncidentHead,
)
from mesure.store.values.faults import ConflictError
from mesure.store.values.register import ChangeNumbers, DailyTally, RegisterRow
from tests.store.judged_samples import assessment, claim_all, incident, judgement, progress, row
from tests.store.samples import ready


def keep_incidents(store: Store, *incidents: StoredIncident) -> None:
    owner = claim_all(store)
    store.write(
        lambda work: work.judge([JudgingResult(progress(), 10**9, (), (), incidents)], owner)
    )


def put(store: Store, *rows: RegisterRow) -> None:
    def change(work: WriteTransaction) -> None:
        for entry in rows:
            work.put(entry)

    store.write(change)


def head(incident: StoredIncident) -> StoredIncidentHead:
    fields = (getattr(incident, name) for name in StoredIncidentHead.__slots__)
    return StoredIncidentHead(*fields)


def make_incidents(*starts: int, first: int = 0) -> list[StoredIncident]:
    return [
        replace(incident(), id=f"I-{first + n:02}", start_us=start)
        for n, start in enumerate(starts)
    ]


def latest_first(incidents: Sequence[StoredIncident]) -> list[StoredIncidentHead]:
    ordered = sorted(incidents, key=lambda incident: (incident.start_us, incident.id), reverse=True)
    return [head(one) for one in ordered]


def pages(reading: ReadTransaction, count: int) -> Iterator[StoredIncidentHead]:
    before: tuple[int, str] | None = None
    while page := reading.heads_of("P-1", count, before):
        assert len(page) <= count
        yield from page
        before = page[-1].start_us, page[-1].id


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_pages_hold_every_incident_once_and_the_latest_first(store: Store, count: int) -> None:
    ready(store)
    incidents = make_incidents(5, 3, 3, 3, 9, -4, 5)
    keep_incidents(store, *incidents)
    with store.read() as reading:
        assert list(pages(reading, count)) == latest_first(incidents)
        assert reading.heads_of("P-2", count) == ()


@pytest.mark.parametrize("seed", range(8))
def test_what_comes_between_two_pages_takes_no_place_from_what_was_there(
    store: Store, seed: int
) -> None:
    dice = Random(seed)
    ready(store)
    before = make_incidents(*(dice.randrange(7) for _ in range(dice.randrange(1, 9))))
    keep_incidents(store, *before)
    heads: list[StoredIncidentHead] = []
    place: tuple[int, str] | None = None
    while True:
        with store.read() as reading:
            page = reading.heads_of("P-1", dice.randrange(1, 4), place)
        if not page:
            break
        heads += page
        place = page[-1].start_us, page[-1].id
        keep_incidents(
            store,
            *make_incidents(*(dice.randrange(7) for _ in range(3)), first=50 + 3 * len(heads)),
        )
    assert len({one.id for one in heads}) == len(heads)
    assert heads == sorted(heads, key=lambda head: (head.start_us, head.id), reverse=True)
    assert {one.id for one in before} <= {one.id for one in heads}


def test_alike_are_those_of_one_condition_and_kind_that_stand(store: Store) -> None:
    ready(store)
    first, other, withdrawn, elsewhere, same = make_incidents(1, 2, 3, 4, 5)
    other = replace(other, kind="silent")
    withdrawn = replace(withdrawn, withdrawn_us=9)
    elsewhere = replace(elsewhere, condition="C9")
    keep_incidents(store, first, other, withdrawn, elsewhere, same)
    alike = IncidentGroupKey(first.order, first.condition, first.kind)
    with store.read() as reading:
        assert reading.heads_of("P-1", 9, alike=alike) == (head(same), head(first))
        assert reading.heads_of("P-1", 9, (5, ""), alike) == (head(first),)
        assert reading.heads_of("P-1", 1, alike=alike) == (head(same),)


def test_those_may_wait_whose_row_has_not_the_key(store: Store) -> None:
    ready(store)
    found_incident, seen_incident, nothing, withdrawn, both = make_incidents(5, 4, 3, 2, 1)
    withdrawn, both = (replace(one, withdrawn_us=9) for one in (withdrawn, both))
    keep_incidents(store, found_incident, seen_incident, nothing, withdrawn, both)
    rows = (
        row(found_incident.id, kind="review", keys={"stage": "found"}),
        row(seen_incident.id, kind="review", keys={"stage": "seen"}),
        row(both.id, kind="review"),
        row(nothing.id, kind="other", keys={"stage": "found"}),
    )
    put(store, *rows)
    key = "review", "stage", "found"
    with store.read() as reading:
        waiting = reading.heads_without(["P-1"], *key)
        assert waiting == (head(both), head(nothing), head(seen_incident))
        assert reading.heads_without(["P-2"], *key) == ()
        assert reading.heads_without(["P-2", "P-1"], *key) == waiting
        assert reading.heads_without([], *key) == ()
        assert reading.all_heads_without(*key) == waiting
        assert reading.all_heads_without("other", "stage", "found") == (
            head(seen_incident),
            head(found_incident),
        )


@pytest.mark.parametrize("count", [1, 2, 100])
def test_rows_are_found_from_the_last_one_back(store: Store, count: int) -> None:
    ready(store)
    rows = [row(f"A-{n}", keys={"officer": f"O-{n % 2}", "x": "y"}) for n in range(9)]
    put(store, *rows)
    with store.read() as reading:
        latest_rows = list(reading.latest("absence", "officer", "O-0", None, count))
        while page := reading.latest("absence", "officer", "O-0", latest_rows[-1].id, count):
            latest_rows += page
        assert latest_rows == rows[::-2]
        both = reading.latest("absence", "x", "y", also=("officer", "O-1"))
        assert list(both) == rows[7::-2]
        assert list(reading.latest("absence", "x", "y", "A-5", 1, ("officer", "O-1"))) == [rows[3]]
        assert reading.latest("absence", "x", "y", also=("officer", "O-9")) == ()
        assert reading.latest("absence", "officer", "O-2") == ()


def test_the_last_changes_are_those_of_what_changed_last(store: Store) -> None:
    ready(store)
    with store.read() as reading:
        before = reading.last_changes()
        assert before.incident == 0
    keep_incidents(store, *make_incidents(1, 2))
    keep_incidents(store, replace(make_incidents(1)[0], revision=2, end_us=4))
    put(store, row("1"))
    with store.read() as reading:
        changes = reading.incidents_since(0, 99)
        assert reading.last_changes().incident == changes[-1].change == 3
        assert reading.last_changes().administered == reading.changes(0, 99)[-1].number
        assert reading.last_changes().administered > before.administered


def test_who_is_changed_is_by_what_is_administered_and_by_incidents(store: Store) -> None:
    ready(store)
    with store.read() as reading:
        before = reading.last_changes()
        assert set(reading.find_changed(ChangeNumbers(0, 0))) >= {"P-1", "P-2"}
        assert reading.find_changed(before) == ()
    keep_incidents(store, *make_incidents(1, 2))
    put(store, row("1", person="P-2"))
    with store.read() as reading:
        now = reading.last_changes()
        assert sorted(reading.find_changed(before)) == ["P-1", "P-2"]
        assert reading.find_changed(now._replace(incident=1)) == ("P-1",)
        assert reading.find_changed(now._replace(administered=before.administered)) == ("P-2",)
        assert reading.find_changed(now) == ()


def test_rows_about_some_persons_come_by_person_and_kind(store: Store) -> None:
    ready(store)
    rows = [
        row(f"{person}-{kind}-{n}", kind=kind, person=person, keys={"n": str(n)})
        for person in ("P-2", "P-1", "P-3")
        for kind in ("ground", "absence", "other")
        for n in (1, 0)
    ]
    put(store, *rows, row("x", person=None))
    with store.read() as reading:
        entries = reading.entries_of(["P-1", "P-2"], ["absence", "ground"])
        wanted = [one for one in rows if one.person != "P-3" and one.kind != "other"]
        assert list(entries) == sorted(wanted, key=lambda row: (row.person, row.kind, row.id))
        assert reading.entries_of([], ["absence"]) == reading.entries_of(["P-9"], ["absence"]) == ()


def test_rows_and_incidents_and_persons_are_read_by_their_names_at_once(store: Store) -> None:
    ready(store)
    rows = [row(f"A-{n}", keys={"n": str(n), "x": "y"}) for n in (2, 0, 1)]
    put(store, *rows, row("A-0", kind="other"), row("A-9", person=None))
    incidents = make_incidents(5, 9, 7)
    keep_incidents(store, *incidents)
    with store.read() as reading:
        named = reading.entries_named("absence", ["A-2", "A-0", "A-0", "A-7", "A-9"])
        assert named == (rows[1], rows[0], row("A-9", person=None))
        assert reading.entries_named("absence", []) == ()
        assert reading.ids_present("absence", ["A-2", "A-0", "A-7", "A-9"]) == {"A-0", "A-2", "A-9"}
        assert reading.ids_present("other", ["A-0", "A-2"]) == {"A-0"}
        assert reading.ids_present("absence", []) == frozenset()
        assert reading.entries_with_any("absence", "n", ["2", "0", "7"]) == (rows[1], rows[0])
        assert reading.entries_with_any("absence", "n", []) == ()
        assert reading.heads_named(["I-02", "I-00", "I-77"]) == (
            head(incidents[0]),
            head(incidents[2]),
        )
        assert reading.heads_named([]) == ()
        assert reading.incidents_named(["I-02", "I-00", "I-77"]) == (incidents[0], incidents[2])
        assert reading.incidents_named([]) == ()
        assert reading.persons_present(["P-2", "P-1", "P-77"]) == {"P-1", "P-2"}
        assert reading.persons_present([]) == frozenset()


def test_a_row_with_two_of_the_values_is_read_once(store: Store) -> None:
    ready(store)
    both = msgspec.structs.replace(row("A-1"), keys=frozenset({("n", "1"), ("n", "2")}))
    put(store, both)
    with store.read() as reading:
        assert reading.entries_with_any("absence", "n", ["1", "2"]) == (both,)


def test_many_names_are_read_at_once(store: Store) -> None:
    ready(store)
    rows = [row(f"A-{n:04}", keys={"n": str(n)}) for n in range(450)]
    put(store, *rows)
    with store.read() as reading:
        assert list(reading.entries_named("absence", [one.id for one in rows])) == rows


def test_records_of_the_log_are_read_by_their_entries(store: Store) -> None:
    ready(store)
    entries = store.write(lambda work: work.record([b"{}", b"{1}", b"{2}"]))
    store.write(lambda work: work.forget_records([entries[1]], date(2026, 2, 10), "looks_days"))
    with store.read() as reading:
        openings = reading.openings_of([entries[2], entries[1], entries[0], 10**6])
        assert [(one.entry, one.record) for one in openings] == [
            (entries[0], b"{}"),
            (entries[2], b"{2}"),
        ]
        assert openings[0] == reading.record_opening(entries[0])
        assert reading.openings_of([]) == ()


def test_rows_are_counted_by_a_key_and_by_day(store: Store) -> None:
    ready(store)
    day = US_PER_DAY
    for number, (action, at_us) in enumerate(
        [("show", 1), ("show", day - 1), ("show", day), ("list", day + 5), ("show", day + 9)]
    ):
        keys = {"person": "P-1", "action": action}
        entry = row(f"D-{number}", kind="deed", keys=keys)
        put(store, msgspec.structs.replace(entry, changed_us=at_us))
    put(
        store,
        row("D-7", kind="deed", keys={"person": "P-1"}),
        row("D-8", kind="deed", keys={"person": "P-2", "action": "show"}),
        row("D-9", kind="other", keys={"person": "P-1", "action": "show"}),
    )
    with store.read() as reading:
        assert reading.tally("deed", "person", "P-1", "action") == (
            DailyTally("list", 1, day + 5, day + 5),
            DailyTally("show", 2, 1, day - 1),
            DailyTally("show", 2, day, day + 9),
        )
        assert reading.tally("deed", "person", "P-3", "action") == ()


def test_what_there_is_about_a_person_is_counted(store: Store) -> None:
    ready(store)
    rows = (assessment(0, 9), assessment(9, 12))
    owner = claim_all(store)
    store.write(lambda work: work.judge([judgement(0, *rows)], owner))
    put(store, row("1"), row("2", kind="other"), row("3", person="P-2"), row("4", person=None))
    with store.read() as reading:
        about = len(reading.entries_about("P-1"))
        assert reading.things_about("P-1") == about + len(rows) == 4
        assert reading.things_about("P-2") == 1
        assert reading.things_about("P-3") == 0


def test_devices_are_listed_by_name_a_page_at_a_time(store: Store) -> None:
    ready(store)
    with store.read() as reading:
        known = reading.devices("", 100)
        assert known
        assert [one.id for one in known] == sorted(one.id for one in known)
        assert reading.devices(known[0].id, 100) == known[1:]
        assert reading.devices("", 1) == known[:1]


def test_rows_are_added_at_once_as_they_are_put_alone(store: Store) -> None:
    ready(store)
    rows = [
        row("1", person=None, keys={"a": "b", "c": "d"}),
        row("2", person="P-1", keys={"a": "b"}),
        row("3", person="P-2"),
        row("4", person="P-1"),
    ]
    with store.read() as reading:
        number = reading.last_changes().administered
    store.write(lambda work: work.add(rows))
    with store.read() as reading:
        assert [reading.entry(one.kind, one.id) for one in rows] == rows
        changes = reading.changes(number, 9)
        assert [change.person for change in changes] == ["P-1", "P-2"]


def test_of_rows_that_are_added_none_is_kept_if_one_may_not_be(store: Store) -> None:
    ready(store)
    for wrong, says in (
        (row("2", revision=2), "revision"),
        (row("2", person="P-9"), "not kept here"),
    ):
        rows = [row("1"), wrong]
        with pytest.raises(ConflictError, match=says):
            store.write(partial(RegisterWork.add, entries=rows))
    with store.read() as reading:
        assert reading.entry("absence", "1") is None
