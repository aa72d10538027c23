"""Batch check: read new messages of several persons, and ask whether they change anything.

Nothing in hand is changed here. Most of the work costs the same for one person as for a hundred.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from mesure.evaluation.checkpoint import skip_batch
from mesure.evaluation.checkpoint.skip_batch import SkipRequest
from mesure.evaluation.checkpoint.skip_check import SkipBounds
from mesure.formats.stored import stored_batches
from mesure.formats.stored.stored_batches import BatchReadRequest, BatchReadResult
from mesure.formats.stored.stored_messages import HealthReport, PersonRows, StoredMessage
from mesure.geo import fixes
from mesure.incidents import device_problems
from mesure.live import device_notices
from mesure.live.person_state import PersonState


class PersonBatch(NamedTuple):
    """A person under one order, what came, and the moment of the look."""

    watched: PersonState
    new: Sequence[StoredMessage]
    until_us: int


class PersonUpdate(NamedTuple):
    """What came of a person under one order."""

    rows: list[PersonRows]
    told: list[HealthReport]
    sequence: int  # Messages up to here are in it.
    calm: SkipBounds | None  # None: it may change something.


def hear(cases: Sequence[PersonBatch]) -> list[PersonUpdate]:
    """Return what came of each; raises where something that was kept cannot be read."""
    requests = [
        BatchReadRequest(
            _mine(case), case.watched.spans, case.watched.classes, case.watched.rules.policy
        )
        for case in cases
    ]
    batches = stored_batches.read(requests)
    calms = _calms(cases, batches)
    return [
        PersonUpdate(
            [read._replace(columns=None) for read in batch.rows],
            batch.told,
            max([case.watched.sequence, *(message.sequence for message in new.messages)]),
            calm,
        )
        for case, new, batch, calm in zip(cases, requests, batches, calms, strict=True)
    ]


def hear_together(
    cases_by_person: Mapping[str, Sequence[PersonBatch]],
) -> dict[str, list[PersonUpdate]]:
    """Return what came of each person; nothing, where one of them must be asked about alone."""
    try:
        news = iter(hear([case for cases in cases_by_person.values() for case in cases]))
    except Exception:  # noqa: BLE001  It is reported when that one is judged.
        return {}
    return {person: list(islice(news, len(cases))) for person, cases in cases_by_person.items()}


def _mine(case: PersonBatch) -> list[StoredMessage]:
    known = case.watched
    return [
        message
        for message in case.new
        if message.sequence > known.sequence and message.device in known.classes
    ]


def _calms(
    cases: Sequence[PersonBatch], batches: Sequence[BatchReadResult]
) -> list[SkipBounds | None]:
    """Return the skip bounds of each that still hold."""
    calms = [_begun(*one) for one in zip(cases, batches, strict=True)]
    for turn in range(max((len(one.rows) for one in batches), default=0) or 1):
        going: list[SkipRequest] = []
        numbers: list[int] = []
        for number, (case, batch, calm) in enumerate(zip(cases, batches, calms, strict=True)):
            if calm is not None and turn < max(len(batch.rows), 1):
                rules = case.watched.rules
                turn_fixes = batch.rows[turn].fixes(rules.policy) if batch.rows else fixes.none()
                going.append(SkipRequest(rules, calm, turn_fixes, case.until_us))
                numbers.append(number)
        for number, calm in zip(numbers, skip_batch.go_on_together(going), strict=True):
            calms[number] = calm
    return calms


def _begun(case: PersonBatch, batch: BatchReadResult) -> SkipBounds | None:
    """Return a person's skip bounds, unless what is known of the device ends them."""
    watched = case.watched
    device_us = device_notices.due_us(watched, watched.until_us)
    if device_us is not None and device_us <= case.until_us:
        return None
    limit_m, parts = watched.rules.policy.approximate_m, [one.rows for one in batch.rows]
    is_plain = all(one.is_signed and not (one.record.reported_m > limit_m).any() for one in parts)
    return watched.calm if is_plain and not device_problems.is_approximate(watched.health) else None
