"""Device alerts: strap, battery, charging, position, as the device reports them.

None of it is a possible breach of a condition, and none of it says where anybody was. A state that
lasts is an incident of its own. One that clears itself within a moment is reported with the others
of its day, so that a loose contact fills no list, and is never left out. So is, beyond some in a
day, whatever is over when it comes: a device that fails may say a thousand things at once.

A state ends at the latest when the device is handed back. A call is momentary and is reported at
once, by itself: somebody calls for help, a strap was cut.
The apps of a pilot say no more than that; the battery level that they report obliges nobody to act.

Signs are taken in the order of the log, which is the order in which each device said them.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
Decision: docs/decisions/0074-a-flood-of-device-notices-is-counted.md
"""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from mesure.devices.assignment import Spans
from mesure.devices.calls import Call, CallEvent
from mesure.devices.health import PrecisionReport
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind
from mesure.evaluation.policy import Policy
from mesure.instants import MAX_US, US_PER_S, to_datetime

CONDITION: Final = "device"
"""What stands in place of a condition: the duty to keep a device in order."""

CALL: Final = "call"  # Tells the name of a call from that of a state that began then.

PERCENT: Final = 100
HOURS_A_DAY: Final = 24

NEVER_RETURNED: Final[Spans] = {}


class DeviceProblemKind(StrEnum):
    """What is amiss with a device."""

    STRAP = "strap"
    BATTERY = "battery"
    CHARGING = "charging"
    LOCATING = "locating"
    APPROXIMATE = "approximate"
    SWITCHED_OFF = "switched_off"
    HELP = "help"
    TAMPERING = "tampering"
    POWER = "power"


_CALLS: Final = {
    Call.HELP: DeviceProblemKind.HELP,
    Call.TAMPERED: DeviceProblemKind.TAMPERING,
    Call.RUNS_LOW: DeviceProblemKind.BATTERY,
    Call.POWER_CUT: DeviceProblemKind.POWER,
    Call.GOES_OFF: DeviceProblemKind.SWITCHED_OFF,
}


ORDINARY: Final = frozenset({DeviceProblemKind.CHARGING, DeviceProblemKind.APPROXIMATE})
"""A battery may be low for a while, and a position approximate: then nothing is amiss."""

_POWER: Final = (UplinkEventKind.BATTERY, UplinkEventKind.CHARGING)


class DeviceSignal(NamedTuple):
    """One thing a device reported of itself, and when it was received."""

    device: str
    event: UplinkEvent | CallEvent | PrecisionReport
    received_us: int


class LastingState(NamedTuple):
    """A state that lasts."""

    since_us: int
    known_us: int  # When its report was received.


class DayMoments(NamedTuple):
    """What is counted of one day, of one kind."""

    times: int
    total_us: int
    first_us: int
    last_us: int
    known_us: int


