"""Action context: who acts, in which role, where and when, and with which store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mesure.actions.framework.identity_provider import Directory
from mesure.actions.framework.public_address import Site
from mesure.actions.framework.waiting_incidents import WaitingIncidents
from mesure.actions.limits.unknown_callers import UnknownCallerCounter
from mesure.actions.records.procedure import STANDARD, Procedure
from mesure.formats.stored.message_reader import MessageReader
from mesure.privacy import access
from mesure.privacy.access import CaseAccess
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from mesure.store.interface.store import Store
from mesure.store.keyring.interface import Keyring
from mesure.store.writing.audit_append import Salts


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in what capacity."""

    account: str
    role: Role
    person: str | None = None  # For a person and their counsel: whose record they reach.
    scopes: frozenset[str] = frozenset()  # For a service: the actions its token was given for.
    let_in_by: str | None = None  # For a service and for counsel: who gave them token or card.

    def refusal(self, case: CaseAccess) -> AccessRefusal | None:
        """Return why they may not open a case, or None."""
        return access.refusal(self.account, self.role, self.person, case, self.let_in_by)


def _nothing() -> None:
    """Let a refusal be entered that nobody asks about."""


PROGRAM: Final = Actor("program", Role.PROGRAM)


VISITOR: Final = Actor("visitor", Role.VISITOR)


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when something is done, and by whom."""

    store: Store
    keyring: Keyring
    now: datetime
    salts: Salts  # Returns this many random bytes.
    actor: Actor
    request: str  # The id under which the request is found in the log of the service.
    procedure: Procedure = STANDARD
    address: str = ""  # Where it came from; empty: from this machine.
    only_person: str | None = None  # Whom the address names: no other case opens. None: any may.
    reader: MessageReader | None = None  # None: no stored message can be read here.
    directory: Directory | None = None  # None: nobody signs in by another directory.
    site: Site | None = None  # None: nobody signs in with a passkey.
    signed_in_at: datetime | None = None  # When the session began; None: there is none.
    tally: UnknownCallerCounter | None = None  # None: whatever strangers try is entered.
    waiting: WaitingIncidents = field(default_factory=WaitingIncidents)
    on_refusal: Callable[[], object] = _nothing  # Called when a refusal has been entered.
