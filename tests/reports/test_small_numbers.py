"""What is hidden does not follow from what is shown."""

from hypothesis import given
from hypothesis import strategies as some

from mesure.reports.statistics import small_numbers
from mesure.reports.statistics.incident_counting import PERSONS_MIN, GroupCounts
from mesure.reports.statistics.small_numbers import Place

QUARTERS = ("1", "2", "3", "4")
YEAR, ALL = "year", ""


def table(counts: dict[str, list[int]]) -> dict[Place, GroupCounts]:
    """Return cells with their sums, where each incident is that of another person."""
    cells: dict[Place, int] = {}
    for group, row in counts.items():
        for quarter, count in zip(QUARTERS, row, strict=True):
            for place in ((group, quarter), (group, YEAR), (ALL, quarter), (ALL, YEAR)):
                cells[place] = cells.get(place, 0) + count
    return {
        place: GroupCounts(persons=min(count, PERSONS_MIN), incidents=count)
        for place, count in cells.items()
    }


def test_nothing_is_hidden_where_everything_is_large() -> None:
    assert not small_numbers.hidden(table({"a": [9, 9, 9, 9], "b": [5, 6, 7, 8]}))


def test_nothing_counted_is_nothing_to_hide() -> None:
    assert not small_numbers.hidden(table({"a": [9, 0, 9, 9], "b": [5, 0, 7, 8]}))
    assert not small_numbers.hidden({})


def test_one_small_cell_takes_another_with_it_in_its_row_and_its_column() -> None:
    cells = table({"a": [2, 9, 10, 11], "b": [20, 21, 22, 23], "c": [30, 31, 32, 33]})
    hidden = small_numbers.hidden(cells)
    assert ("a", "1") in hidden
    assert sum(place[1] == "1" for place in hidden) >= 2
    assert sum(place[0] == "a" for place in hidden) >= 2


def test_two_small_cells_are_not_enough_where_both_together_are_small() -> None:
    cells = table({"a": [1, 9, 9, 9], "b": [1, 9, 9, 9], "c": [50, 60, 70, 80]})
    hidden = small_numbers.hidden(cells)
    column = [place for place in hidden if place[1] == "1"]
    assert any(cells[place].persons == PERSONS_MIN for place in column)


def test_a_programme_of_three_persons_shows_nothing() -> None:
    cells = table({"a": [1, 0, 0, 0], "b": [2, 0, 0, 0]})
    shown = {place for place in cells if cells[place].persons} - small_numbers.hidden(cells)
    assert not shown


@given(
    some.dictionaries(
        some.sampled_from("abcde"),
        some.lists(some.sampled_from([0, 0, 1, 2, 5, 9, 40]), min_size=4, max_size=4),
        min_size=1,
    )
)
def test_no_hidden_cell_follows_from_its_row_or_its_column(counts: dict[str, list[int]]) -> None:
    cells = table(counts)
    hidden = small_numbers.hidden(cells)
    for place, cell in cells.items():
        assert not 0 < cell.persons < PERSONS_MIN or place in hidden
    for number in (0, 1):
        for name in {place[number] for place in cells}:
            line = [place for place in cells if place[number] == name]
            gone = [place for place in line if place in hidden]
            left = [place for place in line if cells[place].persons and place not in hidden]
            large = any(cells[place].persons == PERSONS_MIN for place in gone)
            assert not gone or not left or (len(gone) > 1 and large)
