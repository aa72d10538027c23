"""Stored trails: what kept messages hold of a trail, as a permitted look shows it.

Fixes and rest claims as the judge reads them, and what devices said of themselves beside them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from mesure.devices import signed_form
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat, UplinkEventKind
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.apps import app_message, message_pieces
from mesure.formats.stored import assemble_fixes, reduced_messages, stored_messages
from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage, TrailRest
from mesure.geo.fixes import POSITION, SINCE_FIX, Fixes, Provider
from mesure.instants import MAX_US, MIN_US, US_PER_S, to_datetime


def trail(
    pieces: Sequence[TrailMessage], classes: Mapping[str, DeviceClass], policy: Policy
) -> Iterator[TrailFix | TrailRest]:
    """Yield the fixes and rest claims of kept messages, for those who may look at them."""
    carried = {one.device: ((MIN_US, MAX_US),) for one in pieces}
    rows = stored_messages.hear([*map(message_of, pieces)], carried, classes, policy, MAX_US)
    by_sequence = {one.sequence: one for one in pieces}
    yield from _fixes(rows.fixes, by_sequence, classes)
    yield from _rest_claims(rows.rest_claims, by_sequence, classes)


def _fixes(
    fixes: Fixes, by_sequence: Mapping[int, TrailMessage], classes: Mapping[str, DeviceClass]
) -> Iterator[TrailFix]:
    for at in range(len(fixes)):
        row = int(fixes.row[at])
        piece = by_sequence[stored_messages.place(row)[0]]
        radius95_m, beacon = float(fixes.radius95_m[at]), int(fixes.beacon[at])
        speed_mps, moving = float(fixes.speed_mps[at]), int(fixes.motion[at])
        yield TrailFix(
            piece.device,
            to_datetime(int(fixes.observed_us[at])),
            to_datetime(int(fixes.received_us[at])),
            float(fixes.lat_deg[at]),
            float(fixes.lon_deg[at]),
            None if np.isnan(radius95_m) else radius95_m,
            Provider(int(fixes.provider[at])).name.lower(),
            signed_form.is_signed(piece.form),
            None if beacon < 0 else bool(beacon),
            None if np.isnan(speed_mps) else speed_mps,
            None if moving < 0 else bool(moving),
            row,
            signed_form.ahead_us(piece.form) / US_PER_S,
            classes[piece.device].value,
        )


def _rest_claims(
    claims: Fixes, by_sequence: Mapping[int, TrailMessage], classes: Mapping[str, DeviceClass]
) -> Iterator[TrailRest]:
    for at in range(len(claims)):
        row = int(claims.row[at])
        piece = by_sequence[stored_messages.place(row)[0]]
        yield TrailRest(
            piece.device,
            to_datetime(int(claims.observed_us[at])),
            to_datetime(int(claims.received_us[at])),
            int(claims.rest_us[at]),
            signed_form.is_signed(piece.form),
            row,
            signed_form.ahead_us(piece.form) / US_PER_S,
            classes[piece.device].value,
        )


def message_of(piece: TrailMessage) -> StoredMessage:
    """Return a message of a trail as it was kept, opened."""
    return StoredMessage(piece.sequence, piece.device, piece.form, piece.received_us, piece.body)


# --- How devices were, beside it -----------------------------------------------------------------

_SHOWN: Final = {
    UplinkEventKind.BATTERY: DeviceReportKind.BATTERY,
    UplinkEventKind.CHARGING: DeviceReportKind.CHARGING,
    UplinkEventKind.STRAP: DeviceReportKind.STRAP,
}


_IN_WORDS: Final = frozenset({app_message.AppEventKind.WARNING, app_message.AppEventKind.STATUS})
"""Signs whose words are shown: names of the person's own regions are nobody else's."""


def device_reports(pieces: Sequence[TrailMessage]) -> Iterator[DeviceReport]:
    """Yield what kept messages say of battery, charger, strap and rest, in their order."""
    for message in map(message_of, pieces):
        if signed_form.is_signed(message.form):
            yield from _of_device(message)
        elif message.form != reduced_messages.FORM:
            yield from _of_pilot(message)


def _of_device(message: StoredMessage) -> Iterator[DeviceReport]:
    uplink = stored_messages.uplink_of(message)
    yield from _rest(message, uplink)
    for event in stored_messages.device_events(message, uplink):
        what = _SHOWN.get(event.what)
        if what is not None:
            yield DeviceReport(
                message.device, to_datetime(event.observed_us), what, int(event.value)
            )


def _rest(message: StoredMessage, uplink: UplinkMessage) -> Iterator[DeviceReport]:
    """Yield that a device says that it lies still, or that it moves."""
    beat = uplink.what
    if isinstance(beat, Heartbeat) and beat.claims_rest:
        at_us = uplink.sent_us - signed_form.ahead_us(message.form)
        still_us = beat.still_since_us
        still_s = -1 if still_us is None else max(uplink.sent_us - still_us, 0) // US_PER_S
        what = DeviceReportKind.STILL
        yield DeviceReport(message.device, to_datetime(at_us), what, still_s)


def _of_pilot(stored_message: StoredMessage) -> Iterator[DeviceReport]:
    app_messages = message_pieces.read(stored_message.form, stored_message.body)
    for state in app_message.health_events(app_messages, stored_message.received_us):
        what = _SHOWN.get(state.what)
        if what is not None:
            at = to_datetime(state.observed_us)
            yield DeviceReport(stored_message.device, at, what, int(state.value))
    for message in app_messages:
        if message.rest_us != POSITION:
            at = to_datetime(message.observed_us or stored_message.received_us)
            value = 0 if message.rest_us == SINCE_FIX else -1
            what = DeviceReportKind.STILL
            yield DeviceReport(stored_message.device, at, what, value)
        for event in message.events:
            at_us = event.observed_us or message.observed_us or stored_message.received_us
            at_us = int(assemble_fixes.correct_rollover(at_us, stored_message.received_us))
            words = ", ".join(word for _, word in event.said) if event.sign in _IN_WORDS else ""
            what = DeviceReportKind(event.sign.value)
            yield DeviceReport(stored_message.device, to_datetime(at_us), what, 1, words)
