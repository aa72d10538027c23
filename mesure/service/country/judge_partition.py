"""One partition judged again: its archived trails, and later messages, through the one evaluator.

What binds, what was carried and what is kept is read from the store, person by person, each in a
short transaction of its own; trails come from the archive. So current assessments are compared,
with all they rest on. The archive may be older than that: what came since is read from the log.
"""

import resource
import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.formats.stored.stored_messages import PersonRows, StoredMessage
from mesure.instants import MAX_US, MIN_US
from mesure.live import load_person
from mesure.live.load_person import HORIZON_US, EvaluationConfig
from mesure.record import policy_loading
from mesure.service.archive import sealed_rows, trail_archive
from mesure.service.archive.trail_archive import ArchivedMessages, ArchivedTrail, ArchiveNote
from mesure.service.country import country_results, rejudge_plan
from mesure.service.country.country_results import PersonResult, ResultNote
from mesure.service.country.rejudge_plan import RejudgePlan
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import comparison
from mesure.service.maintenance.comparison import ComparisonRow
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring import sealing
from mesure.store.values.effects import JudgingProgress
from mesure.store.values.faults import LostKeyError
from mesure.store.values.records import LogPosition, LogRecord

PAGE: Final = 1_000


class PartitionDone(NamedTuple):
    """That a partition was judged again."""

    partition: int
    persons: int
    fixes: int
    cpu_s: float
    peak_bytes: int  # The most memory that the process which judged ever had.


_MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1_024


def judge(instance: Installation, out: Path, partition: int) -> PartitionDone:
    """Judge a partition again by the plan of a folder, and keep what came of it there."""
    begun_s = time.process_time()
    archive = trail_archive.folder_of(instance)
    assert archive is not None, "a plan is made where there is an archive"
    plan = rejudge_plan.read(out)
    paths = trail_archive.whole_files(archive, partition)
    state = country_results.archive_state(paths)
    results = list(_Partition(instance, plan, out, partition).results(paths))
    fixes = sum(result.fixes for result in results)
    unreadable = sum(bool(result.unreadable) for result in results)
    note = ResultNote(partition, len(results), fixes, state, unreadable)
    country_results.write(instance.keyring, out, note, results, secrets.token_bytes)
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_BYTES
    cpu_s = time.process_time() - begun_s
    return PartitionDone(partition, len(results), fixes, cpu_s, peak_bytes)


class _Partition:
    """The persons of one partition, one after the other."""

    def __init__(
        self, instance: Installation, plan: RejudgePlan, out: Path, partition: int
    ) -> None:
        self._instance, self._plan, self._partition = instance, plan, partition
        new, _ = policy_loading.read_policy(out / rejudge_plan.POLICY)
        present, _ = policy_loading.read_policy(instance.settings.policy)
        self._new = EvaluationConfig(instance.keyring, new)
        self._present = EvaluationConfig(instance.keyring, present)

    def results(self, paths: list[Path]) -> Iterator[PersonResult]:
        """Yield what comes of each person who was judged before."""
        with self._instance.store.read() as reading:
            names = sorted(reading.persons_in([self._partition]))
        tail = _Tail(self._partition, max(map(_last, paths), default=0))
        trails = trail_archive.read_partition(self._instance.keyring, paths)
        for person, trail in _joined(names, trails):
            try:
                result = self._result(person, trail.messages, tail)
            except LostKeyError as error:  # The others are judged all the same.
                result = PersonResult(person, 0, [], [], None, [], str(error))
            if result is not None:
                yield msgspec.structs.replace(result, shut=list(trail.shut))

    def _result(
        self, person: str, archived: ArchivedMessages, tail: "_Tail"
    ) -> PersonResult | None:
        key = self._instance.keyring.find_key(person)
        with self._instance.store.read() as reading:
            judged = reading.progress_of(person)
            if judged is None or self._instance.keyring.is_erased(person):
                return None
            if key is None:
                raise LostKeyError(sealing.NO_KEY)
            duties = judge_store.duties(reading, self._instance.keyring, person)
            if archived is None:  # In the store it may be right by now; if not, that says why.
                kept = reading.messages(person, MIN_US, MAX_US)
                archived = sorted(load_person.open_messages(key, kept))
            stored = self._within(comparison.rows_in_store(reading, person).stands)
            assessments = comparison.assessments_of(reading, person)
            tail.read_on(reading)
        versions = sorted({(one.policy_version, one.engine_version) for one in assessments})
        # A file that was written anew a moment ago may have some of what the log gives, too.
        last = archived[-1].sequence if archived else 0
        logged = [one for one in tail.take(person) if one.place.sequence > last]
        since = load_person.open_messages(key, logged)
        messages = [one for one in (*archived, *since) if one.sequence <= judged.sequence]
        read = [(duty, _rows(duty, messages)) for duty in duties]
        new, fixes = self._again(self._new, read, judged)
        present = None
        if new != stored:
            present, more = self._again(self._present, read, judged)
            fixes += more
        return PersonResult(person, fixes, versions, stored, present, new)

    def _again(
        self,
        config: EvaluationConfig,
        read: Iterable[tuple[EvaluationBasis, list[PersonRows]]],
        judged: JudgingProgress,
    ) -> tuple[list[ComparisonRow], int]:
        """Return what is said under a policy at the moment judging reached, and by how many fixes.

        From the beginning on: what is said of the span rests on what lies before.
        """
        rows, fixes = set[ComparisonRow](), 0
        for duty, own in read:
            rules = config.rules_of(duty, judged.until_us + HORIZON_US)
            statement = comparison.statement_of(rules, own, judged.until_us)
            rows.update(comparison.rows_of_statement(duty, statement))
            fixes += len(statement.rows)
        return self._within(rows), fixes

    def _within(self, rows: Iterable[ComparisonRow]) -> list[ComparisonRow]:
        """Return the rows that touch the span of the plan, in a fixed order."""
        plan = self._plan
        touching = (
            row
            for row in rows
            if row.start_us < plan.until_us and (row.end_us is None or row.end_us > plan.start_us)
        )
        return sorted(touching, key=country_results.row_order)


def _rows(duty: EvaluationBasis, messages: Iterable[StoredMessage]) -> list[PersonRows]:
    """Return what the devices carried under an order said; read once for every policy."""
    own = [message for message in messages if message.device in duty.classes]
    return comparison.read_rows(duty, own)


def _last(path: Path) -> int:
    note = sealed_rows.read_note(path, ArchiveNote)
    return 0 if note is None else note.last


def _joined(
    names: Iterable[str], trails: Iterator[tuple[str, ArchivedTrail]]
) -> Iterator[tuple[str, ArchivedTrail]]:
    """Yield everybody with their trail; both are in the order of the ids."""
    nobody: tuple[None, ArchivedTrail] = None, ArchivedTrail([])
    person, trail = next(trails, nobody)
    for name in names:
        while person is not None and person < name:
            person, trail = next(trails, nobody)
        yield name, trail if person == name else ArchivedTrail([])


class _Tail:
    """What a partition received after its archive was written, by person; read on as it grows."""

    def __init__(self, partition: int, last: int) -> None:
        self._place = LogPosition(partition, last)
        self._by_person: dict[str, list[LogRecord]] = {}

    def read_on(self, reading: ReadTransaction) -> None:
        """Read what is new in the log."""
        while page := reading.log(self._place, PAGE):
            self._place = page[-1].place
            for record in page:
                if record.share.person is not None:
                    self._by_person.setdefault(record.share.person, []).append(record)

    def take(self, person: str) -> list[LogRecord]:
        """Return what came of a person, who is done with it."""
        return self._by_person.pop(person, [])
