"""Actions: every change and every look: one door, one transaction, one line in the audit log.

`perform` asks whether this caller may do this, carries it out in one transaction of the store, and
enters in the same transaction who did what to whose record, when and for what purpose. A refused
attempt is entered too. An action opens a person's case before it sees anything of it, because the
register asks before it opens a row; so no case is opened that the log does not name.

An action is a function of what is done (`ActionContext`) and what was asked for. It may be run
twice before it is kept, so it has no effect but through its arguments. Slow work is done before it
(`two_step_action`). Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar, get_type_hints

import msgspec

from mesure.actions.framework import audit_entry
from mesure.actions.framework import case_access as cases
from mesure.actions.framework.audit_entry import AuditEvent
from mesure.actions.framework.case_access import CaseFile
from mesure.actions.framework.context import Actor, Context
from mesure.actions.records.record_types import RecordType, Register, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    ActionError,
    CountedRefusalError,
    NotAllowedError,
    NotFoundError,
)
from mesure.audit.commitments import Value
from mesure.formats.stored.message_reader import MessageReader
from mesure.privacy import purposes
from mesure.privacy.access import CaseAccess
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.charge import Staff
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.faults import ErasedError, KeyringError, LostKeyError

I = TypeVar("I")  # noqa: E741  What is asked for (input).
O = TypeVar("O")  # noqa: E741  What comes of it (output).
P = TypeVar("P")
V = TypeVar("V")

ID_BYTES: Final = 10
NOBODY: Final = ""  # The person of a name that nothing has; no person is called so.


class HasPerson(Protocol):
    """What is kept about a person; of one kind of rows some are about nobody."""

    @property
    def person(self) -> str | None:
        """Return whom it is about."""
        ...


T = TypeVar("T", bound=HasPerson)


class ActionType(StrEnum):
    """Whether an action changes something."""

    CHANGE = "change"
    LOOK = "look"


class EmptyRequest(msgspec.Struct, frozen=True):
    """Nothing more need be said."""


class ReadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What every look at a person's data asks for: the purpose and the number of the case.

    The person's own side need not say them.
    """

    purpose: Purpose | None = None
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Action(Generic[I, O]):
    """Something that can be done, and by whom."""

    name: str
    sort: ActionType
    allows: frozenset[Role]
    says: str  # What it does, in a sentence.
    asks: type[I]
    gives: Any  # The type of what comes of it.
    purpose: Purpose | None  # For a look that has one purpose only, as the list of one's own cases.
    begin: Callable[[Context, I], "Callable[[ActionContext], O]"] = field(repr=False)


_ACTIONS: Final[dict[str, Action[Any, Any]]] = {}
ACTIONS: Final = MappingProxyType(_ACTIONS)  # Whole once `mesure.actions.registry` is imported.


