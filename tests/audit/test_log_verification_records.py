"""A record is gone because the log says so, or without leave; the two are told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import log_file
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.commitments import commitment
from mesure.audit.entries import EntryRange
from mesure.audit.log_file import RecordOpening
from mesure.audit.log_verification import BrokenLogError, LogCheck, LogFault
from tests.audit.samples import ORIGIN, Log, check, make_opening, sample


def _found(log: Log, records: list[bytes]) -> tuple[LogFault, EntryRange | None]:
    with pytest.raises(BrokenLogError) as error:
        check(log.lines, records=records)
    assert error.value.step is LogCheck.RECORDS
    return error.value.broken, error.value.entries


def _records(*openings: RecordOpening) -> list[bytes]:
    return [log_file.RECORDS_HEADING, *map(log_file.encode_opening, openings)]


@given(st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)))
def test_a_missing_record_is_lawful_only_when_an_erasure_names_it(
    erased: set[int], lost: set[int]
) -> None:
    log = Log().record(8).erase(*erased).checkpoint()
    left = [it for it in log.openings if it.entry not in lost]
    unlawful = sorted(lost - erased)
    if unlawful:
        first = EntryRange(unlawful[0], unlawful[0])
        assert _found(log, _records(*left)) == (LogFault.MISSING, first)
    else:
        assert check(log.lines, records=_records(*left)).opened == len(left)
    selected = check(log.lines, records=_records(*left), is_selection=True)
    assert (selected.opened, selected.erased) == (len(left), len(erased))


def test_a_record_that_was_changed_is_not_the_one_of_the_log() -> None:
    log = Log().record(3).checkpoint()
    openings = log.openings
    changed = RecordOpening(1, openings[1].salt, openings[1].record.replace(b"look", b"book"))
    other_salt = RecordOpening(1, bytes(32), openings[1].record)
    for wrong in (changed, other_salt):
        fault = _found(log, _records(openings[0], wrong, openings[2]))
        assert fault == (LogFault.OTHER_RECORD, EntryRange(1, 1))
    exchanged = RecordOpening(0, openings[1].salt, openings[1].record)
    assert _found(log, _records(exchanged)) == (LogFault.OTHER_RECORD, EntryRange(0, 0))


def test_a_record_that_should_be_gone_is_found() -> None:
    log = Log().record(3)
    everything = log.records()
    log.erase(1).checkpoint()
    assert _found(log, everything) == (LogFault.STILL_THERE, EntryRange(1, 1))
    late = Log().record(1).erase(0).checkpoint()
    assert _found(late, _records(make_opening(0))) == (LogFault.STILL_THERE, EntryRange(0, 0))


def test_a_record_that_the_log_does_not_have_is_found() -> None:
    log = Log().record(2).erase(0).record(1).checkpoint()
    extra = RecordOpening(2, bytes(32), b"{}")
    assert _found(log, _records(make_opening(1), extra)) == (
        LogFault.RECORD_OF_NONE,
        EntryRange(2, 2),
    )
    beyond = make_opening(4)
    records = _records(make_opening(1), make_opening(3), beyond)
    assert _found(log, records) == (LogFault.RECORD_OF_NONE, EntryRange(4, 4))


def test_a_line_that_is_no_record_is_found_wherever_it_stands() -> None:
    log = Log().record(2).checkpoint()
    for records, line in (
        ([log_file.RECORDS_HEADING, b"?\n"], 2),
        ([*_records(make_opening(0)), b"?\n"], 3),
        ([*_records(make_opening(0), make_opening(1)), b"?\n"], 4),
    ):
        with pytest.raises(BrokenLogError) as error:
            check(log.lines, records=records)
        fault = error.value
        assert (fault.broken, fault.line, fault.name) == (LogFault.LINE, line, "records")


def test_an_erasure_changes_nothing_that_was_proved_before() -> None:
    log = Log().record(5)
    before = log.head()
    log.checkpoint().erase(0, 1, 2, 3, 4).checkpoint()
    checkpoint = LogCheckpoint(ORIGIN, before)
    assert check(log.lines, earlier=[checkpoint], records=log.records()).erased == 5


def test_nothing_of_a_record_stands_in_the_log() -> None:
    whole = b"".join(sample().lines)
    for entry in range(10):
        record_opening = make_opening(entry)
        for part in (
            record_opening.salt,
            record_opening.salt.hex().encode(),
            b"look",
            b"review",
            b"O-",
        ):
            assert part not in whole
        assert commitment(record_opening.salt, record_opening.record)
