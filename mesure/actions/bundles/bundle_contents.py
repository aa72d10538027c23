"""Bundle contents: collect them, and enter in the audit log what was made of them.

Everyone who asks gives a purpose; the officer, the defence and the person get the same content.
While nothing about the incident has changed, later requests get the bytes that the first one
got: the latest receipt and the last entry of the log that it covers are kept with the incident.
Nothing is judged here.
Specification: docs/specs/evidence_bundle.md
Decision: docs/decisions/0036-one-bundle-for-both-sides.md
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from mesure.actions.bundles import (
    bundle_documents,
    bundle_grounds,
    bundle_papers,
    bundle_proofs,
    order_files,
)
from mesure.actions.bundles.bundle_grounds import RUN_UP
from mesure.actions.bundles.bundle_room import BundleRoom
from mesure.actions.framework import case_opening
from mesure.actions.framework.action import ActionContext, action, look
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.actions.records import incident_body
from mesure.actions.records.incident_records import STATEMENT
from mesure.actions.records.record_types import RecordType
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError
from mesure.actions.trails import grounds
from mesure.instants import MICROSECOND, to_us
from mesure.orders.values.span import Span
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE
from mesure.privacy.trail_limits import AROUND_INCIDENT
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncident
from mesure.store.values.records import LogRecord

FOR: Final = frozenset({Purpose.COURT, Purpose.CONTEST, Purpose.DEFENCE, Purpose.OWN_DATA})
AROUND_US: Final = AROUND_INCIDENT // MICROSECOND
RUN_UP_US: Final = RUN_UP // MICROSECOND


class BundleLimits(msgspec.Struct, frozen=True):
    """What a bundle holds: messages of a span, received by then, and so much of the log."""

    from_us: int
    until_us: int
    received_until_us: int
    log_size: int


class BundleRecord(msgspec.Struct, frozen=True):
    """What the last bundle of an incident held, and of which state of the record it was."""

    limits: BundleLimits
    state: str
    sha256: str
    made_at: datetime
    made_by: str


BUNDLE: Final = RecordType("bundle", BundleRecord)


class BundleContent(msgspec.Struct, frozen=True):
    """The files of a content that come from the store, and what the manifest says of them."""

    person: str
    order: str
    incident: str
    limits: BundleLimits
    state: str
    files: dict[str, bytes]


class EnterBundle(msgspec.Struct, frozen=True):
    """What was made of what was collected: by its hash, and the papers beside it by theirs."""

    incident: str
    limits: BundleLimits
    state: str
    sha256: str
    readable: dict[str, str] = {}


@look("bundle.make", CASEWORK | OWN_SIDE)
def make(doing: ActionContext, request: IncidentRequest) -> BundleContent:
    """Collect the evidence of an incident, for a court, a contest or the defence."""
    if doing.purpose not in FOR:
        raise NotAllowedError(AccessRefusal.PURPOSE)
    incident = case_opening.open_incident(doing, request.incident)
    duties = judge_store.duties(doing.work, doing.context.keyring, incident.person)
    duty = next((one for one in duties if one.order == incident.order), None)
    if duty is None:
        raise ActionConflictError(ActionRefusal.NOT_HERE)
    attached = BundleRoom()
    documents = bundle_documents.collect_documents(doing, incident, attached)
    order = order_files.files(doing.work, doing.rows, doing.context.keyring, duty)
    numbers = [version.number for version in order_files.read_manifest(order).versions]
    papers = bundle_papers.collect_papers(doing, incident, numbers, attached)
    files = {
        **order,
        "devices.json": _json(_devices(doing.work, duty)),
        "incident.json": _json(_incident(doing, incident)),
        "review.json": _json({**_review(doing, incident), "documents": documents, **papers}),
        **attached.files,
    }
    state = sha256(_json({path: sha256(data).hexdigest() for path, data in files.items()}))
    around = grounds.around(doing, incident)
    limits = _limits(doing, incident, around, state.hexdigest())
    messages = _messages(doing.work, duty, limits)
    if _shows_more(messages, around):
        bundle_grounds.need(doing, incident)
    files["messages.jsonl"] = b"".join(_message_line(doing, one) for one in messages)
    files["assessments.jsonl"] = b"".join(_assessments(doing.work, duty, limits))
    files |= bundle_proofs.files(doing.work, incident.person, limits.from_us, limits.log_size)
    doing.note(log_size=limits.log_size)
    return BundleContent(
        incident.person, incident.order, incident.id, limits, state.hexdigest(), files
    )


@action("bundle.made", CASEWORK | OWN_SIDE)
def enter_bundle(doing: ActionContext, request: EnterBundle) -> None:
    """Enter the hash of a bundle that was made, so that the log can show that it was."""
    incident = case_opening.open_incident(doing, request.incident)
    bundle = doing.rows.get(BUNDLE, incident.id)
    value = BundleRecord(
        request.limits, request.state, request.sha256, doing.now, doing.actor.account
    )
    if bundle is None:
        doing.rows.add(BUNDLE, incident.id, value, incident.person)
    elif bundle.value.sha256 != request.sha256:
        doing.rows.change(bundle, value)
    doing.note(bundle=request.sha256, readable=request.readable)


def _limits(
    doing: ActionContext, incident: StoredIncident, around: Span, state: str
) -> BundleLimits:
    """Return what a bundle holds: as the last one of the same state, or as things are now."""
    bundle = doing.rows.get(BUNDLE, incident.id)
    if bundle is not None and bundle.value.state == state:
        return bundle.value.limits
    checkpoint = doing.work.checkpoint()
    return BundleLimits(
        incident.start_us - RUN_UP_US,
        to_us(around.end),
        to_us(doing.now),
        0 if checkpoint is None else checkpoint.size,
    )


def _json(value: object) -> bytes:
    """Return a value in the one way in which a bundle writes it, ended by a line feed."""
    plain = msgspec.json.encode(value, order="deterministic")
    return msgspec.json.format(plain, indent=1) + b"\n"


def _line(value: object) -> bytes:
    return msgspec.json.encode(value, order="deterministic") + b"\n"


# --- What each file says -----------------------------------------------------------------------


def _devices(reading: ReadTransaction, duty: EvaluationBasis) -> list[dict[str, Any]]:
    """Return the devices that were carried under the order: their class, their keys, and when."""
    enrolled = reading.enrolments()
    devices = []
    for device, spans in sorted(duty.spans.items()):
        keys = enrolled[device].keys if device in enrolled else ()
        devices.append(
            {
                "device": device,
                "class": duty.classes[device].value,
                "is_judged_by": duty.classes[device] is duty.device_class,
                "carried": [list(span) for span in spans],
                "keys": [
                    {"public_key": key.public_key.hex(), "first": key.first, "last": key.last}
                    for key in keys
                ],
            }
        )
    return devices


def _incident(doing: ActionContext, incident: StoredIncident) -> dict[str, Any]:
    """Return the incident as it was explained: in four languages, with its facts."""
    body = incident_body.unseal(doing.context.keyring, incident)
    return {
        "id": incident.id,
        "person": incident.person,
        "order": incident.order,
        "condition": incident.condition,
        "kind": incident.kind,
        "opened_us": incident.opened_us,
        "start_us": incident.start_us,
        "end_us": incident.end_us,
        "withdrawn_us": incident.withdrawn_us,
        "revision": incident.revision,
        "told": msgspec.Raw(body),
    }


def _review(doing: ActionContext, incident: StoredIncident) -> dict[str, Any]:
    """Return what was decided, what the person said, and what was contested."""
    of = ("incident", incident.id)
    return {
        "review": contests.review_of(doing.rows, incident.id),
        "statements": [kept.value for kept in doing.rows.find(STATEMENT, *of)],
        "contests": [kept.value for kept in contests.contests_of(doing.rows, incident.id)],
    }


def _messages(
    reading: ReadTransaction, duty: EvaluationBasis, limits: BundleLimits
) -> list[LogRecord]:
    """Return the messages of what was carried, by their place in the log."""
    candidates = reading.messages(duty.person, limits.from_us, limits.until_us)
    received = (one for one in candidates if one.received_us < limits.received_until_us)
    messages = [message for message in received if message.device in duty.classes]
    return sorted(messages, key=lambda message: message.place.sequence)


def _shows_more(messages: list[LogRecord], window: Span) -> bool:
    """Tell whether messages have anything that lies outside of what the incident shows."""
    start_us, end_us = to_us(window.start), to_us(window.end)
    return any(one.share.first_us < start_us or one.share.last_us > end_us for one in messages)


def _message_line(doing: ActionContext, message: LogRecord) -> bytes:
    """Return a message as it came."""
    return _line(
        {
            "sequence": message.place.sequence,
            "device": message.device,
            "counter": message.counter,
            "form": message.form,
            "received_us": message.received_us,
            "digest": message.digest.hex(),
            "body": b64encode(judge_store.open_message(doing.context.keyring, message)).decode(),
        }
    )


def _assessments(
    reading: ReadTransaction, duty: EvaluationBasis, limits: BundleLimits
) -> Iterator[bytes]:
    """Yield what the order said about the time of the incident, as the service said it."""
    begin_us = limits.from_us + RUN_UP_US - AROUND_US
    for assessment in reading.assessments(duty.person, begin_us, limits.until_us):
        if assessment.order == duty.order:
            yield _line(
                {
                    "condition": assessment.condition,
                    "status": assessment.status,
                    "start_us": assessment.start_us,
                    "end_us": assessment.end_us,
                    "order_version_sha256": assessment.order_version_sha256.hex(),
                    "policy_version": assessment.policy_version,
                    "engine_version": assessment.engine_version,
                }
            )
