"""Audit entry: the line about what was done, looked at or refused, and how it is found.

It holds ids and words of closed lists, and nothing that anybody wrote.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mesure.actions.limits import unknown_callers
from mesure.actions.limits.unknown_callers import UnknownCallerCounter
from mesure.actions.records import named_persons
from mesure.actions.records.named_persons import DEED, deed_id
from mesure.actions.records.record_types import Key
from mesure.audit import commitments
from mesure.audit.commitments import Value
from mesure.instants import to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.keyring.interface import Keyring
from mesure.store.values.register import KEYS_MAX, RegisterRow
from mesure.store.writing.audit_append import Salts


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What was done or tried, by whom, when; `sort` says whether it would change anything."""

    action: str
    sort: str
    by: str
    role: Role
    at: datetime
    request: str  # The id under which the request is found in the log of the service.
    keyring: Keyring
    salts: Salts
    tally: UnknownCallerCounter | None
    counted_as: str | None = None  # How many came before; None: see `unknown_callers`.


def enter_event(
    work: WriteTransaction,
    done: AuditEvent,
    persons: list[str],
    facts: dict[str, Value],
    purpose: Purpose | None,
) -> None:
    """Enter what was done or refused in the audit log, and by what the line is found."""
    if len(persons) == 1 and done.keyring.find_key(persons[0]) is None:
        # The id of an erased person would stay for ever: their entries were gone through already.
        persons = [] if done.keyring.is_erased(persons[0]) else persons
    at = done.at.isoformat()
    counted_as = done.counted_as or unknown_callers.counter_key(
        done.role, done.action, persons, facts
    )
    more = unknown_callers.more(done.tally, counted_as, done.at)
    if more is None:
        return
    record: dict[str, Value] = {
        "action": done.action,
        "sort": done.sort,
        "by": done.by,
        "role": done.role.value,
        "at": at,
        "request": done.request,
        "persons": named_persons.in_record(done.keyring, done.salts, persons, done.request, at),
        "purpose": None if purpose is None else purpose.value,
        "facts": {**facts, **more},
    }
    [entry] = work.record([commitments.canonical(record)])
    common: list[Key] = [
        ("by", done.by),
        ("action", done.action),
        ("day", done.at.date().isoformat()),
        *([("refused", str(facts["refused"]))] if "refused" in facts else []),
        *([("incident", str(facts["incident"]))] if {"refused", "incident"} <= set(facts) else []),
    ]
    each, at_us = KEYS_MAX - len(common), to_us(done.at)
    parts = [persons[n : n + each] for n in range(0, max(len(persons), 1), each)]
    keys = [frozenset((*common, *(("person", person) for person in part))) for part in parts]
    work.add(
        [
            RegisterRow(DEED, deed_id(entry, part), 1, None, b"", at_us, own)
            for part, own in enumerate(keys)
        ]
    )


def enter_refusal(
    store: Store,
    tried: AuditEvent,
    named: Collection[str],
    facts: Mapping[str, Value],
    incident: object,
) -> None:
    """Enter an attempt that was refused, in a transaction of its own.

    `named`: whose cases it was about; `incident`: what was asked for as the name of one.
    """

    def enter(work: WriteTransaction) -> None:
        # A name that is no person's id may be any text; the log holds ids only.
        persons = [one for one in work.persons_present(named) if not tried.keyring.is_erased(one)]
        about = {**facts, **_incident(work, incident, persons)}
        enter_event(work, tried, sorted(persons), about, None)

    store.write(enter)


def _incident(work: WriteTransaction, name: object, persons: Sequence[str]) -> dict[str, Value]:
    """Return which incident was asked for, if it is one of a person that the line is about."""
    incident = work.incident(name) if isinstance(name, str) else None
    return {"incident": incident.id} if incident is not None and incident.person in persons else {}
