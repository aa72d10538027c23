"""Evaluate one person under one order again and again, from the state held in memory.

Everything here can be lost at any moment: it is read again from the store, and goes on exactly.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np

from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.judging import judge_store, judging_values
from mesure.actions.judging.judging_values import (
    EvaluationStateRecord,
    ExtendedAssessments,
    OrderEvaluation,
)
from mesure.devices.message.downlink import FixBurst
from mesure.evaluation.checkpoint import codec, recent, settle, skip_check
from mesure.evaluation.checkpoint.recent import Checkpoints, EvaluationResult
from mesure.evaluation.checkpoint.skip_check import SkipBounds
from mesure.evaluation.pipeline import Evaluation
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import HealthReport, MessageEvidence
from mesure.geo import fixes
from mesure.instants import MAX_US, MIN_US, to_us
from mesure.live import device_notices, incident_updates
from mesure.live.batch_check import PersonUpdate
from mesure.live.load_person import HORIZON_US, NO_LONGER, NOTHING, EvaluationConfig
from mesure.live.person_state import PersonState

MESSAGES_MAX: Final = 60
WAITING_MAX: Final = 1_000
"""This many messages, and fixes, wait to be judged together while nothing changes: some 100 KB."""

FIXES_KEPT_MAX: Final = 12_000
"""Fixes that are kept beside the messages they came in: some 600 KB at most, for a quick start."""


class EvaluationOutcome(NamedTuple):
    """What judging a person under one order came to, and what follows."""

    part: OrderEvaluation
    due_us: tuple[int, ...]  # When it is to be judged again though nothing comes.
    tellings: tuple[DeviceCommand, ...]
    only_grew: bool = False


def judge(
    watched: PersonState, config: EvaluationConfig, news: PersonUpdate, until_us: int
) -> EvaluationOutcome:
    """Judge a person by what was known and what is new, and say what is to be kept of it."""
    calm = news.calm
    if watched.horizon_us - until_us < HORIZON_US // 2:
        _look_farther(watched, config, until_us)
        calm = None
    watched.waiting += news.rows
    watched.waiting_fixes += sum(len(one.rows.row) for one in news.rows)
    watched.sequence = news.sequence
    is_full = len(watched.waiting) > MESSAGES_MAX or watched.waiting_fixes > WAITING_MAX
    watched.calm = None if is_full else calm
    if watched.calm is not None and not news.told:
        return _left_alone(watched, watched.calm, until_us)
    return _judged(watched, news.told, until_us)


def _left_alone(watched: PersonState, calm: SkipBounds, until_us: int) -> EvaluationOutcome:
    """Return that what held at the last look goes on; it is what judging would say."""
    watched.until_us = until_us
    policy = watched.rules.policy
    longer = ExtendedAssessments(watched.told, watched.told_us, until_us)
    part = OrderEvaluation(
        watched.duty, watched.told_us, policy.version, watched.is_unsigned, longer, (), (), None
    )
    due_us = tuple(_due_us(watched, calm.due_us(policy), until_us))
    return EvaluationOutcome(part, due_us, (), only_grew=True)


def _judged(
    watched: PersonState, device_events: Sequence[HealthReport], until_us: int
) -> EvaluationOutcome:
    """Judge by all that waits."""
    rules, decoded = watched.rules, _hear(watched, device_events, until_us)
    look = recent.evaluate_newest(rules, watched.checkpoints, decoded.to_judge, until_us)
    raised_incidents = incident_updates.update_incidents(watched, look, until_us)
    if raised_incidents is None:
        look = recent.evaluate_stable(rules, look.checkpoints, fixes.none(), until_us)
        raised_incidents = incident_updates.update_incidents(watched, look, until_us) or ()
    watched.checkpoints, view = look.checkpoints, look.view
    version = rules.policy.version
    watched.told = tuple(
        judge_store.assessment(watched.duty, assessment, version, watched.is_unsigned)
        for assessment in view.assessments
    )
    part = OrderEvaluation(
        watched.duty,
        _since_us(watched, view, until_us),
        version,
        watched.is_unsigned,
        watched.told,
        view.superseded,
        (*raised_incidents, *device_notices.update_notices(watched, decoded.health, until_us)),
        _state(watched),
        watched.was_changed,
    )
    watched.was_changed, watched.is_again = False, False
    watched.until_us = watched.told_us = until_us
    lasts = any(one.shown.over_us is None for one in watched.held.values())
    watched.calm = None if lasts else skip_check.begin(rules, look)
    if watched.calm is not None:
        watched.checkpoints = watched.checkpoints.lean()
    due_us = tuple(_due_us(watched, look.ahead.next_us, until_us))
    return EvaluationOutcome(part, due_us, tuple(_asks(watched, look)))


def _since_us(watched: PersonState, view: Evaluation, until_us: int) -> int:
    """Return from when on current assessments are replaced.

    Messages are deleted on their day, and what was judged by them stays: judging again begins with
    the first message that is still there.
    """
    if not watched.is_again:
        return view.since_us
    observed_us = view.statement.fixes.observed_us
    return max(view.since_us, int(observed_us[0]) if len(observed_us) else until_us)


def _look_farther(watched: PersonState, config: EvaluationConfig, until_us: int) -> None:
    """Prepare the rules up to a later horizon; the lanes may have other numbers under them."""
    rules = config.rules_of(watched.duty, until_us + HORIZON_US)
    watched.calm = None
    packed = codec.pack(watched.rules, watched.stable)
    live = codec.unpack(rules, packed, watched.stable.fixes)
    watched.checkpoints = Checkpoints(live, watched.checkpoints.waiting)
    watched.rules, watched.horizon_us = rules, until_us + HORIZON_US


def _hear(
    watched: PersonState, device_events: Sequence[HealthReport], until_us: int
) -> MessageEvidence:
    """Return what waited to be judged, and set aside what cannot be used."""
    decoded = stored_messages.evidence_of(
        watched.waiting, device_events, watched.rules.policy, until_us
    )
    watched.waiting, watched.waiting_fixes = [], 0
    cut = watched.stable.checkpoint
    for reason, rows in decoded.unused.items():
        before_us = watched.unused.get(reason, rows.observed_us[:0])
        times_us = np.sort(np.append(before_us, rows.observed_us))
        since_us = MIN_US if cut is None else cut.since_us
        watched.unused[reason] = times_us[np.searchsorted(times_us, since_us) :]
    watched.is_unsigned = watched.is_unsigned or decoded.unsigned
    return decoded


def _state(watched: PersonState) -> EvaluationStateRecord | None:
    """Return what is to be kept to go on from, where it is another than before.

    Before the first cut it is what the person is judged by: it shows the worker that takes them up
    next whether something was changed meanwhile.
    """
    live, rules = watched.stable, watched.rules
    cut_us = None if live.checkpoint is None else live.checkpoint.since_us
    judge = judging_values.judge_name(rules.policy.version)
    basis = watched.duty.digest, judge
    if (cut_us, basis) == (watched.cut_us, watched.basis):
        return None
    watched.cut_us, watched.basis = cut_us, basis
    if live.checkpoint is None:
        before = NO_LONGER if watched.was_settled else NOTHING
        return EvaluationStateRecord(
            watched.duty.digest, before, 0, 0, False, b"", None, {}, watched.health, judge
        )
    return EvaluationStateRecord(
        watched.duty.digest,
        settle.fingerprint(rules, live.checkpoint.since_us),
        int(live.fixes.observed_us[0]),
        watched.sequence,
        watched.is_unsigned,
        zlib.compress(codec.pack(rules, live)),
        zlib.compress(codec.pack_fixes(live.fixes), 1)
        if len(live.fixes) <= FIXES_KEPT_MAX
        else None,
        {reason: times_us.tolist() for reason, times_us in watched.unused.items()},
        watched.health,
        judge,
    )


# --- What follows --------------------------------------------------------------------------------


def _due_us(watched: PersonState, next_us: int | None, until_us: int) -> list[int]:
    """Return when a person is to be judged again though nothing comes."""
    device_us = device_notices.due_us(watched, until_us)
    if device_us is not None:
        next_us = min(device_us, next_us or MAX_US)
    ends_us = to_us(watched.duty.versions[-1].in_force.end)
    if until_us < ends_us:
        # Windows beyond the horizon are not known yet.
        return [min(next_us or MAX_US, watched.horizon_us - HORIZON_US // 2 + 1)]
    return [] if next_us is None else [next_us]


def _asks(watched: PersonState, look: EvaluationResult) -> list[DeviceCommand]:
    """Return what to ask the device that is carried now, where it hears; one burst serves all."""
    until_us = look.view.statement.judgement.until_us
    device = next(
        (
            span.device
            for span in watched.duty.carried
            if span.is_signed and span.start_us <= until_us < span.until_us
        ),
        None,
    )
    if not look.ahead.asks or device is None:
        return []
    last = max(look.ahead.asks, key=lambda ask: ask.span.end)
    key_parts = watched.duty.order, last.condition, last.because.value, str(to_us(last.asked_at))
    burst = FixBurst(round(last.every_s * 1_000.0), to_us(last.span.end))
    key = f"ask {sha256(chr(10).join(key_parts).encode()).hexdigest()[:32]}"
    return [DeviceCommand(key, device, burst, watched.duty.person)]
