"""Idempotency: an action is done once, however often it is asked for under the same key.

A program that heard no answer asks again. What it asked for first is kept, with its answer, in the
same transaction: so the second time it gets that answer, and nothing is done twice. The same key
with something else in it is refused. An answer with a secret that is shown once is not kept; the
second time the answer says that it was shown.

The answer goes after a day, and with the last of those whom it is about. About one person it is
sealed under that person's key; else under a key of the programme.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from mesure.actions.framework.action import Action, ActionContext, action, perform
from mesure.actions.framework.context import Context
from mesure.actions.records import record_types
from mesure.actions.records.record_types import Key, RecordType, Register
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.instants import to_datetime
from mesure.orders.text.sayings import TranslatableEnum
from mesure.privacy.roles import Role
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.register import KEYS_MAX

I = TypeVar("I")  # noqa: E741  What is asked for, as `action` has it.
O = TypeVar("O")  # noqa: E741

KEPT_FOR: Final = timedelta(days=1)
SEALED_UNDER: Final = "house:answers"
FORGOTTEN_MAX: Final = 1_000  # In one transaction.


class AnswerRecord(msgspec.Struct, frozen=True):
    """What was asked for under a key, as a digest, and what was answered about whom."""

    asked: str
    answer: bytes
    day: str
    persons: tuple[str, ...] = ()


MANY: Final = ("many", "yes")  # The key of those that are about more persons than a row has keys.


def _keys(answer: AnswerRecord) -> list[Key]:
    day = [("day", answer.day)]
    if len(answer.persons) == 1:
        return day  # The row is that person's, and goes with every other of them.
    if len(answer.persons) > KEYS_MAX - len(day):
        return [*day, MANY]
    return [*day, *(("person", person) for person in answer.persons)]


ANSWER: Final = RecordType("answer", AnswerRecord, _keys, SEALED_UNDER)


class RepeatRefusal(TranslatableEnum):
    """Why something that was asked for again is not answered as before."""

    KEY_USED = "key_used", "This key was used before, for something else. Take another one."
    SHOWN_ONCE = (
        "shown_once",
        "This was done, and its secret was shown once. It is not kept: make a new one.",
    )


class _AnsweredBeforeError(Exception):
    """The key was used before for the same; nothing is done again."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


def perform_once(context: Context, wanted: Action[I, O], request: I, key: str) -> O:
    """Do what was asked for as `action.perform` does, but once only under this key."""
    written = msgspec.json.encode(request, order="deterministic")
    digest = sha256(wanted.name.encode() + b"\n" + written).hexdigest()
    name = sha256(f"{context.actor.account}\n{key}".encode()).hexdigest()

    def begin(context: Context, request: I) -> Callable[[ActionContext], O]:
        carry_out = wanted.begin(context, request)
        return lambda doing: _once(doing, name, digest, carry_out, wanted.gives)

    try:
        return perform(context, replace(wanted, begin=begin), request)
    except _AnsweredBeforeError as before:
        answer: O = msgspec.json.decode(before.answer, type=wanted.gives)
        return answer


def _once(
    doing: ActionContext,
    name: str,
    digest: str,
    carry_out: Callable[[ActionContext], O],
    gives: object,
) -> O:
    is_secret = isinstance(gives, type) and issubclass(gives, OneTimeSecret)
    before = doing.rows.get(ANSWER, name)
    if before is not None:
        if before.value.asked != digest:
            raise ActionConflictError(RepeatRefusal.KEY_USED)
        if is_secret:
            raise ActionConflictError(RepeatRefusal.SHOWN_ONCE)
        raise _AnsweredBeforeError(before.value.answer)
    value = carry_out(doing)
    persons = tuple(doing.persons)
    day = doing.now.date().isoformat()
    answer = b"" if is_secret else msgspec.json.encode(value)
    new_answer = AnswerRecord(digest, answer, day, persons)
    doing.rows.add(ANSWER, name, new_answer, persons[0] if len(persons) == 1 else None)
    return value


def forget_about(rows: Register, person: str) -> int:
    """Forget the answers that are about a person and somebody else; return how many there were."""
    about = [kept.id for kept in rows.find(ANSWER, "person", person)]
    about += [kept.id for kept in rows.find(ANSWER, *MANY) if person in kept.value.persons]
    return sum(rows.drop(ANSWER, name) for name in about)


def forget_old(context: Context) -> int:
    """Forget the answers of days that are over for a day; return how many there were."""
    with context.store.read() as reading:
        days = set(_days(reading))
    last = (context.now - KEPT_FOR).date()
    return sum(
        perform(context, forget_answers, ForgetAnswers(day)) for day in sorted(days) if day < last
    )


def _days(reading: ReadTransaction) -> Iterator[date]:
    """Yield of which days there are answers; none is opened for that."""
    rows = record_types.rows_of_kind(reading, ANSWER)
    return (to_datetime(row.changed_us).date() for row in rows)


class ForgetAnswers(msgspec.Struct, frozen=True):
    """Of which day; it must be over for a day."""

    day: date


@action("answers.forget", {Role.PROGRAM})
def forget_answers(doing: ActionContext, request: ForgetAnswers) -> int:
    """Forget the answers of a day to what was asked for once."""
    assert request.day < (doing.now - KEPT_FOR).date(), "answers are kept for a day"
    entries = doing.work.entries_with_key(
        ANSWER.name, "day", request.day.isoformat(), "", FORGOTTEN_MAX
    )
    gone = sum(doing.rows.drop(ANSWER, entry.id) for entry in entries)
    doing.note(answers=gone)
    return gone
