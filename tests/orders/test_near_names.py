from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.text.near_names import nearest

NAMES = st.text("abcdef", min_size=1, max_size=8)


def letters_apart(name: str, other: str) -> int:
    """Count by the definition: leave out, put in or change a letter."""
    if not name or not other:
        return len(name) + len(other)
    if name[0] == other[0]:
        return letters_apart(name[1:], other[1:])
    rest = (name[1:], other), (name, other[1:]), (name[1:], other[1:])
    return 1 + min(letters_apart(*pair) for pair in rest)


@given(NAMES, st.lists(NAMES, max_size=3))
def test_the_nearest_name_is_the_one_with_the_fewest_letters_apart(
    name: str, known: list[str]
) -> None:
    nearest_name = nearest(name, known)
    least = min((letters_apart(name, candidate) for candidate in known), default=99)
    limit = min(3, max(1, len(name) // 3))
    assert (nearest_name is not None) == (least <= limit)
    assert nearest_name is None or letters_apart(name, nearest_name) == least


def test_a_cyrillic_letter_that_looks_the_same_is_the_same() -> None:
    assert nearest("С1", ["C1"]) == "C1"


def test_the_first_of_two_equally_near_names_is_taken() -> None:
    assert nearest("C3", ["C1", "C2"]) == "C1"
