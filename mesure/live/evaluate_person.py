"""One person under one order, judged again and again: what is in hand, and what comes of it.

Everything here can be lost at any moment: it is read again from the store, and goes on exactly.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np

from mesure.actions.devices.device_commands import Telling
from mesure.actions.judging import judge_store as keeping_
from mesure.actions.judging.judge_store import Duty, Grown, Part, StateKept
from mesure.actions.records import incident_body
from mesure.devices.message.downlink import Burst
from mesure.evaluation import rules as rules_
from mesure.evaluation.checkpoint import codec, recent, settle
from mesure.evaluation.checkpoint import incremental as live_
from mesure.evaluation.checkpoint import skip_check as calm_
from mesure.evaluation.checkpoint.codec import UnreadableError
from mesure.evaluation.checkpoint.incremental import View
from mesure.evaluation.checkpoint.recent import Look, Pair
from mesure.evaluation.checkpoint.skip_check import Calm
from mesure.evaluation.policy import DeviceClass, Policy, PolicyFile
from mesure.evaluation.rules import Rules
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import Heard, Message, Told
from mesure.geo import fixes
from mesure.geo.fixes import Fixes
from mesure.incidents import device_alerts, incident_identity
from mesure.incidents.incident_identity import Shown
from mesure.instants import MAX_US, MIN_US, US_PER_S, to_datetime, to_us
from mesure.live import device_notices, incident_updates
from mesure.live.batch_check import News
from mesure.live.person_state import Held, Watched
from mesure.record import incident_words
from mesure.store.interface.store import Reading
from mesure.store.keyring.interface import Keyring
from mesure.store.values.records import Logged

HORIZON_US: Final = 8 * 86_400 * US_PER_S
"""Rules are prepared so far ahead, and again when half of it has passed."""

MESSAGES_MAX: Final = 60
WAITING_MAX: Final = 1_000
"""So many messages, and fixes, wait to be judged together while nothing changes: some 100 KB."""

FIXES_KEPT_MAX: Final = 12_000
"""Fixes that are kept beside the messages they came in: some 600 KB at most, for a quick start."""


@dataclass(frozen=True, slots=True)
class House:
    """With what everybody is judged."""

    keyring: Keyring
    policy: PolicyFile

    _policies: dict[tuple[date, DeviceClass], Policy] = field(default_factory=dict, compare=False)

    def policy_of(self, duty: Duty) -> Policy:
        """Return the thresholds that hold under an order; the same for the same day and class."""
        which = duty.day, duty.device_class
        if which not in self._policies:
            self._policies[which] = self.policy.at(*which)
        return self._policies[which]

    def rules_of(self, duty: Duty, horizon_us: int) -> Rules:
        """Return what binds under an order, made ready."""
        return rules_.prepare(duty.versions, self.policy_of(duty), to_datetime(horizon_us))

    def opened(self, person: str, logged: Iterable[Logged]) -> list[Message]:
        """Return messages of the log about a person, opened."""
        return opened(self.keyring.known(person), logged)


def opened(key: bytes | None, logged: Iterable[Logged]) -> list[Message]:
    """Return messages about a person, opened by the person's key."""
    return [
        Message(
            logged_message.place.sequence,
            logged_message.device,
            logged_message.form,
            logged_message.received_us,
            keeping_.unsealed(key, logged_message),
        )
        for logged_message in logged
    ]


NOTHING: Final = ""
"""In place of what bound before the cut, where nothing is settled yet."""


# --- Taking up -----------------------------------------------------------------------------------


def take_up(
    reading: Reading, house: House, duty: Duty, now_us: int, last: int
) -> tuple[Watched, list[Message]]:
    """Return what is in hand of a person, and what came since; from the cut, where it can be.

    `last` is the last record of the log to be taken into account, unless more was before: what was
    judged once with a record is not judged again without it.
    """
    rules = house.rules_of(duty, now_us + HORIZON_US)
    judged = reading.judged(duty.person)
    last = max(last, 0 if judged is None else judged.sequence)
    state = keeping_.state_of(reading, house.keyring, duty)
    resumed = None if state is None else _gone_on(reading, house, duty, rules, state, last)
    if resumed is None:
        watched = Watched(duty, rules, 0)
        new = _messages(reading, house, duty, (MIN_US, MAX_US), (0, last))
    else:
        watched, new = resumed
    watched.horizon_us = now_us + HORIZON_US
    watched.was_changed = judged is not None and (state is None or state.digest != duty.digest)
    watched.digest = None if state is None else state.digest
    # Where nothing was settled yet, every message is still there, and all is judged anew.
    watched.was_settled = state is not None and state.before != NOTHING
    watched.is_again = watched.was_settled and resumed is None
    cut = watched.far.cut
    since_us = MIN_US if cut is None else cut.since_us
    watched.held = dict(_held(reading, house, watched, since_us))
    watched.noticed = device_notices.kept(reading, house.keyring, duty)
    return watched, new


