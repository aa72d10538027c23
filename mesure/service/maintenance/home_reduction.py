"""Home reduction: messages inside the home are read and replaced by "present".

Reading messages is what `formats` does and changing the store is what `actions` do; they meet here.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mesure.actions.data_rights import erase_homes, retained_data
from mesure.actions.data_rights.erase_homes import HomeReduction, RecordRemainder
from mesure.actions.data_rights.erasure import ErasureStep
from mesure.actions.data_rights.retained_data import EVER_US, RetentionContext
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.actions.records.record_types import RegisterReader
from mesure.evaluation.policy import PolicyFile
from mesure.formats.stored import reduce_messages, reduced_messages
from mesure.formats.stored.reduce_messages import PersonMessages, ReducedMessages
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.privacy.retention.retention_schedule import RetentionKind, day_of
from mesure.store.interface.store import ReadTransaction, Store
from mesure.store.keyring.interface import Keyring
from mesure.store.values.records import LogRecord


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
        """Reduce what is due of a person, and yield what became of it."""
        today = day_of(self._means.now_us)
        days = self._means.rules.days(RetentionKind.HOME_DETAIL.rule, today, today)
        until_us = reduce_messages.until_us(self._policy, days, self._means.now_us)
        with self._store.read() as reading:
            since_us = erase_homes.cursor(reading, person)
            message_by_sequence = {
                message.place.sequence: message for message in reading.messages(person, *EVER_US)
            }
            if not any(
                since_us <= message.share.last_us < until_us
                for message in message_by_sequence.values()
            ):
                return
            orders = self._messages_by_order(reading, person, message_by_sequence.values())
        left = _left(orders, (since_us, until_us))
        if not self._is_dry:
            self._write(person, message_by_sequence, left, until_us)
        if left.fixes or left.kept:
            yield ErasureStep(RetentionKind.HOME_DETAIL, left.fixes, 1, left.kept)

    def _messages_by_order(
        self, reading: ReadTransaction, person: str, logged_messages: Iterable[LogRecord]
    ) -> tuple[PersonMessages, ...]:
        """Return what is kept of a person under each order, opened."""
        rows = RegisterReader(reading, self._keyring)
        holds = retained_data.holds(reading, rows, self._means, person)
        spans = [(hold.start_us, hold.end_us) for hold in holds]
        duties = judge_store.duties(reading, self._keyring, person)
        devices = {device for duty in duties for device in duty.classes}
        messages = [self._opened(one) for one in logged_messages if one.device in devices]
        return tuple(self._messages_of(duty, duties, messages, spans) for duty in duties)

    def _messages_of(
        self,
        duty: EvaluationBasis,
        duties: Iterable[EvaluationBasis],
        messages: Iterable[StoredMessage],
        holds: list[tuple[int, int]],
    ) -> PersonMessages:
        own: dict[str, list[tuple[int, int]]] = {}
        for person_duty in duties:
            for device, spans in person_duty.spans.items():
                own.setdefault(device, []).extend(spans)
        return PersonMessages(
            [one for one in messages if one.device in duty.classes],
            duty.spans,
            own,
            duty.classes,
            duty.device_class,
            duty.versions,
            self._policy,
            holds,
            self._means.now_us,
        )

    def _opened(self, logged_message: LogRecord) -> StoredMessage:
        body = judge_store.open_message(self._keyring, logged_message)
        return StoredMessage(
            logged_message.place.sequence,
            logged_message.device,
            logged_message.form,
            logged_message.received_us,
            body,
        )

    def _write(
        self,
        person: str,
        message_by_sequence: dict[int, LogRecord],
        left: ReducedMessages,
        until_us: int,
    ) -> None:
        rewritten = tuple(
            RecordRemainder(message_by_sequence[number], body)
            for number, body in sorted(left.bodies.items())
        )
        context = Context(
            self._store, self._keyring, self._means.now, secrets.token_bytes, PROGRAM, "erase"
        )
        request = HomeReduction(
            person, reduced_messages.FORM, rewritten, left.fixes, left.kept, until_us
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
