"""Every proof holds, and every altered one fails."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import proofs
from mesure.audit.proofs import Proof, TreeHead
from mesure.audit.tree import EMPTY_ROOT, leaf_hash
from tests.audit.published import CONSISTENCY, INCLUSION, LEAVES, ROOTS
from tools.faults.tree_nodes import TreeNodes

SIZE_MAX = 40


@dataclass(frozen=True)
class Trees:
    """One tree at every size up to its own."""

    nodes: TreeNodes
    roots: list[bytes]

    def head(self, size: int) -> TreeHead:
        return TreeHead(size, self.roots[size])


def _trees() -> Trees:
    nodes = TreeNodes()
    roots = [EMPTY_ROOT]
    for entry in range(SIZE_MAX):
        nodes.add(leaf_hash(b"%d" % entry))
        roots.append(nodes.frontier.root())
    return Trees(nodes, roots)


TREES = _trees()
SIZES = st.integers(0, SIZE_MAX)


def alter_proof(proof: Proof, other: bytes) -> Iterator[Proof]:
    """Yield proofs with a bit changed, a hash too many, too few, twice, elsewhere or cut short."""
    for place, value in enumerate(proof):
        before, after = proof[:place], proof[place + 1 :]
        yield (*before, bytes([value[0] ^ 8]) + value[1:], *after)
        yield (*before, value[:-1], *after)
        yield (*before, *after)
        yield (*before, other, value, *after)
        yield (*before, value, value, *after)
        if after and after[0] != value:
            yield (*before, after[0], value, *after[1:])
    yield (*proof, other)
    yield (*proof, b"")


@pytest.mark.parametrize("place", INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference_implementation(place: tuple[int, int]) -> None:
    entry, size = place
    nodes = TreeNodes()
    for leaf in LEAVES:
        nodes.add(leaf_hash(leaf))
    proof = proofs.inclusion(nodes, entry, size)
    assert [value.hex() for value in proof] == INCLUSION[place]
    assert proofs.includes(TreeHead(size, ROOTS[size - 1]), entry, leaf_hash(LEAVES[entry]), proof)


@pytest.mark.parametrize("sizes", CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference_implementation(
    sizes: tuple[int, int],
) -> None:
    earlier, later = sizes
    nodes = TreeNodes()
    for leaf in LEAVES:
        nodes.add(leaf_hash(leaf))
    proof = proofs.consistency(nodes, earlier, later)
    assert [value.hex() for value in proof] == CONSISTENCY[sizes]
    heads = TreeHead(later, ROOTS[later - 1]), TreeHead(earlier, ROOTS[earlier - 1])
    assert proofs.extends(*heads, proof)


@pytest.mark.parametrize("size", range(1, SIZE_MAX + 1))
def test_every_entry_is_shown_to_be_in_every_tree_that_has_it(size: int) -> None:
    head = TREES.head(size)
    for entry in range(size):
        proof = proofs.inclusion(TREES.nodes, entry, size)
        leaf = TREES.nodes(0, entry)
        assert proofs.includes(head, entry, leaf, proof)
        assert len(proof) <= (size - 1).bit_length()
        elsewhere = (entry - 1, entry + 1, entry ^ 2, size, -1)
        assert not any(proofs.includes(head, place, leaf, proof) for place in elsewhere)


@pytest.mark.parametrize("later", range(SIZE_MAX + 1))
def test_every_tree_is_shown_to_extend_every_earlier_one(later: int) -> None:
    for earlier in range(later + 1):
        proof = proofs.consistency(TREES.nodes, earlier, later)
        assert proofs.extends(TREES.head(later), TREES.head(earlier), proof)


@given(st.integers(1, SIZE_MAX), st.data())
def test_an_altered_inclusion_proof_shows_nothing(size: int, data: st.DataObject) -> None:
    entry = data.draw(st.integers(0, size - 1))
    leaf, proof = TREES.nodes(0, entry), proofs.inclusion(TREES.nodes, entry, size)
    head = TREES.head(size)
    for other in (head.root, leaf, bytes(32)):
        for wrong in alter_proof(proof, other):
            assert not proofs.includes(head, entry, leaf, wrong)
    assert not proofs.includes(head, entry, leaf_hash(b"forged"), proof)
    assert not proofs.includes(head, entry, leaf[:-1], proof)
    assert not proofs.includes(TreeHead(size, bytes(32)), entry, leaf, proof)


@given(st.integers(1, SIZE_MAX - 1), st.data())
def test_an_altered_consistency_proof_shows_nothing(earlier: int, data: st.DataObject) -> None:
    later = data.draw(st.integers(earlier + 1, SIZE_MAX))
    heads = TREES.head(later), TREES.head(earlier)
    proof = proofs.consistency(TREES.nodes, earlier, later)
    for other in (heads[0].root, heads[1].root, bytes(32)):
        for wrong in alter_proof(proof, other):
            assert not proofs.extends(*heads, wrong)
    assert not proofs.extends(*heads, ())
    assert not proofs.extends(heads[0], TreeHead(earlier, bytes(32)), proof)
    assert not proofs.extends(TreeHead(later, bytes(32)), heads[1], proof)
    assert not proofs.extends(
        TreeHead(later, heads[1].root), TreeHead(earlier, heads[0].root), proof
    )


@given(SIZES, SIZES, SIZES)
def test_a_proof_for_other_sizes_shows_nothing(
    first_size: int, second_size: int, third_size: int
) -> None:
    """Three heads of one tree: the proof between two of them serves no other pair."""
    sizes = {first_size, second_size, third_size, SIZE_MAX - 1, SIZE_MAX, 7}
    earlier, later, other = sorted(sizes)[:3]
    proof = proofs.consistency(TREES.nodes, earlier, later)
    if proof:
        assert not proofs.extends(TREES.head(other), TREES.head(earlier), proof)


@given(SIZES, SIZES)
def test_nothing_is_taken_back_by_a_proof(first_size: int, second_size: int) -> None:
    later, earlier = min(first_size, second_size), max(first_size, second_size)
    if later != earlier:
        assert not proofs.extends(TREES.head(later), TREES.head(earlier), ())
        with pytest.raises(ValueError, match="extends none"):
            proofs.consistency(TREES.nodes, earlier, later)


def test_trees_that_need_no_proof_take_none() -> None:
    full, empty = TREES.head(SIZE_MAX), TREES.head(0)
    for head in (full, empty):
        assert proofs.extends(head, head, ())
        assert not proofs.extends(head, head, (bytes(32),))
    assert proofs.extends(full, empty, ())
    assert not proofs.extends(full, empty, (bytes(32),))
    assert not proofs.extends(full, TreeHead(0, bytes(32)), ())
    assert not proofs.extends(full, TreeHead(SIZE_MAX, bytes(32)), ())
    assert not proofs.extends(full, TreeHead(-1, EMPTY_ROOT), ())


@pytest.mark.parametrize(("entry", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_an_entry_that_is_not_there_has_no_proof(entry: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        proofs.inclusion(TREES.nodes, entry, size)