@dataclass(frozen=True, slots=True)
class LastDeviceState:
    """The last report of a device."""

    percent: int | None = None
    is_charging: bool = False
    begun: Mapping[DeviceProblemKind, LastingState] = field(default_factory=dict)
    # The last call of each kind.
    called_us: Mapping[DeviceProblemKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceProblemState:
    """What is known of a person's devices, and what is counted of each day."""

    devices: Mapping[str, LastDeviceState] = field(default_factory=dict)
    # By day; calls for help by the hour of their receipt, too.
    moments: Mapping[tuple[str, DeviceProblemKind, int], DayMoments] = field(default_factory=dict)
    # The last day of receipt, and how many it brought that were reported by themselves.
    raised: Mapping[tuple[str, DeviceProblemKind], tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceNotice:
    """Something to report about a device: one state, or what is counted of a day."""

    id: str
    device: str
    kind: DeviceProblemKind
    opened_us: int
    start_us: int
    end_us: int | None  # None: it lasts.
    count: int = 1  # How many are counted; of a state that lasted, one.
    total_us: int = 0
    day: date | None = None  # Of what is counted.


# --- Hearing -------------------------------------------------------------------------------------


def hear(
    health: DeviceProblemState,
    signs: Iterable[DeviceSignal],
    policy: Policy,
    zone: ZoneInfo,
    order: str,
    shown: Container[str] = (),
    carried: Spans = NEVER_RETURNED,
) -> tuple[DeviceProblemState, tuple[DeviceNotice, ...]]:
    """Return what is known after some signs, with every state that ended by them, and calls.

    `shown`: names of states that were reported while they seemed to last. Such a state ends under
    its name, even if its end, which came late, makes it a moment. `carried`: when each device was.
    """
    devices, counts = dict(health.devices), _Counts(health, policy, zone, order)
    ended: list[DeviceNotice] = []
    for sign in signs:
        before = devices.get(sign.device, LastDeviceState())
        event = sign.event
        if isinstance(event, CallEvent):
            devices[sign.device], calls = _called(before, sign, event, policy, order)
            ended += [counts.notice_of(call, sign.received_us) for call in calls]
            continue
        after, begun = _told(before, event), dict(before.begun)
        states = _states(after, event, policy)
        for kind, state in before.begun.items():
            end_us = min(event.observed_us, _returned_us(carried, sign.device, state))
            if states.get(kind) is False or end_us < event.observed_us:
                span = _Span(sign.device, kind, begun.pop(kind), end_us, sign.received_us)
                ended += _ended(span, counts, shown)
        for kind in (kind for kind, holds in states.items() if holds):
            begun.setdefault(kind, LastingState(event.observed_us, sign.received_us))
        devices[sign.device] = replace(after, begun=begun)
    return DeviceProblemState(devices, counts.moments, counts.raised), tuple(ended)


def _called(
    before: LastDeviceState, sign: DeviceSignal, event: CallEvent, policy: Policy, order: str
) -> tuple[LastDeviceState, tuple[DeviceNotice, ...]]:
    """Return what is known after a call, with its notice; one repeated in a moment is the same."""
    kind, at_us = _CALLS[event.call], event.observed_us
    last_us = before.called_us.get(kind)
    known = replace(before, called_us={**before.called_us, kind: max(at_us, last_us or at_us)})
    if last_us is not None and abs(at_us - last_us) < round(policy.device_brief_s * US_PER_S):
        return known, ()
    name = _name(order, sign.device, kind, f"{CALL} {at_us}")
    opened_us = max(at_us, sign.received_us)
    return known, (DeviceNotice(name, sign.device, kind, opened_us, at_us, at_us),)


class _Span(NamedTuple):
    """A state that has ended."""

    device: str
    kind: DeviceProblemKind
    begun: LastingState
    end_us: int
    received_us: int


def _told(device: LastDeviceState, event: UplinkEvent | PrecisionReport) -> LastDeviceState:
    if isinstance(event, PrecisionReport):
        return device
    if event.what is UplinkEventKind.BATTERY:
        return replace(device, percent=int(event.value))
    if event.what is UplinkEventKind.CHARGING:
        return replace(device, is_charging=bool(event.value))
    return device


def _states(
    device: LastDeviceState, event: UplinkEvent | PrecisionReport, policy: Policy
) -> dict[DeviceProblemKind, bool]:
    """Return which states hold, of those that a sign speaks of."""
    if isinstance(event, PrecisionReport):
        return {DeviceProblemKind.APPROXIMATE: event.is_approximate}
    states = {DeviceProblemKind.SWITCHED_OFF: False}  # A device that speaks is on.
    if event.what is UplinkEventKind.STRAP:
        states[DeviceProblemKind.STRAP] = not event.value
    elif event.what is UplinkEventKind.LOCATING:
        states[DeviceProblemKind.LOCATING] = not event.value
    elif event.what is UplinkEventKind.STARTED:
        states[DeviceProblemKind.SWITCHED_OFF] = not event.value
    elif event.what in _POWER and device.percent is not None:
        left_ratio, is_alone = device.percent / PERCENT, not device.is_charging
        states[DeviceProblemKind.BATTERY] = is_alone and left_ratio <= policy.battery_empty_ratio
        states[DeviceProblemKind.CHARGING] = is_alone and left_ratio <= policy.battery_low_ratio
    return states


def _ended(span: _Span, counts: "_Counts", shown: Container[str]) -> Iterator[DeviceNotice]:
    """Yield the notice of a state that has ended; a moment is put with those of its day."""
    policy, end_us = counts.policy, max(span.begun.since_us, span.end_us)
    notice = _lasted(span.device, span.kind, span.begun, end_us, policy, counts.order)
    is_shown, is_brief = notice.id in shown, notice.total_us < _least_us(span.kind, policy)
    if is_shown or not is_brief or span.kind not in ORDINARY:
        yield counts.notice_of(notice, span.received_us, is_shown=is_shown, is_brief=is_brief)


class _Counts:
    """What is counted of each day, while signs are heard."""

    def __init__(
        self, health: DeviceProblemState, policy: Policy, zone: ZoneInfo, order: str
    ) -> None:
        self.moments, self.raised = dict(health.moments), dict(health.raised)
        self.policy, self._zone, self.order = policy, zone, order

    def notice_of(
        self, over: DeviceNotice, came_us: int, *, is_shown: bool = False, is_brief: bool = False
    ) -> DeviceNotice:
        """Return the notice of what is over: its own, or that of all that are counted of its day.

        A moment is counted, and so is what comes beyond the most notices of one day of receipt.
        """
        key, came_at = (over.device, over.kind), to_datetime(came_us).astimezone(self._zone)
        today = came_at.toordinal()
        last_day, count = self.raised.get(key, (today, 0))
        count = count if last_day == today else 0
        if is_shown or not (is_brief or count >= self.policy.device_notices_per_day_max):
            self.raised[key] = today, count + 1
            return over
        start_us, end_us = over.start_us, over.end_us or over.start_us
        day = to_datetime(start_us).astimezone(self._zone).date()
        when, number = day.isoformat(), day.toordinal()
        if over.kind is DeviceProblemKind.HELP:  # Another line each hour: this may be in earnest.
            when, number = f"{when} {came_at.hour}", number * HOURS_A_DAY + came_at.hour
        before = self.moments.get((*key, number), DayMoments(0, 0, start_us, end_us, came_us))
        self.moments[*key, number] = counted = before._replace(
            times=before.times + 1,
            total_us=before.total_us + over.total_us,
            first_us=min(before.first_us, start_us),
            last_us=max(before.last_us, end_us),
        )
        times_us = counted.known_us, counted.first_us, counted.last_us
        name = _name(self.order, *key, when)
        return DeviceNotice(name, *key, *times_us, counted.times, counted.total_us, day)


def _least_us(kind: DeviceProblemKind, policy: Policy) -> int:
    """Return how long a state lasts before it is reported by itself."""
    least_s = {
        DeviceProblemKind.CHARGING: policy.not_charging_s,
        DeviceProblemKind.APPROXIMATE: policy.approximate_s,
    }.get(kind, policy.device_brief_s)
    return round(least_s * US_PER_S)


def is_approximate(health: DeviceProblemState) -> bool:
    """Return whether a device gave only approximate positions last."""
    return any(DeviceProblemKind.APPROXIMATE in one.begun for one in health.devices.values())


# --- Telling -------------------------------------------------------------------------------------


def state_notices(
    health: DeviceProblemState,
    policy: Policy,
    order: str,
    until_us: int,
    carried: Spans = NEVER_RETURNED,
    shown: Container[str] = (),
) -> tuple[DeviceNotice, ...]:
    """Return the notices of all states that last, or did when the device was handed back.

    Long enough to be reported, or they were; `carried` and `shown` are as in `hear`.
    """
    notices = []
    for device, state in sorted(health.devices.items()):
        for kind, begun in sorted(state.begun.items()):
            returned_us = _returned_us(carried, device, begun)
            end_us = None if until_us < returned_us else returned_us
            notice = _lasted(device, kind, begun, end_us, policy, order)
            is_long = begun.since_us + _least_us(kind, policy) <= min(until_us, returned_us)
            if is_long or (notice.id in shown and end_us is not None):
                notices.append(notice)
    return tuple(notices)


def due_us(
    health: DeviceProblemState, policy: Policy, until_us: int, carried: Spans = NEVER_RETURNED
) -> int | None:
    """Return when the next state will have lasted long enough; None: none is under way."""
    moments = (
        at_us
        for device, state in health.devices.items()
        for kind, begun in state.begun.items()
        if (at_us := begun.since_us + _least_us(kind, policy)) > until_us
        and at_us <= _returned_us(carried, device, begun)
    )
    return min(moments, default=None)


def _returned_us(carried: Spans, device: str, begun: LastingState) -> int:
    """Return when a device was handed back by whom it was carried as a state began."""
    spans = carried.get(device, ())
    return next((end for start, end in spans if start <= begun.since_us < end), MAX_US)


def _lasted(
    device: str,
    kind: DeviceProblemKind,
    begun: LastingState,
    end_us: int | None,
    policy: Policy,
    order: str,
) -> DeviceNotice:
    opened_us = max(begun.since_us + _least_us(kind, policy), begun.known_us)
    name = _name(order, device, kind, str(begun.since_us))
    total_us = 0 if end_us is None else end_us - begun.since_us
    return DeviceNotice(name, device, kind, opened_us, begun.since_us, end_us, 1, total_us)


def _name(order: str, device: str, kind: DeviceProblemKind, when: str) -> str:
    words = (order, CONDITION, device, kind.value, when)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
