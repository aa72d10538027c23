"""Read what is kept of a person, and let "present" be left of it inside the home.

Reading messages is what `ingest` does and changing the store is what `actions` do; they meet here.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mesure.actions.data_rights import erase_homes, retained_data
from mesure.actions.data_rights.erase_homes import Homes, Rewritten
from mesure.actions.data_rights.erasure import Step
from mesure.actions.data_rights.retained_data import EVER_US, Means
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.judging import judge_store
from mesure.actions.judging.judge_store import Duty
from mesure.actions.records.record_types import Rows
from mesure.evaluation.policy import PolicyFile
from mesure.formats.stored import reduce_messages, reduced_messages
from mesure.formats.stored.reduce_messages import Household, Left
from mesure.formats.stored.stored_messages import Message
from mesure.privacy.retention.retention_schedule import Sort, day_of
from mesure.store.interface.store import Reading, Store
from mesure.store.keyring.interface import Keyring
from mesure.store.values.records import Logged


class Reducer:
    """Reduces one person after the other."""

    def __init__(
        self, store: Store, keyring: Keyring, means: Means, policy: PolicyFile, *, is_dry: bool
    ) -> None:
        self._store, self._keyring, self._means = store, keyring, means
        self._policy, self._is_dry = policy, is_dry

    def steps(self, person: str) -> Iterator[Step]:
        """Reduce what is due of a person, and yield what became of it."""
        today = day_of(self._means.now_us)
        days = self._means.rules.days(Sort.HOME_DETAIL.rule, today, today)
        until_us = reduce_messages.until_us(self._policy, days, self._means.now_us)
        with self._store.read() as reading:
            since_us = erase_homes.cursor(reading, person)
            kept = {one.place.sequence: one for one in reading.messages(person, *EVER_US)}
            if not any(since_us <= one.share.last_us < until_us for one in kept.values()):
                return
            houses = self._houses(reading, person, kept.values())
        left = _left(houses, (since_us, until_us))
        if not self._is_dry:
            self._write(person, kept, left, until_us)
        if left.fixes or left.kept:
            yield Step(Sort.HOME_DETAIL, left.fixes, 1, left.kept)

    def _houses(
        self, reading: Reading, person: str, kept: Iterable[Logged]
    ) -> tuple[Household, ...]:
        """Return what is kept of a person under each order, opened."""
        rows = Rows(reading, self._keyring)
        held = retained_data.holds(reading, rows, self._means, person)
        spans = [(hold.start_us, hold.end_us) for hold in held]
        duties = judge_store.duties(reading, self._keyring, person)
        devices = {device for duty in duties for device in duty.classes}
        messages = [self._opened(one) for one in kept if one.device in devices]
        return tuple(self._house(duty, duties, messages, spans) for duty in duties)

    def _house(
        self,
        duty: Duty,
        duties: Iterable[Duty],
        messages: Iterable[Message],
        holds: list[tuple[int, int]],
    ) -> Household:
        own: dict[str, list[tuple[int, int]]] = {}
        for one in duties:
            for device, spans in one.spans.items():
                own.setdefault(device, []).extend(spans)
        return Household(
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

    def _opened(self, one: Logged) -> Message:
        body = judge_store.opened(self._keyring, one)
        return Message(one.place.sequence, one.device, one.form, one.received_us, body)

    def _write(self, person: str, kept: dict[int, Logged], left: Left, until_us: int) -> None:
        rewritten = tuple(
            Rewritten(kept[number], body) for number, body in sorted(left.bodies.items())
        )
        context = Context(
            self._store, self._keyring, self._means.now, secrets.token_bytes, PROGRAM, "erase"
        )
        asked = Homes(person, reduced_messages.FORM, rewritten, left.fixes, left.kept, until_us)
        perform(context, erase_homes.homes, asked)


def _left(houses: Iterable[Household], span_us: tuple[int, int]) -> Left:
    """Return what is left under all orders; a message under two goes through both, in turn."""
    bodies: dict[int, bytes] = {}
    fixes = kept = 0
    for house in houses:
        messages = [
            one._replace(form=reduced_messages.FORM, body=bodies[one.sequence])
            if one.sequence in bodies
            else one
            for one in house.kept
        ]
        left = reduce_messages.reduce(replace(house, kept=messages), span_us)
        bodies.update(left.bodies)
        fixes, kept = fixes + left.fixes, kept + left.kept
    return Left(bodies, fixes, kept)