def _gone_on(
    reading: Reading, house: House, duty: Duty, rules: Rules, state: StateKept, last: int
) -> tuple[Watched, list[Message]] | None:
    """Return what goes on from a cut; None where what bound before it is no longer the same."""
    if state.before == NOTHING:
        return None
    if state.fixes is None:
        in_hand = _fixes(reading, house, duty, rules, (state.begin_us, MAX_US), state.sequence)
    else:
        in_hand = codec.unpack_fixes(zlib.decompress(state.fixes))
    try:
        live = codec.unpack(rules, zlib.decompress(state.packed), in_hand)
    except UnreadableError:
        return None
    cut = live.cut
    if cut is None or settle.fingerprint(rules, cut.since_us) != state.before:
        return None
    if state.digest != duty.digest:
        span_us = min(live_.reheard_us(rules, cut), state.begin_us), state.begin_us
        before = _fixes(reading, house, duty, rules, span_us, state.sequence)
        live = live_.judged_by(rules, live, before)
    watched = Watched(duty, rules, 0, Pair(live), is_unsigned=state.is_unsigned)
    watched.sequence, watched.cut_us = state.sequence, cut.since_us
    watched.health = state.health
    watched.unused = {
        reason: np.array(times_us, np.int64) for reason, times_us in state.unused.items()
    }
    span_us = state.begin_us, MAX_US
    return watched, _messages(reading, house, duty, span_us, (state.sequence, last))


def _fixes(
    reading: Reading, house: House, duty: Duty, rules: Rules, span_us: tuple[int, int], last: int
) -> Fixes:
    """Return the fixes taken in a half-open span, of the messages up to a number in the log."""
    known = _messages(reading, house, duty, span_us, (0, last))
    decoded_fixes = stored_messages.hear(
        known, duty.spans, duty.classes, rules.policy, MAX_US
    ).fixes
    return decoded_fixes.rows(slice(*np.searchsorted(decoded_fixes.observed_us, span_us).tolist()))


def _messages(
    reading: Reading, house: House, duty: Duty, span_us: tuple[int, int], numbers: tuple[int, int]
) -> list[Message]:
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
    return sorted(house.opened(duty.person, candidates), key=lambda message: message.sequence)


