"""Worker: judges the persons of some partitions, by new messages, due times and changes.

It follows the log. In a step it takes everything that came since the last one, with everybody for
whom something is due or about whom something administered was changed, judges each at the moment of
the step, and keeps all of it with how far it came. It judges what it owns: a worker that claims
one of its partitions after that owns it, and from then on this worker is refused.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from mesure.actions.judging import judge_store, judging_position
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.judging.judging_position import JudgingPosition
from mesure.actions.judging.judging_values import PersonEvaluation
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.instants import MAX_US, US_PER_S
from mesure.live import batch_check, evaluate_person, load_person, write_coalescing
from mesure.live.batch_check import PersonBatch, PersonUpdate
from mesure.live.due_list import DueList
from mesure.live.load_person import EvaluationConfig
from mesure.live.person_state import IN_HAND_MAX, PersonsInHand, PersonState
from mesure.live.write_coalescing import WriteCoalescer
from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.values import partitions as partitions_
from mesure.store.values.effects import PartitionOwner
from mesure.store.values.faults import ConflictError, KeyringError, StoreError
from mesure.store.values.records import LogRecord

T = TypeVar("T")

RECORDS_MAX: Final = 2_000  # Records of one partition that are read in a step.
PERSONS_MAX: Final = 200  # Judged in one change: while it is made, every other change waits.
CHANGES_MAX: Final = 1_000
LATER_US: Final = 60 * US_PER_S  # A person who could not be judged is tried again after a minute.

FailureCallback = Callable[[str, Exception], None]


@dataclass(slots=True)
class WorkerCounts:
    """What a worker did since it began."""

    steps: int = 0
    judged: int = 0
    failed: int = 0


@dataclass(slots=True)
class _News:
    """What a step has before it."""

    records: dict[str, list[LogRecord]] = field(default_factory=dict)  # By person.
    ends: dict[int, int] = field(default_factory=dict)  # How far each partition was read.
    until_us: dict[int, int] = field(default_factory=dict)  # Receipts of the last that were read.
    changed: set[str] = field(default_factory=set)
    number: int = 0  # Up to which change of what is administered.


class Worker:
    """Judges the persons of some partitions, step by step."""

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        config: EvaluationConfig,
        owner: PartitionOwner,
        failed: FailureCallback,
        at_work: Callable[[], None] = lambda: None,
        in_hand_max: int = IN_HAND_MAX,
    ) -> None:
        self._store, self._sealer, self._config, self._failed = store, sealer, config, failed
        self._owner, self._partitions = owner, owner.partitions
        self._group = f"{min(owner.partitions)}-{max(owner.partitions)}"
        self._at_work, self.in_hand = at_work, PersonsInHand(in_hand_max)
        self.due = DueList()  # Who is judged next.
        self.counts = WorkerCounts()
        self._growing = WriteCoalescer()
        with store.read() as reading:
            self.position = self._kept_position = judging_position.read(reading, self._partitions)
            for judged in reading.progress_in(self._partitions):
                self.due.put(judged.person, judged.due_us)
        self._again = dict(self.position.since_us)  # Who could not be judged, and since when.
        self._took_over = not self._again  # Nobody else says so of them.
        for person in self._again:
            self.due.put(person, 0)

    # --- One step ----------------------------------------------------------------------------

    def step(self, now_us: int) -> int:
        """Judge everybody for whom there is something to judge; return how many.

        Where the store goes away, everybody who was not kept is judged again, whatever was read.
        """
        self.counts.steps += 1
        try:
            judged = self._step(now_us)
        except StoreError:
            self.position = self._kept_position
            raise
        self.counts.judged += judged
        self.in_hand.shrink(self._growing.holds)
        return judged

    def finish(self, now_us: int) -> None:
        """Keep what waits to be kept."""
        self._come_to((), now_us, is_crowd=False)

    def _step(self, now_us: int) -> int:
        with self._store.read() as reading:
            news = self._news(reading)
            news.changed = {one for one in news.changed if self._is_other(reading, one)}
        for person in news.changed:
            self.in_hand.drop(person)
        due_persons = sorted({*news.records, *news.changed, *self.due.by(now_us)}, key=self._turn)
        *first, last = _cut(due_persons)
        judged = 0
        for group in first:
            effects = self._judged(group, news, now_us)
            judged += len(effects)
            self._keep(self._to_keep(effects), now_us)
            self.in_hand.shrink(self._growing.holds)
        effects = self._judged(last, news, now_us)
        self.position = JudgingPosition(news.number, self.position.after | news.ends)
        self._come_to(
            self._to_keep(effects), now_us, is_crowd=len(due_persons) >= write_coalescing.CROWD
        )
        return judged + len(effects)

    def _to_keep(self, effects: Sequence[PersonEvaluation]) -> list[PersonEvaluation]:
        """Return what is new and kept now; what only grew waits, in a crowd for some steps."""
        self._growing.hold(effects)
        for person_effects in effects:
            if person_effects.only_grew:  # Until it is kept, a forgotten person is due.
                self.due.put(person_effects.person, person_effects.due_us)
        return [one for one in effects if not one.only_grew]

    def _news(self, reading: ReadTransaction) -> _News:
        """Return what came, and about whom something was changed, since the last step."""
        news = _News(number=self.position.changed)
        known, ends = self.position.after, reading.ends()
        after = {
            part: known.get(part, 0)
            for part in self._partitions
            if ends.get(part, 0) > known.get(part, 0)
        }
        for log in reading.logs(after, RECORDS_MAX):
            part, sequence = log.place.partition, log.place.sequence
            news.ends[part] = max(sequence, news.ends.get(part, 0))
            news.until_us[part] = log.received_us if sequence < ends[part] else MAX_US
            if log.share.person is not None:
                news.records.setdefault(log.share.person, []).append(log)
        for changed in reading.changes(self.position.changed, CHANGES_MAX):
            news.number = changed.number
            if partitions_.partition_of(changed.person) in self._partitions:
                news.changed.add(changed.person)
        return news

    def _is_other(self, reading: ReadTransaction, person: str) -> bool:
        """Return whether a person is to be judged by something else than they were."""
        known = self.in_hand.find(person)
        if known is not None:
            with suppress(KeyringError):  # Then it is reported when it is their turn.
                duties = judge_store.duties(reading, self._config.keyring, person)
                return [one.digest for one in duties] != [one.duty.digest for one in known]
        return True

    def _turn(self, person: str) -> tuple[bool, str]:
        """Return when it is a person's turn: last where a look most likely brings nothing.

        At ten in the evening it is everybody's, and an incident should not wait for all of them.
        """
        known = self.in_hand.find(person) or ()
        is_right = all(one.calm is not None and one.calm.is_right for one in known)
        return bool(known) and is_right, person

    # --- Some persons ------------------------------------------------------------------------

    def _judged(self, persons: Sequence[str], news: _News, now_us: int) -> list[PersonEvaluation]:
        """Return what judging some persons comes to; nothing, where nothing binds."""
        try:
            return self._tried(persons, news, now_us)
        except StoreError:
            self._forget_all(persons)
            raise

    def _tried(self, persons: Sequence[str], news: _News, now_us: int) -> list[PersonEvaluation]:
        cases_by_person: dict[str, list[PersonBatch]] = {}
        keys = self._config.keyring.find_keys(persons)
        for person in persons:
            with self._trying(person, now_us):
                cases_by_person[person] = self._cases(person, keys.get(person), news, now_us)
        news_by_person = batch_check.hear_together(cases_by_person)
        effects: list[PersonEvaluation] = []
        for person, cases in cases_by_person.items():
            if not cases:
                effects += self._nothing_binds(person, keys.get(person), news, now_us)
                continue
            with self._trying(person, now_us):
                known = news_by_person.get(person) or batch_check.hear(cases)
                effects.append(self._effects(person, cases, known, self._sequence(person, news)))
        return effects

    def _nothing_binds(
        self, person: str, key: bytes | None, news: _News, now_us: int
    ) -> list[PersonEvaluation]:
        """Return that a person whom nothing binds is no longer due, if the store has a due time."""
        self.due.put(person, None)
        self._again.pop(person, None)
        with self._store.read() as reading:
            judged = reading.progress_of(person)
        if key is None or judged is None or judged.due_us is None:
            return []
        until_us = max(now_us, judged.until_us)
        sequence = max(self._sequence(person, news), judged.sequence)
        return [PersonEvaluation(person, until_us, sequence, None, ())]

    @contextmanager
    def _trying(self, person: str, now_us: int) -> Iterator[None]:
        """Give up for now on a person who cannot be judged: one fault must not stop the others."""
        self._at_work()
        try:
            yield
        except KeyringError as error:  # The store is there: their key is not.
            self._give_up(person, error, now_us)
        except StoreError:  # It is everybody's.
            raise
        except Exception as error:  # noqa: BLE001  Whatever it is, it is one person's.
            self._give_up(person, error, now_us)

    def _give_up(self, person: str, error: Exception, now_us: int) -> None:
        self.counts.failed += 1
        self._again.setdefault(person, now_us)
        self._forget(person, now_us + LATER_US)
        self._failed(person, error)

    def _forget(self, person: str, due_us: int) -> None:
        """Have nothing in hand of a person, and read all again then."""
        self._growing.drop(person)
        self.in_hand.drop(person)
        self.due.put(person, due_us)

    def _forget_all(self, persons: Iterable[str]) -> None:
        """Have nothing in hand that is ahead of what is kept, and judge all of them next."""
        for person in persons:
            self._forget(person, 0)

    def _cases(self, person: str, key: bytes | None, news: _News, now_us: int) -> list[PersonBatch]:
        """Return what is to be judged under each order; a person who is new here is taken up."""
        # What is not read yet is no silence.
        now_us = min(now_us, news.until_us.get(partitions_.partition_of(person), now_us))
        logged = news.records.get(person, ())
        heard_us = min([self._again.get(person, MAX_US), *(one.received_us for one in logged)])
        known = self.in_hand.use(person, heard_us, now_us)
        if known is None:
            watched_pairs = self._taken_up(person, self._sequence(person, news), now_us, heard_us)
            self.in_hand.take(person, [watched for watched, _ in watched_pairs])
        else:
            opened = load_person.open_messages(key, logged)
            watched_pairs = [(watched, opened) for watched in known]
        after_us = [one.received_us + 1 for _, new in watched_pairs for one in new]
        for watched, _ in watched_pairs:
            watched.heard_us = max([watched.heard_us, *after_us])
        until_us = max([now_us, *after_us, *(watched.until_us for watched, _ in watched_pairs)])
        return [PersonBatch(watched, new, until_us) for watched, new in watched_pairs]

    def _taken_up(
        self, person: str, last: int, now_us: int, heard_us: int
    ) -> list[tuple[PersonState, list[StoredMessage]]]:
        """Return what is in hand of a person under each order, read as it is at one moment."""
        # Not that of the step: what is read keeps the store from letting go of what came since.
        with self._store.read() as reading:
            return [
                load_person.take_up(reading, self._config, duty, now_us, last, heard_us)
                for duty in judge_store.duties(reading, self._config.keyring, person)
            ]

    def _effects(
        self, person: str, cases: Sequence[PersonBatch], news: Sequence[PersonUpdate], sequence: int
    ) -> PersonEvaluation:
        until_us = cases[0].until_us
        outcomes = [
            evaluate_person.judge(case.watched, self._config, new, until_us)
            for case, new in zip(cases, news, strict=True)
        ]
        due_us = min((one for outcome in outcomes for one in outcome.due_us), default=None)
        return PersonEvaluation(
            person,
            until_us,
            max([sequence, *(one.sequence for one in news)]),
            due_us,
            tuple(outcome.part for outcome in outcomes),
            tuple(telling for outcome in outcomes for telling in outcome.tellings),
            all(outcome.only_grew for outcome in outcomes),
        )

    def _sequence(self, person: str, news: _News) -> int:
        part = partitions_.partition_of(person)
        return news.ends.get(part, self.position.after.get(part, 0))

    # --- Keeping -----------------------------------------------------------------------------

    def _come_to(self, effects: Sequence[PersonEvaluation], now_us: int, *, is_crowd: bool) -> None:
        """Keep what a step ends with, and how far it came once nothing waits that came before."""
        if is_crowd and not self._growing.is_due:
            self._keep(effects, now_us)
        else:
            self._keep([*effects, *self._growing.take()], now_us, self.position)

    def _keep(
        self,
        effects: Sequence[PersonEvaluation],
        now_us: int,
        position: JudgingPosition | None = None,
    ) -> None:
        """Keep what judging came to; with the last of it, how far it came."""
        try:
            *groups, last = _cut(effects)
            for group in groups:
                self._keep_group(group, now_us, None)
            self._keep_group(last, now_us, position)
        except StoreError:
            self._forget_all(one.person for one in effects)
            raise

    def _keep_group(
        self, effects: Sequence[PersonEvaluation], now_us: int, position: JudgingPosition | None
    ) -> None:
        if self._kept(effects, now_us, position):
            return
        if len(effects) > 1:
            # One of them cannot be kept: each is tried alone, so that it holds up nobody else.
            for person_effects in effects:
                self._keep_group([person_effects], now_us, None)
        if position is not None:
            self._kept((), now_us, position)

    def _kept(
        self, effects: Sequence[PersonEvaluation], now_us: int, position: JudgingPosition | None
    ) -> bool:
        moved = self._moved(effects, position)
        if not effects and moved is None:
            return True

        def change(work: WriteTransaction) -> None:
            if not effects:  # Its owner reports how far it came, too.
                work.require_owner(self._owner)
            judge_store.keep(work, self._sealer, self._owner, effects, now_us)
            if moved is not None:
                judging_position.keep(work, self._group, moved, now_us)
                if not self._took_over:
                    judging_position.take_over(work, self._group, self._partitions, now_us)

        try:
            self._store.write(change)
        except (ConflictError, KeyringError, ValueError) as error:
            if not effects:
                raise
            if len(effects) == 1:  # Erased meanwhile, perhaps: all is read again.
                self._give_up(effects[0].person, error, now_us)
            return False
        if moved is not None:
            self._kept_position, self._took_over = moved, True
        for person_effects in effects:
            self.due.put(person_effects.person, person_effects.due_us)
            self._again.pop(person_effects.person, None)
        return True

    def _moved(
        self, effects: Sequence[PersonEvaluation], position: JudgingPosition | None
    ) -> JudgingPosition | None:
        """Return how far it came and who is still not judged; None where both are kept already."""
        if position is None:
            return None
        judged = {one.person for one in effects}
        again = {one: us for one, us in sorted(self._again.items()) if one not in judged}
        moved = msgspec.structs.replace(position, again=tuple(again), since_us=again)
        return None if self._took_over and moved == self._kept_position else moved


def _cut(items: Sequence[T]) -> list[Sequence[T]]:
    """Return persons in groups that fit a change; one empty group where there are none."""
    starts = range(0, max(len(items), 1), PERSONS_MAX)
    return [items[at : at + PERSONS_MAX] for at in starts]
