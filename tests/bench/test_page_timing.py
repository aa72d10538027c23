"""The bench of the pages: every address has an example, and a small house is opened whole."""

from pathlib import Path

import pytest

from bench.office import page_addresses, page_peers, page_timing
from bench.office.filled_house import NIGHTS, Size, incident_of
from bench.office.page_addresses import AmissError
from bench.office.page_timing import Opened, OpeningTimes
from mesure.store.values import partitions
from tests.store import databases
from tests.store.databases import SqliteDatabase

SMALL = Size(persons=24, incidents=720, officers=3)


def test_everybody_has_incidents_and_the_busiest_have_most() -> None:
    each = Size().each()
    assert (len(each), sum(each), each[0], each[49]) == (5_000, 200_000, 500, 500)
    assert set(each[50:]) == {35, 36}


def test_an_address_without_an_example_breaks_the_bench() -> None:
    with pytest.raises(AmissError, match=r"example of .'thing'."):
        page_addresses.address("/console/{thing}", {"person": "P-1"})
    assert (
        page_addresses.address("/console/people/{person}", {"person": "P-1"})
        == "/console/people/P-1"
    )


def test_a_row_says_how_long_the_slowest_role_waits() -> None:
    quick = Opened("officer", "/a", [float(ms) for ms in range(1, 41)], [1.0])
    slow = Opened("supervisor", "/a", [250.0] * 40, [1.0])
    file = Opened("person", next(iter(page_timing.FILES)), [900.0] * 5, [1.0])
    assert (quick.p95_ms, quick.median_ms) == (39.0, 20.5)
    over, count, *rows = page_timing.in_rows("SQLite", [quick, slow, file])
    assert (over.value, over.holds, count.value) == (1, False, 1)
    assert [(one.name, one.value, one.holds) for one in rows] == [
        ("SQLite: /a (supervisor)", 250.0, False),
        (f"SQLite: {file.pattern} (person)", 900.0, None),
    ]
    everybody = Opened("supervisor", page_timing.LISTS[0], [450.0] * 5, [1.0])
    over, count, row = page_timing.in_rows("SQLite", [everybody])
    assert (over.value, count.value, row.target, row.holds) == (0, 0, 500.0, True)
    [fine, *_] = page_timing.in_rows("SQLite", [quick])
    assert fine.holds is True


def test_a_small_house_is_opened_whole_and_handed_over(tmp_path: Path) -> None:
    with page_timing.serve_pages(tmp_path, SMALL) as at:
        timings = page_timing.measure_pages(at, OpeningTimes(times=1, seconds_max=0.1, warm=0))
        assert {one.pattern for one in timings} == set(page_timing.patterns(at.parts))
        assert {one.role for one in timings} == {page_timing.VISITOR, *page_timing.SIGNED_IN}
        assert all(len(one.took_ms) == 1 for one in timings)
        with at.instance.store.read() as reading:
            persons = reading.persons_in(range(partitions.PARTITIONS))
            assert len(persons) == SMALL.persons
            assert sum(len(reading.incidents_of(one)) for one in persons) == SMALL.incidents
            assert len(reading.assessments(persons[0], 0, 1 << 62)) > 3 * NIGHTS
            assert reading.incident(incident_of(persons[0], 0)) is not None
        beside = page_peers.rows(at) + page_peers.rows_while_counting(at)
        assert [row.ratio is not None for row in beside] == [True, True, True]
        rows = page_timing.on_postgres(
            at, OpeningTimes(1, 0.1, 0), ["/console", "/console/people/{person}"]
        )
        assert len(rows) == (4 if databases.folder_of_programs() else 0)
        (tmp_path / "other").mkdir()
        with SqliteDatabase(tmp_path / "other" / "mesure.db").open() as other:
            page_timing.copy_rows(at.instance.store, other)
            with at.instance.store.read() as reading, other.read() as copied:
                assert copied.frontier().root() == reading.frontier().root()
                assert copied.incidents_since(0, 99) == reading.incidents_since(0, 99)
