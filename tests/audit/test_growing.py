"""A log grows as a verifier will accept it, or not at all."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import checkpoints, growing, log_file, proofs
from mesure.audit.entries import Entry, EntryRange, ErasureEntry, RecordEntry
from mesure.audit.growing import LogGrowth, TreeNode
from mesure.audit.log_verification import BrokenLogError
from tests.audit.samples import LOG_SECRET, ORIGIN, check, erasure


class MemoryLog:
    """What a store keeps, in memory."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.peaks: tuple[bytes, ...] = ()
        self.kept: set[int] = set()

    def are_kept(self, span: EntryRange) -> bool:
        return self.kept.issuperset(range(span.first, span.last + 1))

    def add(self, added: Sequence[Entry]) -> LogGrowth:
        growth = growing.grow(self.size, self.peaks, added, self.are_kept)
        for number, entry in enumerate(added, start=growth.first):
            if isinstance(entry, RecordEntry):
                self.kept.add(number)
            else:
                for span in entry.erased:
                    self.kept -= set(range(span.first, span.last + 1))
        self.lines += growth.lines
        self.nodes |= {(node.level, node.index): node.hash for node in growth.nodes}
        self.size, self.peaks = growth.size, growth.peaks
        return growth

    def file(self, growth: LogGrowth) -> list[bytes]:
        note = checkpoints.sign(growth.checkpoint(ORIGIN), LOG_SECRET)
        whole = log_file.heading(ORIGIN) + b"".join(line + b"\n" for line in self.lines)
        return (whole + log_file.block(note)).splitlines(keepends=True)


def _record(number: int) -> RecordEntry:
    return RecordEntry(number.to_bytes(32, "big"))


@given(st.lists(st.lists(st.sampled_from(["record", "erase"]), max_size=5), max_size=6), st.data())
def test_what_was_let_in_is_what_a_verifier_accepts(
    batches: list[list[str]], data: st.DataObject
) -> None:
    store = MemoryLog()
    growth = store.add([])
    for batch in batches:
        added: list[Entry] = []
        for kind in batch:
            spans = st.tuples(st.integers(0, 12), st.integers(0, 3))
            if kind == "record":
                added.append(_record(len(added)))
            else:
                first, more = data.draw(spans)
                added.append(erasure((first, first + more)))
        try:
            growth = store.add(added)
        except ValueError:
            growth = store.add([entry for entry in added if isinstance(entry, RecordEntry)])
    outcome = check(store.file(growth))
    assert outcome.checkpoint.head.size == store.size
    assert outcome.records - outcome.erased == len(store.kept)


def test_what_is_kept_of_a_log_proves_any_entry_of_it() -> None:
    store = MemoryLog()
    for number in range(11):
        growth = store.add([_record(number)] * (number % 3))
    head = growth.checkpoint(ORIGIN).head

    def nodes(level: int, index: int) -> bytes:
        return store.nodes[level, index]

    for entry in range(head.size):
        proof = proofs.inclusion(nodes, entry, head.size)
        assert proofs.includes(head, entry, nodes(0, entry), proof)


def test_a_node_is_told_when_it_is_complete_and_once() -> None:
    growth = growing.grow(0, (), [_record(number) for number in range(4)], lambda span: True)
    places = [(node.level, node.index) for node in growth.nodes]
    assert places == [(0, 0), (0, 1), (1, 0), (0, 2), (0, 3), (1, 1), (2, 0)]
    assert growth.nodes[-1] == TreeNode(2, 0, growth.peaks[0])
    assert (growth.first, growth.size) == (0, 4)


WRONG: list[list[ErasureEntry]] = [
    [erasure((3, 3))],  # Not there yet.
    [erasure((2, 3))],
    [erasure((0, 0))],  # Erased before.
    [erasure((1, 1)), erasure((1, 1))],
    [erasure((1, 1), (5, 5)), erasure((1, 2))],
]


@pytest.mark.parametrize("added", WRONG)
def test_an_erasure_that_a_verifier_would_stop_at_is_not_let_in(added: list[ErasureEntry]) -> None:
    store = MemoryLog()
    store.add([_record(number) for number in range(2)])
    store.add([erasure((0, 0))])
    before = (list(store.lines), store.size, store.peaks)
    with pytest.raises(ValueError, match=r"Entry|entries"):
        store.add(added)
    assert before == (store.lines, store.size, store.peaks)
    forced = growing.grow(store.size, store.peaks, [], store.are_kept)
    lines = store.file(forced)
    assert check(lines).erased == 1


def test_without_that_a_verifier_would_stop_for_ever() -> None:
    """Were it let in, nothing that comes later could mend it."""
    store = MemoryLog()
    store.add([_record(0)])
    store.add([erasure((0, 0))])
    store.kept.add(0)  # A store that forgot.
    growth = store.add([erasure((0, 0))])
    with pytest.raises(BrokenLogError):
        check(store.file(growth))