class ActionContext:
    """An action while it is carried out: what it may see and change, and what is entered of it."""

    def __init__(
        self,
        work: WriteTransaction,
        context: Context,
        action: Action[Any, Any],
        purpose: Purpose | None,
    ) -> None:
        self.work, self.context, self._action = work, context, action
        self.actor, self.now, self.procedure = context.actor, context.now, context.procedure
        self.purpose = purpose
        self._cases: dict[str, CaseAccess] = {}
        self._concerned: set[str] = set()
        self.is_about_somebody = False  # A case was asked for, whether there is one or not.
        self.facts: dict[str, Value] = {}  # What else the audit log has of this.
        self._access: dict[str, tuple[CaseFile, CaseAccess]] = {}
        self._acting: cases.Acting = {}
        self.rows = Register(work, context.keyring, context.salts, context.now, self.case)

    @property
    def reader(self) -> MessageReader:
        """Return what reads stored messages; refuse where none can be read."""
        if self.context.reader is None:
            raise ActionConflictError(ActionRefusal.NO_READER)
        return self.context.reader

    def case(self, person: str, *, erased_too: bool = False) -> CaseAccess:
        """Open a person's case, or refuse; about who was erased hardly anything is changed."""
        if person not in self._cases:
            self.cases([person])
            is_change = self._action.sort is ActionType.CHANGE
            if is_change and not erased_too and self.context.keyring.is_erased(person):
                raise NotFoundError(ActionRefusal.ERASED)
        return self._cases[person]

    def cases(
        self, persons: Iterable[str], known_files: Mapping[str, CaseFile] | None = None
    ) -> None:
        """Open the cases of persons, read at once; refuse where one of them may not be opened.

        `known_files`: the files of the cases, where they were read in this action already.
        """
        new = [person for person in dict.fromkeys(persons) if person not in self._cases]
        self.is_about_somebody = self.is_about_somebody or bool(new)
        files = cases.files_of(self.rows, new) if known_files is None else known_files
        known = self.work.persons_present(new)
        for person in new:
            opened = self.access_of(files[person])
            reason = self.actor.refusal(opened)
            if reason is not None:
                raise NotAllowedError(reason, person)
            if person not in known or self.context.only_person not in {None, person}:
                raise NotFoundError(ActionRefusal.NOT_HERE)
            is_named = self._action.sort is ActionType.CHANGE or self.purpose is not None
            assert is_named, f"{self._action.name} looks at a case for no purpose"
            self._cases[person] = opened

    def access_of(self, file: CaseFile) -> CaseAccess:
        """Return who may act on a case now; worked out once for a file that was read once."""
        before = self._access.get(file.person)
        if before is not None and before[0] is file:
            return before[1]
        access = cases.case_of(file, lambda: self.staff, self.now, self._acting)
        self._access[file.person] = file, access
        return access

    def open_case_of(self, named: T | None) -> tuple[T, str]:
        """Return what was asked for by its name, and whom it is about, with their case open.

        A name that nothing has is refused like that of an unknown person; so neither the answer nor
        the log distinguishes it from one that the caller may not see.
        """
        person = NOBODY if named is None else named.person
        self.case(NOBODY if person is None else person)
        assert named is not None and person is not None, "nobody has no case"  # noqa: PT018
        return named, person

    def need(self, kind: RecordType[V], name: str) -> Stored[V]:
        """Return a record about somebody, with their case open."""
        return self.open_case_of(self.rows.get(kind, name))[0]

    @cached_property
    def staff(self) -> Staff:
        """Return who works now, covers and is on call."""
        return cases.staff(self.rows, self.procedure.eyes.within(self.now.date()))

    def opens(self, person: str) -> None:
        """Say whose case a new record begins; there is nothing yet that could be seen."""
        assert self.work.person(person) is None, "a case that is there is opened, not begun"
        self._cases[person] = CaseAccess(person, frozenset, frozenset())
        self.is_about_somebody = True

    def concerns(self, person: str) -> None:
        """Say whose record this is about, where no case is opened: they read it in their list."""
        self._concerned.add(person)
        self.is_about_somebody = True

    def note(self, **facts: Value) -> None:
        """Say what else the audit log has of this: ids and words of closed lists, nothing free."""
        self.facts.update(facts)

    def new_id(self, prefix: str) -> str:
        """Return a name that nothing has yet, and nobody can guess."""
        token = base64.b32encode(self.context.salts(ID_BYTES)).decode().lower()
        return f"{prefix}-{token}"

    @property
    def persons(self) -> list[str]:
        """Return whose cases were opened, or whose record this is about."""
        return sorted(self._concerned.union(self._cases))


# --- Naming actions ----------------------------------------------------------------------------


def action(
    name: str,
    allows: Iterable[Role],
    sort: ActionType = ActionType.CHANGE,
    purpose: Purpose | None = None,
) -> Callable[[Callable[[ActionContext, I], O]], Action[I, O]]:
    """Make a function an action under this name, for these roles."""

    def decorate(carry_out: Callable[[ActionContext, I], O]) -> Action[I, O]:
        def begin(_context: Context, request: I) -> Callable[[ActionContext], O]:
            return lambda doing: carry_out(doing, request)

        return _named(name, sort, frozenset(allows), purpose, carry_out, begin)

    return decorate


def look(
    name: str, allows: Iterable[Role], purpose: Purpose | None = None
) -> Callable[[Callable[[ActionContext, I], O]], Action[I, O]]:
    """Make a function an action that changes nothing."""
    return action(name, allows, ActionType.LOOK, purpose)


def two_step_action(
    name: str,
    allows: Iterable[Role],
    before: Callable[[Context, I], P],
    sort: ActionType = ActionType.CHANGE,
    purpose: Purpose | None = None,
) -> Callable[[Callable[[ActionContext, I, P], O]], Action[I, O]]:
    """Make a function an action for which something slow is done before its transaction."""

    def decorate(carry_out: Callable[[ActionContext, I, P], O]) -> Action[I, O]:
        def begin(context: Context, request: I) -> Callable[[ActionContext], O]:
            ready = before(context, request)
            return lambda doing: carry_out(doing, request, ready)

        return _named(name, sort, frozenset(allows), purpose, carry_out, begin)

    return decorate


def _named(
    name: str,
    sort: ActionType,
    allows: frozenset[Role],
    purpose: Purpose | None,
    carry_out: Callable[..., O],
    begin: Callable[[Context, I], Callable[[ActionContext], O]],
) -> Action[I, O]:
    hints = get_type_hints(carry_out)
    says = (carry_out.__doc__ or "").partition("\n")[0]
    asks = list(hints.values())[1]
    new_action: Action[I, O] = Action(
        name, sort, allows, says, asks, hints["return"], purpose, begin
    )
    assert name not in _ACTIONS, f"two actions are called {name}"
    assert says, f"{name} does not say what it does"
    _ACTIONS[name] = new_action
    return new_action


