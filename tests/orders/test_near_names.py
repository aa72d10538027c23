from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.text.near_names import nearest

NAMES = st.text("abcdef", min_size=1, max_size=8)


def letters_apart(one: str, other: str) -> int:
    """Count by the definition: leave out, put in or change a letter."""
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return letters_apart(one[1:], other[1:])
    rest = (one[1:], other), (one, other[1:]), (one[1:], other[1:])
    return 1 + min(letters_apart(*pair) for pair in rest)


@given(NAMES, st.lists(NAMES, max_size=3))
def test_the_nearest_name_is_the_one_with_the_fewest_letters_apart(
    name: str, known: list[str]
) -> None:
    found = nearest(name, known)
    least = min((letters_apart(name, candidate) for candidate in known), default=99)
    limit = min(3, max(1, len(name) // 3))
    assert (found is not None) == (least <= limit)
    assert found is None or letters_apart(name, found) == least


def test_a_cyrillic_letter_that_looks_the_same_is_the_same() -> None:
    assert nearest("С1", ["C1"]) == "C1"


def test_the_first_of_two_equally_near_names_is_taken() -> None:
    assert nearest("C3", ["C1", "C2"]) == "C1"
