"""Load a person to be judged: from the stored checkpoint, or from every message."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from mesure.actions.judging import judge_store, judging_values
from mesure.actions.judging.judging_values import EvaluationBasis, EvaluationStateRecord
from mesure.actions.records import incident_body
from mesure.evaluation import rules as rules_
from mesure.evaluation.checkpoint import codec, reevaluate, settle
from mesure.evaluation.checkpoint.codec import UnreadableCheckpointError
from mesure.evaluation.checkpoint.recent import Checkpoints
from mesure.evaluation.policy import DeviceClass, Policy, PolicyFile
from mesure.evaluation.rules import Rules
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.geo.fixes import Fixes
from mesure.incidents import incident_identity
from mesure.incidents.incident_identity import ShownIncident
from mesure.instants import MAX_US, MIN_US, US_PER_DAY, to_datetime
from mesure.live import device_notices, incident_updates
from mesure.live.person_state import IncidentState, PersonState
from mesure.record import incident_words
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring.interface import Keyring
from mesure.store.values.records import LogRecord

HORIZON_US: Final = 8 * US_PER_DAY
"""Rules are prepared so far ahead, and again when half of it has passed."""


@dataclass(frozen=True, slots=True)
class EvaluationConfig:
    """With what everybody is judged."""

    keyring: Keyring
    policy: PolicyFile

    _policies: dict[tuple[date, DeviceClass], Policy] = field(default_factory=dict, compare=False)

    def policy_of(self, duty: EvaluationBasis) -> Policy:
        """Return the thresholds that hold under an order; the same for the same day and class."""
        which = duty.day, duty.device_class
        if which not in self._policies:
            self._policies[which] = self.policy.at(*which)
        return self._policies[which]

    def rules_of(self, duty: EvaluationBasis, horizon_us: int) -> Rules:
        """Return what binds under an order, made ready."""
        return rules_.prepare(duty.versions, self.policy_of(duty), to_datetime(horizon_us))

    def open_messages(self, person: str, logged: Iterable[LogRecord]) -> list[StoredMessage]:
        """Return messages of the log about a person, opened."""
        return open_messages(self.keyring.find_key(person), logged)


def open_messages(key: bytes | None, logged: Iterable[LogRecord]) -> list[StoredMessage]:
    """Return messages about a person, opened by the person's key."""
    return [
        StoredMessage(
            logged_message.place.sequence,
            logged_message.device,
            logged_message.form,
            logged_message.received_us,
            judge_store.unseal_message(key, logged_message),
        )
        for logged_message in logged
    ]


NOTHING: Final = ""
"""In place of what bound before the checkpoint, where nothing is settled yet."""

NO_LONGER: Final = "no longer"
"""The same where something was settled, and is not any more: messages of before may be gone."""


def take_up(
    reading: ReadTransaction,
    config: EvaluationConfig,
    duty: EvaluationBasis,
    now_us: int,
    last: int,
    heard_us: int,
) -> tuple[PersonState, list[StoredMessage]]:
    """Return what is in hand of a person, and what came since; from the checkpoint where possible.

    `last` is the last record of the log to be taken into account, unless more was before: what was
    judged once with a record is not judged again without it. `heard_us` is the first receipt of
    what came since. Where a clock settled more that was ahead of it, or of now, all is judged anew.
    """
    rules = config.rules_of(duty, now_us + HORIZON_US)
    judged = reading.progress_of(duty.person)
    last = max(last, 0 if judged is None else judged.sequence)
    state = judge_store.state_of(reading, config.keyring, duty)
    resumed = None if state is None else _gone_on(reading, config, duty, rules, state, last)
    first_us = min(heard_us, now_us)
    if resumed is None or settle.reaches_behind_cut(rules, resumed[0].stable, first_us):
        watched = PersonState(duty, rules, 0)
        new = messages_of(reading, config, duty, (MIN_US, MAX_US), (0, last))
    else:
        watched, new = resumed
    watched.horizon_us = now_us + HORIZON_US
    judge = judging_values.judge_name(rules.policy.version)
    basis = None if state is None else (state.digest, state.judge)
    watched.was_changed = judged is not None and basis != (duty.digest, judge)
    # Where nothing was settled yet, every message is still there, and all is judged anew.
    watched.was_settled = state is not None and state.before != NOTHING
    watched.is_again = watched.was_settled and watched.stable.checkpoint is None
    watched.basis = None if watched.is_again else basis
    cut = watched.stable.checkpoint
    since_us = MIN_US if cut is None else cut.since_us
    watched.held = dict(_held(reading, config, watched, since_us))
    watched.noticed = device_notices.notices_of_order(reading, config.keyring, duty)
    return watched, new


