"""A small office to try actions in: a real store and a real keyring in a temporary folder.

Time stands still until somebody moves it, and chance is a counter.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pyotp

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import FinishSetup, OpenAccount, OpenSetupLink
from mesure.actions.cases.persons import DETAILS, PersonDetails
from mesure.actions.framework import case_access
from mesure.actions.framework.action import Action, perform
from mesure.actions.framework.case_access import CaseFile
from mesure.actions.framework.context import PROGRAM, VISITOR, Actor, Context
from mesure.actions.framework.waiting_incidents import WaitingIncidents
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.named_persons import DEED
from mesure.actions.records.procedure import STANDARD, Procedure
from mesure.actions.records.record_types import Register
from mesure.privacy.roles import Role
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import Keyring
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values.records import Person
from tests.store import prepared

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741

MORNING = datetime(2026, 2, 10, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
MASTER = bytes(32)


class Chance:
    """Bytes that are never the same twice, and always the same in the same test."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, count: int) -> bytes:
        self._count += 1
        return sha256(self._count.to_bytes(8, "big")).digest()[:count].ljust(count, b"\1")


@dataclass
class Office:
    """Where a test acts: as whom and when is said each time."""

    store: Store
    keyring: Keyring
    now: datetime = MORNING
    chance: Callable[[int], bytes] = field(default_factory=Chance)
    procedure: Procedure = STANDARD
    waiting: WaitingIncidents = field(default_factory=WaitingIncidents)

    def context(self, actor: Actor, address: str = "") -> Context:
        return Context(
            self.store,
            self.keyring,
            self.now,
            self.chance,
            actor,
            "R-1",
            procedure=self.procedure,
            address=address,
            waiting=self.waiting,
        )

    def do(self, actor: Actor, action: Action[I, O], request: I, address: str = "") -> O:
        return perform(self.context(actor, address), action, request)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    # --- Entering what a test needs, without going through every action for it ---

    def account(self, name: str, role: Role, person: str | None = None) -> Actor:
        """Enter an account that is open; how it signs in is another matter."""
        value = Account(name, role, self.now, "test", person=person)
        self.write(lambda rows, _: rows.add(ACCOUNT, name, value))
        return Actor(name, role, person)

    def person(self, person: str, officer: Actor | None = None) -> str:
        """Enter a person on somebody's caseload."""

        def enter_person(rows: Register, work: WriteTransaction) -> None:
            work.add_person(Person(person, self.now, "test"))
            self.keyring.make_keys([person])
            file = CaseFile(person, None if officer is None else officer.account)
            rows.add(case_access.CASE, person, file)
            rows.add(DETAILS, person, PersonDetails(f"Name of {person}"), person)

        self.write(enter_person)
        return person

    def write(self, change: Any) -> None:
        self.store.write(
            lambda work: change(Register(work, self.keyring, self.chance, self.now), work)
        )

    # --- What the audit log has ---

    def size(self) -> int:
        """Return how many entries the audit log has."""
        with self.store.read() as reading:
            return reading.frontier().size

    def log(self, start: int = 0) -> list[dict[str, Any]]:
        """Return the records of the audit log from an entry on, oldest first."""
        with self.store.read() as reading:
            entries = range(start, reading.frontier().size)
            openings = (reading.record_opening(entry) for entry in entries)
            return [msgspec.json.decode(one.record) for one in openings if one is not None]

    def last(self) -> dict[str, Any]:
        return self.log(self.size() - 1)[-1]

    def deeds(self, key: str, value: str) -> list[str]:
        with self.store.read() as reading:
            return [entry.id for entry in reading.entries_with_key(DEED, key, value)]


@contextmanager
def office(folder: Path, other: Store | None = None) -> Iterator[Office]:
    """Open an office in a folder; `other`: with this store in place of one in SQLite."""
    chance = Chance()
    if other is None:
        prepared.lay(folder / "mesure.db")
    keyring_file.make(folder / "keys.db", MASTER, chance)
    with reopen(folder, chance, other) as office:
        yield office


@contextmanager
def reopen(
    folder: Path, chance: Callable[[int], bytes], other: Store | None = None
) -> Iterator[Office]:
    """Open an office that lies in a folder; `chance`: another than it was laid with."""
    with (
        closing(other or SqliteStore(folder / "mesure.db", chance)) as store,
        closing(FileKeyring(folder / "keys.db", MASTER, chance)) as keyring,
    ):
        yield Office(store, keyring, chance=chance)


def lose_key(folder: Path, person: str) -> None:
    """Lose a person's key, as an older `keys.db` that is restored does; nobody is erased."""
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        keys.execute("DELETE FROM wrapped_key WHERE name = ?", (person,))
        keys.commit()


def set_up(office: Office, token: str, login: str) -> tuple[str, tuple[str, ...]]:
    """Open a link and choose name and password; return the secret of the app, and the codes."""
    shown = office.do(VISITOR, staff_accounts.begin_setup, OpenSetupLink(token))
    code = pyotp.TOTP(shown.totp_secret).at(office.now)
    finish = FinishSetup(token, login, PASSWORD, code)
    recovery = office.do(VISITOR, staff_accounts.finish_setup, finish)
    return shown.totp_secret, recovery.codes


def first_supervisor(office: Office, login: str = "aigerim") -> tuple[Actor, str]:
    """Return the first supervisor, and the secret of their app."""
    link = office.do(PROGRAM, staff_accounts.open_first, OpenAccount("Aigerim", Role.SUPERVISOR))
    secret, _ = set_up(office, link.token, login)
    return Actor(link.account, Role.SUPERVISOR), secret


def code_of(office: Office, secret: str) -> str:
    return pyotp.TOTP(secret).at(office.now)
