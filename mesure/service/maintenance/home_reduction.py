"""Home reduction: messages inside the home are read and replaced by "present".

Reading messages is what `formats` does and changing the store is what `actions` do; they meet here.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final, TypeAlias

from mesure.actions.data_rights import erase_homes, retained_data
from mesure.actions.data_rights.erase_homes import HomeReduction, RecordRemainder
from mesure.actions.data_rights.erasure import ErasureStep
from mesure.actions.data_rights.retained_data import RetentionContext
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.judging import judge_store
from mesure.actions.records.record_types import RegisterReader
from mesure.evaluation.policy import PolicyFile
from mesure.formats.stored import reduce_messages, reduced_messages
from mesure.formats.stored.reduce_messages import PersonMessages, ReducedMessages
from mesure.instants import MIN_US, US_PER_DAY
from mesure.live import load_person
from mesure.privacy.retention.retention_schedule import RetentionKind, due_before_us
from mesure.store.interface.store import ReadTransaction, Store
from mesure.store.keyring.interface import Keyring
from mesure.store.values import partitions
from mesure.store.values.records import LogRecord

Pair: TypeAlias = tuple[int, int]
BACK_US: Final = 100 * US_PER_DAY
"""What is older, and that is longer than trails are kept, is gone through in one go."""


class HomeReducer:
    """Reduces one person after the other."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        means: RetentionContext,
        policy: PolicyFile,
        *,
        is_dry: bool,
    ) -> None:
        self._store, self._keyring, self._means = store, keyring, means
        self._policy, self._is_dry = policy, is_dry

    def steps(self, person: str) -> Iterator[ErasureStep]:
        """Reduce what is due of a person, day by day, and yield what became of each.

        Where something in a day has to stay, it is only that day's. What came late goes first.
        """
        now_us = self._means.now_us
        due_us = due_before_us(self._means.rules, RetentionKind.HOME_DETAIL, now_us)
        until_us = reduce_messages.until_us(self._policy, due_us, now_us)
        with self._store.read() as reading:
            done_us, number = erase_homes.cursor(reading, person)
            last = reading.last(partitions.partition_of(person))
        done_us, persons = min(done_us, until_us), 1  # A clock may have been ahead.
        # Before numbers were kept, only what was received late can have been passed over.
        waited_us = MIN_US if number else now_us - until_us
        late = [*self._days(person, MIN_US, done_us, number, waited_us)]
        for span_us in chain(late, self._days(person, done_us, until_us)):
            is_late = span_us[1] <= done_us and span_us != late[-1]
            cursor = max(span_us[1], done_us), number if is_late else last
            left = self._reduce(person, span_us, cursor)
            if left.fixes or left.kept:
                yield ErasureStep(RetentionKind.HOME_DETAIL, left.fixes, persons, left.kept)
                persons = 0

    def _days(
        self, person: str, since_us: int, until_us: int, number: int = 0, waited_us: int = MIN_US
    ) -> Iterator[Pair]:
        """Yield the days of which something comes behind a number in the log, and so late."""
        while since_us < until_us:
            with self._store.read() as reading:
                logged = reading.messages(person, since_us, until_us, number)
                late = (one for one in logged if one.received_us - one.share.first_us > waited_us)
                first = next(late, None)
            if first is None:
                return
            start_us = max(since_us, first.share.first_us)
            # A message may name a time of years ago, and today.
            since_us = min(max(start_us + US_PER_DAY, until_us - BACK_US), until_us)
            yield start_us, since_us

    def _reduce(self, person: str, span_us: Pair, cursor: Pair) -> ReducedMessages:
        """Reduce a day of a person, by all that can count for it."""
        with self._store.read() as reading:
            around_us = reduce_messages.around_us(self._policy, span_us)
            logged = {one.place.sequence: one for one in reading.messages(person, *around_us)}
            orders = self._messages_by_order(reading, person, logged.values())
        left = _left(orders, span_us)
        if not self._is_dry:
            self._write(person, logged, left, cursor)
        return left

    def _messages_by_order(
        self, reading: ReadTransaction, person: str, logged: Iterable[LogRecord]
    ) -> list[PersonMessages]:
        """Return what is kept of a person under each order, opened."""
        rows = RegisterReader(reading, self._keyring)
        holds = retained_data.holds(reading, rows, self._means, person)
        duties = judge_store.duties(reading, self._keyring, person)
        own: dict[str, list[tuple[int, int]]] = {}
        for duty in duties:
            for device, spans in duty.spans.items():
                own.setdefault(device, []).extend(spans)
        messages = load_person.open_messages(
            self._keyring.find_key(person), [one for one in logged if one.device in own]
        )
        return [
            PersonMessages(
                [one for one in messages if one.device in duty.classes],
                duty.spans,
                own,
                duty.classes,
                duty.device_class,
                duty.versions,
                self._policy,
                [(hold.start_us, hold.end_us) for hold in holds],
                self._means.now_us,
            )
            for duty in duties
        ]

    def _write(
        self, person: str, logged: dict[int, LogRecord], left: ReducedMessages, cursor: Pair
    ) -> None:
        bodies = sorted(left.bodies.items())
        rewritten = tuple(RecordRemainder(logged[number], body) for number, body in bodies)
        context = Context(
            self._store, self._keyring, self._means.now, secrets.token_bytes, PROGRAM, "erase"
        )
        request = HomeReduction(
            person, reduced_messages.FORM, rewritten, left.fixes, left.kept, *cursor
        )
        perform(context, erase_homes.homes, request)


def _left(orders: Iterable[PersonMessages], span_us: tuple[int, int]) -> ReducedMessages:
    """Return what is left under all orders; a message under two goes through both, in turn."""
    bodies: dict[int, bytes] = {}
    fixes = kept_count = 0
    for order in orders:
        messages = [
            message._replace(form=reduced_messages.FORM, body=bodies[message.sequence])
            if message.sequence in bodies
            else message
            for message in order.kept
        ]
        left = reduce_messages.reduce(replace(order, kept=messages), span_us)
        bodies.update(left.bodies)
        fixes, kept_count = fixes + left.fixes, kept_count + left.kept
    return ReducedMessages(bodies, fixes, kept_count)
