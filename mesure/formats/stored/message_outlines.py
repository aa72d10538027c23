"""Message outlines: what a kept message says of a device, and whether it can be used: no place.

For the officer who sets a device up, and must see that it is received. A message is read by the
judge's own code, so that what is said to be usable is what the judge would use.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
import numpy as np

from mesure.devices import signed_form
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.columns.file_rows import NO_TIME, UnusedReason
from mesure.formats.stored import stored_messages, stored_trails
from mesure.formats.stored.device_reports import DeviceReportKind
from mesure.formats.stored.stored_messages import MessageEvidence
from mesure.formats.stored.trail_fix import TrailMessage
from mesure.geo.fixes import Provider
from mesure.instants import MAX_US, MIN_US, US_PER_S, to_datetime, to_datetime_or_none

USABLE = "usable"


class MessageOutline(msgspec.Struct, frozen=True):
    """A kept message in outline; a message of several fixes is reports by its latest."""

    received_at: datetime
    observed_at: datetime | None  # By the device's clock; None: nothing in it has a time.
    fixes: int  # How many of its fixes can be used.
    verdict: str  # `USABLE`, or why nothing in it can be used: a word of `UnusedReason`.
    provider: str | None = None  # None: there is no usable fix in it.
    radius95_m: float | None = None  # None: the device did not say.
    battery_percent: int | None = None
    is_charging: bool | None = None
    is_signed: bool = False
    ahead_s: float = 0.0  # By so much the device's clock was ahead of the receipt; 0: it was not.


def outlines(
    pieces: Sequence[TrailMessage], device_class: DeviceClass, policy: Policy
) -> Iterator[MessageOutline]:
    """Yield messages in outline, by the thresholds of a day and class."""
    for piece in pieces:
        yield _outline(piece, device_class, policy)


def _outline(piece: TrailMessage, device_class: DeviceClass, policy: Policy) -> MessageOutline:
    message = stored_trails.message_of(piece)
    carried, classes = {piece.device: ((MIN_US, MAX_US),)}, {piece.device: device_class}
    evidence = stored_messages.hear([message], carried, classes, policy, MAX_US)
    reports = {one.told: one.value for one in stored_trails.device_reports([piece])}
    charging = reports.get(DeviceReportKind.CHARGING)
    observed_us = _observed_us(evidence)
    ahead_us = signed_form.ahead_us(piece.form)
    if observed_us is not None and not ahead_us:
        ahead_us = max(observed_us - piece.received_us, 0)
    return MessageOutline(
        received_at=to_datetime(piece.received_us),
        observed_at=to_datetime_or_none(observed_us),
        fixes=len(evidence.fixes),
        verdict=_verdict(evidence),
        provider=_provider(evidence),
        radius95_m=_radius95_m(evidence),
        battery_percent=reports.get(DeviceReportKind.BATTERY),
        is_charging=None if charging is None else bool(charging),
        is_signed=signed_form.is_signed(piece.form),
        ahead_s=ahead_us / US_PER_S,
    )


def _observed_us(evidence: MessageEvidence) -> int | None:
    rests_us = evidence.rest_claims.observed_us
    unused = (rows.observed_us for rows in evidence.unused.values())
    times = [evidence.fixes.observed_us, rests_us, *unused]
    latest = [int(some.max()) for some in times if len(some)]
    latest += [one.event.observed_us for one in evidence.health]
    return max((time_us for time_us in latest if time_us != NO_TIME), default=None)


def _verdict(evidence: MessageEvidence) -> str:
    """Return the first reason in the order in which the judge asks; a sign of life is none."""
    if len(evidence.fixes):
        return USABLE
    words = [reason.word for reason in UnusedReason if reason.word in evidence.unused]
    return words[0] if words else UnusedReason.HEARTBEAT.word


def _provider(evidence: MessageEvidence) -> str | None:
    fixes = evidence.fixes
    return Provider(int(fixes.provider[-1])).name.lower() if len(fixes) else None


def _radius95_m(evidence: MessageEvidence) -> float | None:
    radius95_m = float(evidence.fixes.radius95_m[-1]) if len(evidence.fixes) else np.nan
    return None if np.isnan(radius95_m) else radius95_m