# --- Carrying out ------------------------------------------------------------------------------


def perform(context: Context, action: Action[I, O], request: I) -> O:
    """Do what was asked for, or refuse; either is in the audit log when this returns or raises.

    So is an action that failed after it asked for a case: how it failed shows if there is one.
    """
    begun: list[ActionContext] = []
    try:
        purpose = _allowed(context.actor, action, request)
        carry_out = action.begin(context, request)

        def change(work: WriteTransaction) -> O | CountedRefusalError:
            begun[:] = [ActionContext(work, context, action, purpose)]
            return _done(begun[0], action, request, carry_out)

        outcome = context.store.write(change)
    except ActionError as failed:
        if isinstance(failed, NotAllowedError) or _is_about_somebody(begun):
            facts = {"refused": failed.reason.value, **_case_number(request)}
            named = {person for one in begun for person in one.persons} | _tried(failed)
            tried = audit_event(context, action.name, action.sort)
            incident = getattr(request, "incident", None)
            audit_entry.enter_refusal(context.store, tried, named, facts, incident)
            context.on_refusal()
        raise
    if isinstance(outcome, CountedRefusalError):
        context.on_refusal()
        raise outcome
    return outcome


def _is_about_somebody(begun: Sequence[ActionContext]) -> bool:
    return any(one.is_about_somebody and one.actor.role is not Role.PROGRAM for one in begun)


def _tried(failed: ActionError) -> set[str]:
    """Return whose case was refused."""
    person = failed.person if isinstance(failed, NotAllowedError) else None
    return set() if person is None else {person}


def _allowed(actor: Actor, action: Action[Any, Any], request: object) -> Purpose | None:
    """Return the purpose of a look, or refuse what the role alone forbids."""
    if actor.role not in action.allows:
        raise NotAllowedError(AccessRefusal.ROLE)
    if actor.role is Role.SERVICE and action.name not in actor.scopes:
        raise NotAllowedError(AccessRefusal.SCOPE)
    may_be = purposes.FOR_ROLE[actor.role]
    only = next(iter(may_be)) if len(may_be) == 1 else None
    if action.purpose is not None or not isinstance(request, ReadRequest):
        return action.purpose and (only or action.purpose)
    purpose = only or request.purpose
    if purpose not in may_be:
        raise NotAllowedError(AccessRefusal.PURPOSE)
    if purposes.needs_case_number(actor.role) and not purposes.is_case_number(request.case_number):
        raise NotAllowedError(AccessRefusal.CASE_NUMBER)
    return purpose


def _done(
    doing: ActionContext, action: Action[I, O], request: I, carry_out: Callable[[ActionContext], O]
) -> O | CountedRefusalError:
    doing.note(**_case_number(request))
    outcome: O | CountedRefusalError
    try:
        outcome = carry_out(doing)
    except KeyringError as fault:
        # Sealed data of an erased person may still be there; that nobody can read it is intended.
        is_erased = any(map(doing.context.keyring.is_erased, doing.persons))
        if not is_erased and not isinstance(fault, ErasedError):
            is_program = doing.actor.role is Role.PROGRAM
            if is_program or not (doing.persons and isinstance(fault, LostKeyError)):
                raise
            raise NotFoundError(ActionRefusal.UNREADABLE) from fault
        raise NotFoundError(ActionRefusal.ERASED) from fault
    except CountedRefusalError as refused:
        doing.note(refused=refused.reason.value)
        outcome = refused
    enter_action(doing.work, doing.context, action, doing.persons, doing.facts, doing.purpose)
    return outcome


def _case_number(request: object) -> dict[str, Value]:
    """Return the number of the case of a look, if it has one that can be entered."""
    if isinstance(request, ReadRequest) and purposes.is_case_number(request.case_number):
        return {"case_number": request.case_number}
    return {}


def enter_action(
    work: WriteTransaction,
    context: Context,
    action: Action[Any, Any],
    persons: list[str],
    facts: dict[str, Value],
    purpose: Purpose | None,
) -> None:
    """Enter in the audit log what was done or refused; ids and words of closed lists, no more."""
    done = audit_event(context, action.name, action.sort)
    audit_entry.enter_event(work, done, persons, facts, purpose)


def audit_event(
    context: Context, action: str, sort: ActionType, counted_as: str | None = None
) -> AuditEvent:
    """Return what is entered of the caller: what they did or tried, and when."""
    actor = context.actor
    return AuditEvent(
        action, sort.value, actor.account, actor.role, context.now,
        context.request, context.keyring, context.salts, context.tally, counted_as,
    )  # fmt: skip
