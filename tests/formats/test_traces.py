"""One run judges one person, and never guesses whose a row is."""

import pytest

from mesure.formats.columns.file_faults import FixesError
from tests.ingest import samples
from tests.ingest.samples import gather_fixes, text

TIME = text(samples.START)


def table(*names: str | None, first: int = 0) -> bytes:
    """Return a CSV file with a row for each name; None: there is no column for names."""
    named = names != (None,)
    head = "time,lat,lon,trace_id" if named else "time,lat,lon"
    rows = [
        f"{TIME},43.2,{first + number / 8}" + (f",{name}" if named else "")
        for number, name in enumerate(names)
    ]
    return "\n".join([head, *rows]).encode()


def test_several_names_without_a_choice_are_refused_with_the_names() -> None:
    with pytest.raises(FixesError, match=r"trace_id has 2 values: a, b.*--trace ID"):
        gather_fixes(table("b", "a"))


def test_several_names_in_several_files_are_refused_too() -> None:
    with pytest.raises(FixesError, match="trace_id has 2 values: a, b"):
        gather_fixes(table("a"), table("b", first=1))


def test_many_names_are_not_all_listed() -> None:
    with pytest.raises(FixesError, match=r"trace_id has 30 values.*and 18 more"):
        gather_fixes(table(*(f"p{number}" for number in range(30))))


def test_a_name_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(FixesError, match=r"no row has the trace_id “c” \(there are: a, b\)"):
        gather_fixes(table("b", "a"), trace="c")
    with pytest.raises(FixesError, match=r"there are: none.*leave --trace out"):
        gather_fixes(table(None), trace="c")


def test_other_names_are_kept_as_other_trace() -> None:
    result = gather_fixes(table("a", "b", "a", "b", "b"), trace="a")
    assert result.fixes.row.tolist() == [0, 2]
    assert result.kept_unused == {"other_trace": 3}


def test_one_name_needs_no_choice_and_may_be_chosen() -> None:
    assert len(gather_fixes(table("a", "a")).fixes) == 2
    assert len(gather_fixes(table("a", "a"), trace="a").fixes) == 2


def test_a_file_without_names_is_the_persons() -> None:
    result = gather_fixes(table("a", "b"), table(None, first=1), trace="b")
    assert result.fixes.row.tolist() == [1, 2]
    assert gather_fixes(table("a"), table(None, first=1)).kept_unused == {}


def test_a_row_without_its_name_is_nobodys_when_there_are_several() -> None:
    assert gather_fixes(table("a", "")).kept_unused == {}
    assert gather_fixes(table("a", "", "b"), trace="a").kept_unused == {"other_trace": 2}
    # However the files are cut.
    assert gather_fixes(table("", first=1), table("a", "b"), trace="a").kept_unused == {
        "other_trace": 2
    }


def test_names_mean_the_same_in_every_format() -> None:
    device = samples.lines([samples.traccar(samples.WALK[0])])
    feature = samples.collection([samples.feature(samples.WALK[1], trace_id="48241179")])
    named = samples.parquet(samples.table() | {"trace_id": ["48241179"] * 3})
    assert gather_fixes(device, feature, named).read == 5
    topic = samples.lines([samples.owntracks(samples.WALK[0], topic="owntracks/jane/phone")])
    with pytest.raises(FixesError, match="48241179, owntracks/jane/phone"):
        gather_fixes(device, topic)
