"""Judge store: what judging a person reads from the store, and writes there, in one change.

A person is judged only while an order binds, and only by what the devices that were carried under
it then said. What is kept to go on from is sealed like everything else about the person, and is
written in the same change as the effects, so that a restart finds both or neither.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import msgspec

from mesure.actions.devices import device_commands
from mesure.actions.devices.device_classes import class_of
from mesure.actions.judging.judging_values import (
    DeviceAssignment,
    EvaluationBasis,
    EvaluationStateRecord,
    IncidentRevision,
    OrderEvaluation,
    PersonEvaluation,
    _digest,
)
from mesure.actions.orders import binding_order
from mesure.actions.records import incident_body
from mesure.actions.records.record_types import RegisterReader
from mesure.evaluation.assessment import Assessment
from mesure.instants import MAX_US, to_us
from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    PartitionOwner,
    StoredAssessment,
    StoredIncident,
    StoredSuperseded,
)
from mesure.store.values.faults import LostKeyError
from mesure.store.values.records import LogRecord
from mesure.store.values.register import RegisterRow
from mesure.store.writing.audit_append import Salts
from mesure.version import VERSION

STATE: Final = "live_state"


def duties(reading: ReadTransaction, keyring: Keyring, person: str) -> tuple[EvaluationBasis, ...]:
    """Return by what a person is to be judged; nothing, where nothing binds or is carried.

    Raises `LostKeyError` where their key is lost: that nothing binds is not known then.
    """
    if keyring.find_key(person) is None:
        if reading.orders_of(person) and not keyring.is_erased(person):
            raise LostKeyError(sealing.NO_KEY)
        return ()
    rows = RegisterReader(reading, keyring)
    assigned = reading.assignments_of(person)
    all_duties = []
    for order in reading.orders_of(person):
        carried = tuple(
            DeviceAssignment(
                assignment.device,
                *class_of(rows, assignment.device),
                to_us(assignment.start),
                MAX_US if assignment.until is None else to_us(assignment.until),
            )
            for assignment in assigned
            if assignment.order == order.id
        )
        versions = (
            binding_order.versions(reading, rows, keyring, order.id, person) if carried else ()
        )
        if versions:
            all_duties.append(
                EvaluationBasis(person, order.id, versions, carried, _digest(versions, carried))
            )
    return tuple(all_duties)


# --- Messages ------------------------------------------------------------------------------------


def open_message(keyring: Keyring, logged: LogRecord) -> bytes:
    """Return a person's message as it came."""
    person = logged.share.person
    assert person is not None, "what belongs to nobody is never judged"
    return unseal_message(keyring.find_key(person), logged)


def unseal_message(key: bytes | None, logged: LogRecord) -> bytes:
    """Return a person's message as it came, by the person's key."""
    person = logged.share.person
    assert person is not None, "what belongs to nobody is never judged"
    same = logged.digest if logged.counter is None else logged.counter
    bound = sealing.message_seal_context(person, logged.device, same)
    return sealing.unseal(key, logged.share.body, bound)


# --- Effects -------------------------------------------------------------------------------------


class Sealer(NamedTuple):
    """With what is sealed."""

    keyring: Keyring
    salts: Salts


def keep(
    work: WriteTransaction,
    sealer: Sealer,
    owner: PartitionOwner,
    effects: Sequence[PersonEvaluation],
    now_us: int,
) -> None:
    """Keep what judging some persons came to, and where to go on from."""
    work.judge([_judging(work, sealer, one) for one in effects], owner)
    for person_effects in effects:
        for part in person_effects.parts:
            if part.state is not None:
                _keep_state(work, sealer, part.duty, part.state, now_us)
        for telling in person_effects.tellings:
            device_commands.tell(work, sealer.keyring, sealer.salts, telling, now_us)


def _judging(work: WriteTransaction, sealer: Sealer, effects: PersonEvaluation) -> JudgingResult:
    since_us = min((part.since_us for part in effects.parts), default=effects.until_us)
    judged = JudgingProgress(
        effects.person,
        effects.until_us,
        effects.sequence,
        effects.parts[0].policy_version if effects.parts else "none",
        VERSION,
        any(part.is_unsigned for part in effects.parts),
        effects.due_us,
    )
    return JudgingResult(
        judged,
        since_us,
        tuple(row for part in effects.parts for row in _assessments(work, part, since_us)),
        tuple(row for part in effects.parts for row in _superseded(work, part, effects.until_us)),
        tuple(
            _incident(sealer, part.duty, raised) for part in effects.parts for raised in part.raised
        ),
    )


