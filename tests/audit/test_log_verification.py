"""A log holds as it was written, and whatever is done to it is found and said to be where it is."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import checkpoints, entries, log_file
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys
from mesure.audit.entries import EntryRange, RecordEntry
from mesure.audit.log_verification import (
    _STEPS,
    BrokenLogError,
    LogCheck,
    LogFault,
    WitnessSighting,
)
from mesure.audit.proofs import TreeHead
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.machine.signatures import Ed25519
from tests.audit.samples import (
    LOG_KEY,
    LOG_SECRET,
    ORIGIN,
    OTHER_SECRET,
    SEEN_AT,
    TRUST,
    TRUST_WITNESSED,
    WITNESS,
    Log,
    check,
    erasure,
    sample,
)  # fmt: skip

SAMPLE = sample()
LINES = SAMPLE.lines
ENTRIES = [n for n, line in enumerate(LINES) if line.startswith((b"record ", b"erasure "))]


def broken(run: Callable[[], object]) -> BrokenLogError:
    with pytest.raises(BrokenLogError) as error:
        run()
    return error.value


# --- What holds ----------------------------------------------------------------------------------


def test_a_log_holds_as_it_was_written() -> None:
    outcome = check(LINES, TRUST_WITNESSED)
    assert outcome.checkpoint == LogCheckpoint(ORIGIN, SAMPLE.head())
    assert outcome.last == SAMPLE.notes[-1]
    assert (outcome.checkpoints, outcome.records, outcome.erasures) == (3, 10, 2)
    assert (outcome.erased, outcome.opened) == (5, 0)
    assert outcome.witnesses == ((WITNESS, WitnessSighting(5, SEEN_AT)),)


def test_the_records_that_are_kept_are_those_of_the_log_and_the_others_were_erased() -> None:
    outcome = check(LINES, records=SAMPLE.records())
    assert (outcome.opened, outcome.erased) == (5, 5)


def test_an_empty_log_holds_when_it_was_signed_for() -> None:
    outcome = check(Log().checkpoint().lines, records=Log().records())
    assert (outcome.records, outcome.checkpoint.head.size) == (0, 0)


def test_every_checkpoint_kept_from_before_is_extended() -> None:
    earlier = [checkpoints.read(note.text) for note in SAMPLE.notes]
    assert check(LINES, earlier=[*earlier, LogCheckpoint(ORIGIN, Log().head())]).checkpoints == 3


@given(st.lists(st.sampled_from("rrrec"), max_size=25), st.data())
def test_whatever_a_service_writes_holds(plan: list[str], data: st.DataObject) -> None:
    log = Log()
    for step in plan:
        if step == "r":
            log.record()
        elif step == "c":
            log.checkpoint()
        elif log.openings:
            entry_numbers = [it.entry for it in log.openings]
            log.erase(*data.draw(st.sets(st.sampled_from(entry_numbers), min_size=1)))
    log.checkpoint()
    outcome = check(log.lines, records=log.records())
    assert outcome.checkpoint.head == log.head()
    assert outcome.opened == len(log.openings) == outcome.records - outcome.erased


# --- Tampering -----------------------------------------------------------------------------------


def _places(data: st.DataObject) -> int:
    return data.draw(st.sampled_from(ENTRIES))


def flip(lines: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    bit = data.draw(st.integers(0, 8 * len(lines[place]) - 1))
    line = bytearray(lines[place])
    line[bit // 8] ^= 1 << bit % 8
    lines[place] = bytes(line)


def drop(lines: list[bytes], data: st.DataObject) -> None:
    del lines[_places(data)]


def repeat(lines: list[bytes], data: st.DataObject) -> None:
    lines.insert(_places(data), lines[_places(data)])


def swap(lines: list[bytes], data: st.DataObject) -> None:
    place = _places(data)
    other = data.draw(st.sampled_from([it for it in ENTRIES if lines[it] != lines[place]]))
    lines[place], lines[other] = lines[other], lines[place]


def forge(lines: list[bytes], data: st.DataObject) -> None:
    forged = RecordEntry(data.draw(st.binary(min_size=32, max_size=32)))
    lines[_places(data)] = entries.encode(forged) + b"\n"


def insert(lines: list[bytes], data: st.DataObject) -> None:
    forged = RecordEntry(data.draw(st.binary(min_size=32, max_size=32)))
    lines.insert(_places(data), entries.encode(forged) + b"\n")


def extend(lines: list[bytes], data: st.DataObject) -> None:
    lines.append(LINES[_places(data)])


def extend_and_sign(lines: list[bytes], data: st.DataObject) -> None:
    """Go on with the log, and sign with a key of one's own under the log's name."""
    other = Log(secret=OTHER_SECRET, lines=[], nodes=sample().nodes)
    other.record(data.draw(st.integers(0, 3))).checkpoint()
    lines += other.lines[2:]


def rewrite_and_sign(lines: list[bytes], data: st.DataObject) -> None:
    other = Log(secret=OTHER_SECRET).record(data.draw(st.integers(1, 12))).checkpoint()
    lines[:] = other.lines


def truncate(lines: list[bytes], data: st.DataObject) -> None:
    """Cut anywhere, in the middle of a line too, but not behind a signature.

    There it is the log as it was then, and only an earlier checkpoint tells.
    """
    whole = b"".join(lines)
    behind = [
        len(b"".join(lines[: number + 1]))
        for number, line in enumerate(lines)
        if line.startswith(">— ".encode())
    ]
    cuts = st.integers(len(b"".join(lines[:2])), len(whole) - 1).filter(lambda it: it not in behind)
    lines[:] = whole[: data.draw(cuts)].splitlines(keepends=True)


TAMPERING = [
    flip, drop, repeat, swap, forge, insert, extend, extend_and_sign, rewrite_and_sign, truncate,
]  # fmt: skip


def _is_found(lines: Sequence[bytes]) -> bool:
    try:
        check(lines, TRUST_WITNESSED)
    except (BrokenLogError, entries.MalformedError):
        return True
    return False


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda it: it.__name__)
def test_tampering_is_found(tamper: Callable[[list[bytes], st.DataObject], None]) -> None:
    @given(st.data())
    def find_tampering(data: st.DataObject) -> None:
        lines = list(LINES)
        tamper(lines, data)
        assert _is_found(lines) or lines == LINES

    find_tampering()


@given(st.lists(st.sampled_from([flip, drop, swap, forge, insert]), min_size=1), st.data())
def test_no_combination_of_tampering_hides_itself(
    plan: list[Callable[[list[bytes], st.DataObject], None]], data: st.DataObject
) -> None:
    lines = list(LINES)
    for tamper in plan:
        if len(lines) > ENTRIES[-1]:
            tamper(lines, data)
    assert _is_found(lines) or lines == LINES


@pytest.mark.parametrize("bit", range(8))
def test_not_one_bit_of_an_entry_or_of_a_signature_can_change(bit: int) -> None:
    for number, line in enumerate(LINES[1:], start=1):
        for place in range(0, len(line), 1 if number < 12 else 5):
            changed = line[:place] + bytes([line[place] ^ 1 << bit]) + line[place + 1 :]
            assert _is_found([*LINES[:number], changed, *LINES[number + 1 :]])


def test_what_is_cut_off_behind_a_checkpoint_is_found_by_who_kept_a_later_one() -> None:
    """Without anything kept from before nobody can tell: the log was that long once."""
    size_then = 9  # Five records, an erasure, three records.
    end = next(n for n, line in enumerate(LINES) if line.startswith(b">9")) + 4
    short = LINES[:end]
    assert check(short).checkpoint.head.size == size_then
    checkpoint = checkpoints.read(SAMPLE.notes[-1].text)
    error = broken(lambda: check(short, earlier=[checkpoint]))
    assert (error.broken, error.step) == (LogFault.TAKEN_BACK, LogCheck.EARLIER)
    assert error.entries == EntryRange(size_then, checkpoint.head.size - 1)


def test_a_log_that_its_own_keeper_rewrote_is_found_by_who_kept_a_checkpoint() -> None:
    other = Log().record(4).erase(2).record(8).checkpoint()
    checkpoint = checkpoints.read(SAMPLE.notes[0].text)
    assert check(other.lines).records == 12
    error = broken(lambda: check(other.lines, earlier=[checkpoint]))
    assert (error.broken, error.entries) == (LogFault.REWRITTEN, EntryRange(0, 4))
    assert broken(lambda: check(other.lines, TRUST_WITNESSED)).broken is LogFault.NOT_SEEN


def test_two_checkpoints_of_one_size_that_differ_show_two_logs() -> None:
    checkpoint = checkpoints.read(SAMPLE.notes[0].text)
    other = LogCheckpoint(ORIGIN, TreeHead(checkpoint.head.size, bytes(32)))
    for earlier in ([checkpoint, other], [other, checkpoint]):
        error = broken(partial(check, LINES, earlier=earlier))
        assert error.broken is LogFault.REWRITTEN
    empty = LogCheckpoint(ORIGIN, TreeHead(0, bytes(32)))
    error = broken(lambda: check(LINES, earlier=[empty]))
    assert (error.broken, error.entries) == (LogFault.REWRITTEN, None)


# --- What is said of each fault ------------------------------------------------------------------


def _with(*lines: bytes) -> list[bytes]:
    return [*LINES[:2], *lines]


def _signed(size: int, root: bytes, origin: str = ORIGIN) -> list[bytes]:
    note = checkpoints.sign(LogCheckpoint(origin, TreeHead(size, root)), LOG_SECRET)
    return log_file.block(note).splitlines(keepends=True)


R = LINES[2]
TWO = Log().record(2).checkpoint()
KEY_OF_BOTH = TrustedKeys(
    (LOG_KEY, PublicKey("other.example", KeyPurpose.NOTE, LOG_SECRET.key)), (), Ed25519()
)


def _erase(*spans: tuple[int, int]) -> bytes:
    return entries.encode(erasure(*spans)) + b"\n"


# (lines, trust, what is broken, entries, line, name).
FAULTS: list[tuple[list[bytes], TrustedKeys, LogFault, EntryRange | None, int | None, str]] = [
    (_with(R, b"recond\n"), TRUST, LogFault.LINE, EntryRange(1, 1), 4, ""),
    (_with(R, b"checkpoint\n", b">a\n", R), TRUST, LogFault.LINE, EntryRange(1, 1), 4, ""),
    (
        _with(b"checkpoint\n", b">a b\n", b">1\n", b">\n", b">\xe2\x80\x94 a AQIDBAU=\n"),
        TRUST, LogFault.LINE, EntryRange(0, 0), 3, "",
    ),
    (_with(R, R), TRUST, LogFault.NO_CHECKPOINT, EntryRange(0, 1), None, ""),
    (_with(), TRUST, LogFault.NO_CHECKPOINT, None, None, ""),
    ([*LINES, R, R], TRUST, LogFault.UNCOVERED, EntryRange(12, 13), None, ""),
    (LINES, TrustedKeys((), (), Ed25519()), LogFault.UNSIGNED, EntryRange(0, 4), 8, ""),
    (
        [*TWO.lines[:-1], TWO.lines[-1][:-12] + b"A" + TWO.lines[-1][-11:]],
        TRUST, LogFault.SIGNATURE, EntryRange(0, 1), 5, ORIGIN,
    ),
    (
        _with(R, *_signed(1, bytes(32), "other.example")),
        KEY_OF_BOTH, LogFault.ORIGIN, EntryRange(0, 0), 4, "other.example",
    ),
    (_with(R, *TWO.lines[4:]), TRUST, LogFault.COUNT, EntryRange(0, 0), 4, "2"),
    ([*TWO.lines, *TWO.lines[4:], *_signed(1, bytes(32))], TRUST, LogFault.COUNT, None, 17, "1"),
    (_with(R, *_signed(1, bytes(32))), TRUST, LogFault.ROOT, EntryRange(0, 0), 4, ""),
    (_with(R, _erase((1, 1))), TRUST, LogFault.ERASES_NO_RECORD, EntryRange(1, 1), 4, "1"),
    (_with(R, _erase((0, 2))), TRUST, LogFault.ERASES_NO_RECORD, EntryRange(1, 1), 4, "0-2"),
    (_with(R, _erase((9, 12))), TRUST, LogFault.ERASES_NO_RECORD, EntryRange(1, 1), 4, "9-12"),
    (
        _with(R, R, _erase((0, 0)), _erase((1, 2))),
        TRUST, LogFault.ERASES_NO_RECORD, EntryRange(3, 3), 6, "1-2",
    ),
    (
        _with(R, R, R, _erase((0, 1)), _erase((1, 2))),
        TRUST, LogFault.ERASES_TWICE, EntryRange(4, 4), 7, "1-2",
    ),
    (TWO.lines, TRUST_WITNESSED, LogFault.NOT_SEEN, None, None, WITNESS),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "trust", "fault", "place", "line", "name"), FAULTS)
def test_a_fault_is_said_to_be_where_it_is(
    lines: list[bytes],
    trust: TrustedKeys,
    fault: LogFault,
    place: EntryRange | None,
    line: int | None,
    name: str,
) -> None:
    error = broken(lambda: check(lines, trust))
    assert (error.broken, error.entries, error.line, error.name) == (fault, place, line, name)
    assert error.step is _STEPS[fault]


def test_a_cosignature_that_does_not_hold_is_told_apart() -> None:
    number = next(n for n, line in enumerate(LINES) if WITNESS.encode() in line)
    changed = LINES[number][:-12] + b"A" + LINES[number][-11:]
    spoilt = [*LINES[:number], changed, *LINES[number + 1 :]]
    error = broken(lambda: check(spoilt, TRUST_WITNESSED))
    assert (error.broken, error.step, error.name) == (
        LogFault.COSIGNATURE,
        LogCheck.WITNESS,
        WITNESS,
    )
    assert check(spoilt).witnesses == ()  # Who does not know the witness cannot tell.


def test_every_fault_belongs_to_a_step_and_every_step_can_fail() -> None:
    assert set(_STEPS) == set(LogFault)
    assert set(_STEPS.values()) == set(LogCheck)


def test_a_checkpoint_of_another_log_is_no_earlier_one_of_this() -> None:
    other = LogCheckpoint("other.example", SAMPLE.head())
    error = broken(lambda: check(LINES, earlier=[other]))
    assert (error.broken, error.step, error.name) == (
        LogFault.OTHER_LOG, LogCheck.EARLIER, "other.example",
    )  # fmt: skip
