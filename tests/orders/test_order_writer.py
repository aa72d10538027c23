"""Whatever tree of texts is written reads back as itself, and a good order as the same order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.reading import order_writer, read_order
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text.order_faults import OrderError
from mesure.orders.text.strings_yaml import normalise
from mesure_lab.ground import fictional_order
from tests.orders import samples

# Aimed at what YAML takes for something else, and at what must be in quotes.
TEXTS = st.sampled_from(
    ["22:00", "NO", "1.10", "~", "", " ", "a: b", "a:b:", "x #y", "[", "}", "'", '"', "\\", "---",
     "- a", "?", "!tag", "&a", "*a", "a, b", "№ 2", "Алмалинский район", "0x1", "a\nb", "%", "@",
     "`", "|", ">", "-", "-5.3", "#", "é", "e\u0301", "\u2028", "\ufeff", "true",
     "2026-01-05T22:00"]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)  # fmt: skip
NAMES = TEXTS.map(lambda name: normalise(name).strip())


def _are_apart(tree: Any) -> bool:
    """Tell whether no two keys look the same; a file with two such would be refused."""
    return len({normalise(key) for key in tree}) == len(tree)


def _keys(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(NAMES, inner, max_size=4).filter(_are_apart)


TREES: st.SearchStrategy[Any] = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=4) | _keys(inner), max_leaves=12
)


@given(_keys(TREES))
def test_what_is_written_reads_back(tree: dict[str, Tree]) -> None:
    assert order_writer.tree("o.yaml", order_writer.text(tree).encode()) == tree


@pytest.mark.parametrize(
    "order", [samples.ORDER, fictional_order.order("2026-02-10", "2026-02-11")]
)
def test_a_good_order_is_the_same_order_when_it_is_written_again(order: str) -> None:
    files = {
        "district.geojson": fictional_order.district(),
        "venues.geojson": fictional_order.venues(),
    }
    before = read_order.read("o.yaml", order.encode(), files)
    tree = order_writer.tree("o.yaml", order.encode())
    text = order_writer.text(tree)
    after = read_order.read("o.yaml", text.encode(), files)
    assert (after.places, after.conditions, after.absences) == (
        before.places, before.conditions, before.absences
    )  # fmt: skip
    assert (after.court, after.in_force, after.zone) == (before.court, before.in_force, before.zone)
    assert order_writer.text(order_writer.tree("o.yaml", text.encode())) == text
    assert max(map(len, text.splitlines())) <= order_writer.LINE_CHARS_MAX


def test_the_usual_order_is_laid_out_as_a_clerk_would() -> None:
    tree = order_writer.tree("o.yaml", samples.ORDER.encode())
    assert order_writer.text(tree) == samples.ORDER


def test_a_long_boundary_is_wrapped_between_its_corners() -> None:
    corners = [[f"43.{number:04}", f"76.{number:04}"] for number in range(40)]
    text = order_writer.text({"places": {"park": {"polygon": corners}}})
    assert all(line.count("[") == line.count("]") for line in text.splitlines()[4:-1])
    assert order_writer.tree("o.yaml", text.encode()) == {"places": {"park": {"polygon": corners}}}


def test_nothing_at_all_is_an_empty_file() -> None:
    assert order_writer.tree("o.yaml", order_writer.text({}).encode()) == {}


def test_a_part_is_what_stands_in_braces() -> None:
    assert order_writer.part("C1", "{curfew: {at: home}}") == {"curfew": {"at": "home"}}


@pytest.mark.parametrize("words", ["home", "[a]", "{a: b}\nother: c", "{a: b", ""])
def test_what_is_no_group_of_keys_is_refused(words: str) -> None:
    with pytest.raises(OrderError):
        order_writer.part("C1", words)