def _assessments(
    work: WriteTransaction, part: OrderEvaluation, since_us: int
) -> Iterator[StoredAssessment]:
    """Yield the current assessments under one order, and those that another's cut would remove.

    Those that end where replacing begins are left out: the store cuts them there.
    """
    new = part.current_assessments()
    if since_us < part.since_us:
        new_keys = {(one.condition, one.start_us) for one in new}
        for row in work.assessments(part.duty.person, since_us, part.since_us):
            is_mine = row.order == part.duty.order
            if is_mine and since_us < row.end_us and (row.condition, row.start_us) not in new_keys:
                yield replace(row, end_us=min(row.end_us, part.since_us))
    yield from (one for one in new if one.end_us > since_us)


def assessment(
    duty: EvaluationBasis, assessment: Assessment, policy_version: str, is_unsigned: bool
) -> StoredAssessment:
    """Return an assessment as it is kept."""
    start_us = to_us(assessment.span.start)
    return StoredAssessment(
        duty.person,
        duty.order,
        assessment.condition,
        assessment.status.value,
        start_us,
        to_us(assessment.span.end),
        bytes.fromhex(duty.version_at(start_us).sha256),
        policy_version,
        VERSION,
        is_unsigned,
    )


def _superseded(
    work: WriteTransaction, part: OrderEvaluation, now_us: int
) -> Iterator[StoredSuperseded]:
    for superseded in part.superseded:
        stood = to_us(superseded.stood_from), to_us(superseded.stood_until)
        row = assessment(part.duty, superseded.assessment, part.policy_version, part.is_unsigned)
        yield StoredSuperseded(row, *stood)
    if part.was_changed:
        yield from _replaced(work, part, now_us)


def _replaced(
    work: WriteTransaction, part: OrderEvaluation, now_us: int
) -> Iterator[StoredSuperseded]:
    """Yield what was current until the order, an absence or a carried device changed."""
    now: dict[str, list[StoredAssessment]] = {}
    for current_row in part.current_assessments():
        now.setdefault(current_row.condition, []).append(current_row)
    since_us = part.since_us
    for old in work.assessments(part.duty.person, since_us, MAX_US):
        if old.order == part.duty.order:
            old = replace(old, start_us=max(old.start_us, since_us))  # noqa: PLW2901
            for start_us, end_us in _differing(old, now.get(old.condition, [])):
                row = replace(old, start_us=start_us, end_us=end_us)
                yield StoredSuperseded(row, start_us, max(now_us, start_us))


def _differing(old: StoredAssessment, now: Iterable[StoredAssessment]) -> Iterator[tuple[int, int]]:
    """Yield the parts of old assessments about which something else is said now, or nothing."""
    at_us = old.start_us
    for current_row in now:
        start_us, end_us = max(current_row.start_us, at_us), current_row.end_us
        if current_row.status == old.status and start_us < min(end_us, old.end_us):
            if at_us < start_us:
                yield at_us, start_us
            at_us = min(end_us, old.end_us)
    if at_us < old.end_us:
        yield at_us, old.end_us


def _incident(sealer: Sealer, duty: EvaluationBasis, raised: IncidentRevision) -> StoredIncident:
    body = incident_body.seal(
        sealer.keyring, duty.person, raised.id, raised.revision, raised.body, sealer.salts
    )
    return StoredIncident(
        raised.id,
        duty.person,
        duty.order,
        raised.condition,
        raised.kind,
        raised.opened_us,
        raised.start_us,
        raised.end_us,
        raised.p_outside_max,
        raised.withdrawn_us,
        body,
        raised.revision,
    )


# --- What is kept to go on -----------------------------------------------------------------------


def _keep_state(
    work: WriteTransaction,
    sealer: Sealer,
    duty: EvaluationBasis,
    state: EvaluationStateRecord,
    now_us: int,
) -> None:
    entry = work.entry(STATE, duty.order)
    revision = 1 if entry is None else entry.revision + 1
    bound = sealing.entry_seal_context(duty.person, STATE, duty.order, revision)
    key = sealer.keyring.key_of(duty.person)
    body = sealing.seal(key, msgspec.msgpack.encode(state), bound, sealer.salts)
    work.put(RegisterRow(STATE, duty.order, revision, duty.person, body, now_us))


def state_of(
    reading: ReadTransaction, keyring: Keyring, duty: EvaluationBasis
) -> EvaluationStateRecord | None:
    """Return what was kept to go on judging under an order; None where there is nothing to use."""
    entry = reading.entry(STATE, duty.order)
    if entry is None:
        return None
    bound = sealing.entry_seal_context(duty.person, STATE, duty.order, entry.revision)
    plain = sealing.unseal(keyring.find_key(duty.person), entry.body, bound)
    try:
        return msgspec.msgpack.decode(plain, type=EvaluationStateRecord)
    except msgspec.MsgspecError:
        return None  # Another version wrote it: everything is judged anew.
