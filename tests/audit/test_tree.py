"""The tree is that of RFC 6962, however it is grown, and is carried on from its edge alone."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from tests.audit.published import LEAVES, ROOTS
from tools.faults.tree_nodes import TreeNodes

ENTRIES = st.lists(st.binary(max_size=3), max_size=70)


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """Return the root as section 2.1 of RFC 6962 defines it, word for word and slowly."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return node_hash(root_by_definition(leaves[:left]), root_by_definition(leaves[left:]))


def grown(leaves: Sequence[bytes]) -> Frontier:
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf_hash(leaf))
    return tree


def test_the_roots_are_those_of_the_reference_implementation() -> None:
    assert [grown(LEAVES[: size + 1]).root() for size in range(8)] == ROOTS
    assert grown([]).root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c149afbf4c8996fb924")


@given(ENTRIES)
def test_a_grown_tree_is_the_defined_one(leaves: list[bytes]) -> None:
    assert grown(leaves).root() == root_by_definition(leaves)


@given(ENTRIES, st.integers(0, 70))
def test_a_tree_goes_on_from_its_edge(leaves: list[bytes], cut: int) -> None:
    before = grown(leaves[:cut])
    after = Frontier(before.size, before.peaks)
    for leaf in leaves[cut:]:
        after.add(leaf_hash(leaf))
    assert (after.size, after.root()) == (len(leaves), root_by_definition(leaves))


@given(ENTRIES)
def test_nodes_that_are_complete_stand_for_their_entries(leaves: list[bytes]) -> None:
    nodes = TreeNodes()
    for leaf in leaves:
        nodes.add(leaf_hash(leaf))
    for level in range(7):
        for index in range(len(leaves) >> level):
            covered = leaves[index << level : (index + 1) << level]
            assert nodes(level, index) == root_by_definition(covered)
        with pytest.raises(IndexError):
            nodes(level, len(leaves) >> level)


@given(st.lists(st.binary(max_size=1), min_size=1, max_size=20), st.data())
def test_any_change_of_an_entry_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    root = grown(leaves).root()
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(max_size=2).filter(lambda it: it != leaves[place]))
    assert grown([*leaves[:place], other, *leaves[place + 1 :]]).root() != root
    assert grown([*leaves[:place], *leaves[place + 1 :]]).root() != root
    assert grown([*leaves[:place], other, *leaves[place:]]).root() != root


def test_a_node_is_no_entry() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert grown([left + right]).root() != grown([b"a", b"b"]).root()


@pytest.mark.parametrize(
    ("size", "peaks"), [(-1, []), (1, []), (3, [bytes(32)]), (2, [bytes(32)] * 2), (1, [bytes(31)])]
)
def test_an_edge_that_is_no_edge_is_refused(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(ValueError, match="tree"):
        Frontier(size, peaks)
