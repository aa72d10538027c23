"""Device notices: which of a device's own reports are new or changed, and must be written.

It takes what devices sign, and of the apps of a pilot a call: for help, or that something was done
to the device. Notices that are kept can be read back, so that the moments of a day go on being
counted after a restart.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from mesure.actions.judging.judging_values import EvaluationBasis, IncidentRevision
from mesure.actions.records import incident_body
from mesure.formats.stored.stored_messages import HealthReport
from mesure.incidents import device_problems
from mesure.incidents.device_problems import (
    CONDITION,
    DeviceNotice,
    DeviceProblemKind,
    DeviceSignal,
)
from mesure.incidents.words import health_words
from mesure.incidents.words.reader import Reader
from mesure.live.person_state import NoticeState, PersonState
from mesure.machine import texts
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring.interface import Keyring

KINDS: Final = frozenset(kind.value for kind in DeviceProblemKind)


class NoticeBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed of a notice."""

    explanation: dict[str, str]
    notice: DeviceNotice


def notices_of_order(
    reading: ReadTransaction, keyring: Keyring, duty: EvaluationBasis
) -> dict[str, NoticeState]:
    """Return the notices that are kept under an order."""
    notice_by_incident = {}
    for incident in reading.incidents_of(duty.person):
        place = incident.order, incident.condition
        if place == (duty.order, CONDITION) and incident.kind in KINDS:
            body = msgspec.json.decode(incident_body.unseal(keyring, incident), type=NoticeBody)
            notice_by_incident[incident.id] = NoticeState(body.notice, incident.revision)
    return notice_by_incident


def update_notices(
    watched: PersonState, device_events: Iterable[HealthReport], until_us: int
) -> Iterator[IncidentRevision]:
    """Yield what is to be kept of what devices said, and of what lasts; and remember it."""
    duty, policy = watched.duty, watched.rules.policy
    zone = duty.versions[-1].zone
    signs = [DeviceSignal(one.device, one.event, one.received_us) for one in device_events]
    shown = {name for name, state in watched.noticed.items() if state.notice.day is None}
    watched.health, ended = device_problems.hear(
        watched.health, signs, policy, zone, duty.order, shown, watched.spans
    )
    lasting = device_problems.state_notices(
        watched.health, policy, duty.order, until_us, watched.spans, shown
    )
    # Of the moments of a day only the last count matters.
    for notice in {one.id: one for one in (*ended, *lasting)}.values():
        before = watched.noticed.get(notice.id)
        if before is not None and before.notice == notice:
            continue
        revision = 1 if before is None else before.revision + 1
        watched.noticed[notice.id] = NoticeState(notice, revision)
        yield _raised(duty, notice, revision)


def due_us(watched: PersonState, until_us: int) -> int | None:
    """Return when the next state of a device will have lasted long enough; None: none does."""
    return device_problems.due_us(watched.health, watched.rules.policy, until_us, watched.spans)


def _raised(duty: EvaluationBasis, notice: DeviceNotice, revision: int) -> IncidentRevision:
    zone = duty.versions[-1].zone
    explanation = {
        tag: health_words.explain(notice, zone, texts.catalogue(tag), Reader.PERSON)
        for tag in texts.LANGUAGES
    }
    times_us = notice.opened_us, notice.start_us, notice.end_us
    body = msgspec.json.encode(NoticeBody(explanation=explanation, notice=notice))
    return IncidentRevision(
        notice.id, CONDITION, notice.kind.value, *times_us, None, None, revision, body
    )