def _held(
    reading: Reading, house: House, watched: Watched, since_us: int
) -> Iterator[tuple[str, Held]]:
    """Yield the incidents that may still change."""
    duty = watched.duty
    for incident in reading.incidents_of(duty.person):
        if incident.order == duty.order and incident.kind in incident_updates.KINDS:
            body = incident_words.read(incident_body.opened(house.keyring, incident))
            shown = Shown(
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
                yield incident.id, Held(shown, incident.revision, body.incident, body.shown_us[1])


# --- Judging -------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What judging a person under one order came to, and what follows."""

    part: Part
    due_us: tuple[int, ...]  # When it is to be judged again though nothing comes.
    tellings: tuple[Telling, ...]
    only_grew: bool = False


def judge(watched: Watched, house: House, news: News, until_us: int) -> Outcome:
    """Judge a person by what was known and what is new, and say what is to be kept of it."""
    calm = news.calm
    if watched.horizon_us - until_us < HORIZON_US // 2:
        _look_farther(watched, house, until_us)
        calm = None
    watched.waiting += news.rows
    watched.waiting_fixes += sum(len(one.rows.row) for one in news.rows)
    watched.sequence = news.sequence
    is_full = len(watched.waiting) > MESSAGES_MAX or watched.waiting_fixes > WAITING_MAX
    watched.calm = None if is_full else calm
    if watched.calm is not None and not news.told:
        return _left_alone(watched, watched.calm, until_us)
    return _judged(watched, news.told, until_us)


def _left_alone(watched: Watched, calm: Calm, until_us: int) -> Outcome:
    """Return that what held at the last look goes on; it is what judging would say."""
    watched.until_us = until_us
    policy, extended_assessments = (
        watched.rules.policy,
        Grown(watched.told, watched.told_us, until_us),
    )
    part = Part(
        watched.duty,
        watched.told_us,
        policy.version,
        watched.is_unsigned,
        extended_assessments,
        (),
        (),
        None,
    )
    due_us = tuple(_due_us(watched, calm.due_us(policy), until_us))
    return Outcome(part, due_us, (), only_grew=True)


def _judged(watched: Watched, device_events: Sequence[Told], until_us: int) -> Outcome:
    """Judge by all that waits."""
    rules, decoded = watched.rules, _hear(watched, device_events, until_us)
    look = recent.advance(rules, watched.pair, decoded.fixes, until_us)
    raised_incidents = incident_updates.told(watched, look, until_us)
    if raised_incidents is None:
        look = recent.far(rules, look.pair, fixes.none(), until_us)
        raised_incidents = incident_updates.told(watched, look, until_us) or ()
    watched.pair, view = look.pair, look.view
    version = rules.policy.version
    watched.told = tuple(
        keeping_.assessment(watched.duty, assessment, version, watched.is_unsigned)
        for assessment in view.assessments
    )
    part = Part(
        watched.duty,
        _since_us(watched, view, until_us),
        version,
        watched.is_unsigned,
        watched.told,
        view.superseded,
        (*raised_incidents, *device_notices.told(watched, decoded.health, until_us)),
        _state(watched),
        watched.was_changed,
    )
    watched.was_changed, watched.is_again = False, False
    watched.until_us = watched.told_us = until_us
    lasts = any(one.shown.over_us is None for one in watched.held.values())
    watched.calm = None if lasts else calm_.begin(rules, look)
    due_us = tuple(_due_us(watched, look.ahead.next_us, until_us))
    return Outcome(part, due_us, tuple(_asks(watched, look)))


def _since_us(watched: Watched, view: View, until_us: int) -> int:
    """Return from when on what stands is replaced.

    Messages go on their day, what was judged by them stays: what is judged again is judged again
    from the first message that is still there.
    """
    if not watched.is_again:
        return view.since_us
    observed_us = view.statement.fixes.observed_us
    return max(view.since_us, int(observed_us[0]) if len(observed_us) else until_us)


def _look_farther(watched: Watched, house: House, until_us: int) -> None:
    """Prepare the rules up to a later horizon; the lanes may have other numbers under them."""
    rules = house.rules_of(watched.duty, until_us + HORIZON_US)
    watched.calm = None
    packed = codec.pack(watched.rules, watched.far)
    live = codec.unpack(rules, packed, watched.far.fixes)
    watched.pair = Pair(live, watched.pair.waiting)
    watched.rules, watched.horizon_us = rules, until_us + HORIZON_US


def _hear(watched: Watched, device_events: Sequence[Told], until_us: int) -> Heard:
    """Return what waited to be heard, and keep beside what cannot be used."""
    decoded = stored_messages.heard(watched.waiting, device_events, watched.rules.policy, until_us)
    watched.waiting, watched.waiting_fixes = [], 0
    cut = watched.far.cut
    for reason, times_us in decoded.unused.items():
        times_us = np.sort(np.append(watched.unused.get(reason, times_us[:0]), times_us))  # noqa: PLW2901
        since_us = MIN_US if cut is None else cut.since_us
        watched.unused[reason] = times_us[np.searchsorted(times_us, since_us) :]
    watched.is_unsigned = watched.is_unsigned or decoded.unsigned
    return decoded


def _state(watched: Watched) -> StateKept | None:
    """Return what is to be kept to go on from, where it is another than before.

    Before the first cut that is by what the person is judged: whoever takes them up knows by it
    whether something was changed meanwhile.
    """
    live, rules = watched.far, watched.rules
    cut_us = None if live.cut is None else live.cut.since_us
    if (cut_us, watched.duty.digest) == (watched.cut_us, watched.digest):
        return None
    if live.cut is None and watched.was_settled:
        return None  # What was kept says that it was: messages of before may be gone.
    watched.cut_us, watched.digest = cut_us, watched.duty.digest
    if live.cut is None:
        return StateKept(watched.duty.digest, NOTHING, 0, 0, False, b"", None, {}, watched.health)
    return StateKept(
        watched.duty.digest,
        settle.fingerprint(rules, live.cut.since_us),
        int(live.fixes.observed_us[0]),
        watched.sequence,
        watched.is_unsigned,
        zlib.compress(codec.pack(rules, live)),
        zlib.compress(codec.pack_fixes(live.fixes), 1)
        if len(live.fixes) <= FIXES_KEPT_MAX
        else None,
        {reason: times_us.tolist() for reason, times_us in watched.unused.items()},
        watched.health,
    )


# --- What follows --------------------------------------------------------------------------------


def _due_us(watched: Watched, next_us: int | None, until_us: int) -> list[int]:
    """Return when a person is to be judged again though nothing comes."""
    device_us = device_alerts.due_us(watched.health, watched.rules.policy, until_us)
    if device_us is not None:
        next_us = min(device_us, next_us or MAX_US)
    ends_us = to_us(watched.duty.versions[-1].in_force.end)
    if until_us < ends_us:
        # Windows beyond the horizon are not known yet.
        return [min(next_us or MAX_US, watched.horizon_us - HORIZON_US // 2 + 1)]
    return [] if next_us is None else [next_us]


def _asks(watched: Watched, look: Look) -> list[Telling]:
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
    burst = Burst(round(last.every_s * 1_000.0), to_us(last.span.end))
    key = f"ask {sha256(chr(10).join(key_parts).encode()).hexdigest()[:32]}"
    return [Telling(key, device, burst, watched.duty.person)]
