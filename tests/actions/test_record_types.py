"""What is remembered of rows can never be out of date, whatever is done to them."""

import msgspec
import pytest

from mesure.actions.framework import case_access
from mesure.actions.framework.case_access import RecordCache, StaffMember
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.record_types import Register, RegisterReader, Stored
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from tests.actions.house import Office


def list_officers(office: Office) -> list[StaffMember]:
    with office.store.read() as reading:
        rows = RegisterReader(reading, office.keyring)
        officers = case_access.staff_in_roles(rows, [Role.OFFICER])
    return [officer for officer in officers if not officer.is_closed]


def test_who_works_here_is_told_as_it_is_now(office: Office) -> None:
    office.account("ann", Role.OFFICER)
    office.account("bob", Role.OFFICER)
    assert [one.account for one in list_officers(office)] == ["ann", "bob"]

    def close(rows: Register, _: WriteTransaction) -> None:
        row = rows.need(ACCOUNT, "ann")
        rows.change(row, msgspec.structs.replace(row.value, closed_at=office.now))

    office.write(close)
    assert [one.account for one in list_officers(office)] == ["bob"]
    office.write(lambda rows, _: rows.drop(ACCOUNT, "bob"))
    assert list_officers(office) == []
    office.account("bob", Role.OFFICER)  # Of the same id and revision, and another.
    office.later(hours=1)
    office.write(lambda rows, _: rows.drop(ACCOUNT, "bob"))
    office.account("bob", Role.OFFICER)
    assert [one.since_at for one in list_officers(office)] == [office.now]


@pytest.fixture
def rows_opened(office: Office) -> list[str]:
    """Return the rows that were opened so far, of two accounts."""
    office.account("ann", Role.OFFICER)
    office.account("bob", Role.OFFICER)
    return []


def make_memo(opened: list[str]) -> RecordCache[str]:
    """Return a memo that notes which rows are opened for it."""

    def tell(row: Stored[Account]) -> str:
        opened.append(row.id)
        return row.id

    return RecordCache(tell)


def list_accounts(office: Office, memo: RecordCache[str]) -> list[str]:
    with office.store.read() as reading:
        rows = RegisterReader(reading, office.keyring)
        return list(rows.find_cached(memo.of, ACCOUNT, "role", [Role.OFFICER]))


def test_a_row_is_opened_once_while_its_bytes_are_the_same(
    office: Office, rows_opened: list[str]
) -> None:
    memo = make_memo(rows_opened)
    for _ in range(3):
        assert list_accounts(office, memo) == ["ann", "bob"]
    assert rows_opened == ["ann", "bob"]


def test_little_is_remembered(
    office: Office, rows_opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mesure.actions.framework.case_access.MEMO_MAX", 1)
    memo = make_memo(rows_opened)
    for _ in range(2):
        assert list_accounts(office, memo) == ["ann", "bob"]
    assert rows_opened == ["ann", "bob", "ann", "bob"]