def _gone_on(
    reading: ReadTransaction,
    config: EvaluationConfig,
    duty: EvaluationBasis,
    rules: Rules,
    state: EvaluationStateRecord,
    last: int,
) -> tuple[PersonState, list[StoredMessage]] | None:
    """Return what goes on from a checkpoint; None where what bound before it has changed."""
    if not state.packed:
        return None
    if state.fixes is None:
        in_hand = fixes_of(reading, config, duty, (state.begin_us, MAX_US), state.sequence)
    else:
        in_hand = codec.unpack_fixes(zlib.decompress(state.fixes))
    try:
        live = codec.unpack(rules, zlib.decompress(state.packed), in_hand)
    except UnreadableCheckpointError:
        return None
    cut = live.checkpoint
    if cut is None or settle.fingerprint(rules, cut.since_us) != state.before:
        return None
    if state.digest != duty.digest:
        span_us = min(reevaluate.reheard_us(rules, cut), state.begin_us), state.begin_us
        before = fixes_of(reading, config, duty, span_us, state.sequence)
        live = reevaluate.reevaluate_late(rules, live, before)
    watched = PersonState(duty, rules, 0, Checkpoints(live), is_unsigned=state.is_unsigned)
    watched.sequence, watched.cut_us = state.sequence, cut.since_us
    watched.health = state.health
    watched.unused = {
        reason: np.array(times_us, np.int64) for reason, times_us in state.unused.items()
    }
    span_us = state.begin_us, MAX_US
    return watched, messages_of(reading, config, duty, span_us, (state.sequence, last))


def fixes_of(
    reading: ReadTransaction,
    config: EvaluationConfig,
    duty: EvaluationBasis,
    span_us: tuple[int, int] = (MIN_US, MAX_US),
    last: int = MAX_US,
) -> Fixes:
    """Return all that is judged of a half-open span, of the messages up to a number in the log."""
    known = messages_of(reading, config, duty, span_us, (0, last))
    decoded_fixes = stored_messages.hear(
        known, duty.spans, duty.classes, config.policy_of(duty), MAX_US
    ).to_judge
    return decoded_fixes.rows(slice(*np.searchsorted(decoded_fixes.observed_us, span_us).tolist()))


def messages_of(
    reading: ReadTransaction,
    config: EvaluationConfig,
    duty: EvaluationBasis,
    span_us: tuple[int, int],
    numbers: tuple[int, int],
) -> list[StoredMessage]:
    """Return the messages of what was carried, with anything in a span, as they came.

    Of those, the ones with a number in the log after the first of these, up to the second.
    """
    after, last = numbers
    classes = duty.classes
    candidates = (
        message
        for message in reading.messages(duty.person, *span_us)
        if after < message.place.sequence <= last and message.device in classes
    )
    return sorted(
        config.open_messages(duty.person, candidates), key=lambda message: message.sequence
    )


def _held(
    reading: ReadTransaction, config: EvaluationConfig, watched: PersonState, since_us: int
) -> Iterator[tuple[str, IncidentState]]:
    """Yield the incidents that may still change."""
    duty = watched.duty
    for incident in reading.incidents_of(duty.person):
        if incident.order == duty.order and incident.kind in incident_updates.KINDS:
            body = incident_words.read(incident_body.unseal(config.keyring, incident))
            shown = ShownIncident(
                incident.id,
                incident.condition,
                incident.kind,
                incident.opened_us,
                incident.start_us,
                incident.end_us,
                body.shown_us,
                incident.withdrawn_us,
            )
            if not incident_identity.is_settled(shown.over_us, watched.rules, since_us):
                yield (
                    incident.id,
                    IncidentState(shown, incident.revision, body.incident, body.shown_us[1]),
                )
