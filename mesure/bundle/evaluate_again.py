"""Evaluate a bundle again: its maker and its checkers run this, and nothing else.

The result is a function of the files: the same files give the same bytes on every machine.
Specification: docs/specs/evidence_bundle.md
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from mesure import instants
from mesure.actions.bundles import order_files
from mesure.bundle import forms as bundle_forms
from mesure.bundle.forms import DeviceLine, IncidentFile, MessageLine
from mesure.evaluation import pipeline
from mesure.evaluation import policy as policy_
from mesure.evaluation import rules as rules_
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.stored import stored_messages
from mesure.formats.stored.assemble_fixes import AssembledFixes
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.geo.fixes import POSITION, Fixes, Provider
from mesure.incidents import raising
from mesure.incidents.incident import Incident
from mesure.instants import US_PER_S, to_datetime
from mesure.machine import timezones
from mesure.orders.model.order import OrderVersion
from mesure.record import as_json
from mesure.record.policy_loading import read_policy
from mesure.record.replay import InputHashes, Replay

POLICY: Final = "policy.yaml"
PROGRAMME_POLICY: Final = "programme_policy.yaml"
MESSAGES: Final = "messages.jsonl"
DEVICES: Final = "devices.json"
INCIDENT: Final = "incident.json"
REVIEW: Final = "review.json"
ASSESSMENTS: Final = "assessments.jsonl"
JUDGEMENT: Final = "judgement.json"
FIXES: Final = "fixes.csv"
HOURS_US: Final = 2 * 3_600 * US_PER_S  # Said about before the incident, and kept about it.

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class BundleSpan:
    """Up to when a bundle is judged, and by what had been received then."""

    until_us: int
    received_until_us: int


@dataclass(frozen=True, slots=True)
class BundleEvaluation:
    """A bundle that was judged: the files that come of it, and the value they were written from."""

    files: dict[str, bytes]
    replay: Replay
    incident: Incident | None  # The one that the bundle is about; None: it was not raised.


def messages(files: Files) -> list[MessageLine]:
    """Return the messages of a bundle."""
    return bundle_forms.read_lines(MESSAGES, files[MESSAGES], MessageLine)


def devices(files: Files) -> list[DeviceLine]:
    """Return the devices of a bundle."""
    device_lines: list[DeviceLine] = bundle_forms.read(DEVICES, files[DEVICES], list[DeviceLine])
    return device_lines


def incident(files: Files) -> IncidentFile:
    """Return the incident that a bundle is about, as it was explained."""
    incident_file: IncidentFile = bundle_forms.read(INCIDENT, files[INCIDENT], IncidentFile)
    return incident_file


def judge(files: Files, span: BundleSpan) -> BundleEvaluation:
    """Return what judging the files of a bundle comes to."""
    timezones.pin()
    versions = order_files.put_together(dict(files))
    known = devices(files)
    device_class = next(line.device_class for line in known if line.is_judged_by)
    policy = _policy(files, versions, DeviceClass(device_class))
    gathered, is_unsigned = _gathered(files, known, policy, span)
    rules = rules_.prepare(versions, policy, to_datetime(span.until_us))
    statement = pipeline.replay(rules, gathered.to_judge, span.until_us)
    unused = {reason: rows.observed_us for reason, rows in gathered.unused.items()}
    incidents = raising.incidents(rules, statement, unused, unsigned=is_unsigned)
    incident_file = incident(files)
    about = _about(incidents, incident_file, to_datetime(span.until_us))
    replay = Replay(
        rules,
        gathered,
        statement,
        () if about is None else (about,),
        _hashes(files, versions),
        to_datetime(span.until_us),
        is_unsigned,
    )
    written = {JUDGEMENT: _judgement(replay, incident_file), FIXES: _table(gathered)}
    return BundleEvaluation(written, replay, about)


def _policy(files: Files, versions: Sequence[OrderVersion], device_class: DeviceClass) -> Policy:
    """Return the thresholds that held.

    Some were in code once, so that an earlier bundle does not have them. What they were then is in
    the file of this program: a past value is never changed.
    """
    policy_file = policy_.read(POLICY, files[POLICY], read_policy(None)[0])
    if PROGRAMME_POLICY in files:
        policy_file = policy_.read(PROGRAMME_POLICY, files[PROGRAMME_POLICY], policy_file)
    first = versions[0]
    return policy_file.at(first.in_force.start.astimezone(first.zone).date(), device_class)


def _hashes(files: Files, versions: Sequence[OrderVersion]) -> InputHashes:
    policies = files[POLICY] + files.get(PROGRAMME_POLICY, b"")
    return InputHashes(
        tuple(one.sha256 for one in versions),
        (hashlib.sha256(files[MESSAGES]).hexdigest(),),
        hashlib.sha256(policies).hexdigest(),
    )


def _about(
    incidents: Sequence[Incident], incident_file: IncidentFile, until: datetime
) -> Incident | None:
    """Return the incident that the bundle is about; None where judging again does not raise it.

    Late evidence may have moved its beginning, and with it its name: of several, it is first the
    one of that name, and then the one that shares most time with it.
    """
    candidates = [(_likeness(one, incident_file, until), one) for one in incidents]
    about = [(likeness, one) for likeness, one in candidates if likeness is not None]
    return max(about, key=lambda each: each[0])[1] if about else None


def _likeness(
    incident: Incident, incident_file: IncidentFile, until: datetime
) -> tuple[bool, bool, int] | None:
    """Return how well an incident fits the kept one; None where it is another one.

    A withdrawn incident is no current one, unless it has the same name.
    """
    if (incident.condition, incident.kind.value) != (incident_file.condition, incident_file.kind):
        return None
    withdrawn_us = incident_file.withdrawn_us
    ends = (incident_file.end_us, withdrawn_us, instants.to_us(until))
    over_us = next(end_us for end_us in ends if end_us is not None)
    first_us = max(instants.to_us(incident.start), incident_file.start_us)
    shared_us = min(instants.to_us(incident.over_at(until)), over_us) - first_us
    is_alike = (incident.withdrawn_at is None) == (withdrawn_us is None)
    is_named = incident.id == incident_file.id
    is_same = is_named or (is_alike and shared_us > 0)
    return (is_alike, is_named, shared_us) if is_same else None


# --- What was received -------------------------------------------------------------------------


def _gathered(
    files: Files, known: Sequence[DeviceLine], policy: Policy, span: BundleSpan
) -> tuple[AssembledFixes, bool]:
    """Return the fixes of all messages, by class of device as the service reads them."""
    carried = {one.device: one.carried for one in known}
    classes = {one.device: DeviceClass(one.device_class) for one in known}
    device_messages = [
        StoredMessage(line.sequence, line.device, line.form, line.received_us, line.data)
        for line in messages(files)
    ]
    until_us = span.received_until_us
    heard = stored_messages.hear(device_messages, carried, classes, policy, until_us)
    gathered = AssembledFixes(
        heard.fixes, heard.rest_claims, heard.unused, None, np.empty(0, np.int64)
    )
    return gathered, heard.unsigned


# --- What is written ---------------------------------------------------------------------------


def first_instant(data: bytes) -> datetime:
    """Return when what judging says begins to be reported; earlier days are only to begin with."""
    incident_file: IncidentFile = bundle_forms.read(INCIDENT, data, IncidentFile)
    return to_datetime(incident_file.start_us - HOURS_US)


def _judgement(replay: Replay, incident_file: IncidentFile) -> bytes:
    """Return what is said about the time of the incident; earlier days are only to begin with."""
    document = as_json.to_object(replay)
    begin = as_json.instant(to_datetime(incident_file.start_us - HOURS_US))
    for name in ("assessments", "superseded"):
        document[name] = [one for one in document[name] if one["end"] > begin]
    document["ask_for_fixes"] = []
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
    return text.encode() + b"\n"


HEAD: Final = (
    "sequence", "row", "used", "observed", "received", "lat_deg", "lon_deg", "radius95_m",
    "speed_mps", "motion", "beacon", "provider",
)  # fmt: skip
STILL_SINCE: Final = "still_since"
"""One column more, where a device said that it lay still; such a row has no place."""


def _table(gathered: AssembledFixes) -> bytes:
    """Return every fix, used or not and why not, by its place in the messages."""
    lines = sorted(
        [
            *_rows("used", gathered.fixes),
            *_rows("used", gathered.rest_claims),
            *(line for reason, rows in gathered.unused.items() for line in _rows(reason, rows)),
        ]
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    width = len(HEAD) + (len(gathered.rest_claims) > 0)
    writer.writerow([*HEAD, STILL_SINCE][:width])
    writer.writerows([*line[:2], *line[2]][:width] for line in lines)
    return out.getvalue().encode()


def _rows(word: str, rows: Fixes) -> Iterator[tuple[int, int, list[str]]]:
    numbers = (rows.lat_deg, rows.lon_deg, rows.radius95_m, rows.speed_mps)
    for at in range(len(rows)):
        sequence, row = stored_messages.place(int(rows.row[at]))
        times = (int(rows.observed_us[at]), int(rows.received_us[at]))
        values = [
            word,
            *(str(one) for one in times),
            *("" if one[at] != one[at] else repr(float(one[at])) for one in numbers),
            *("" if one[at] < 0 else str(int(one[at])) for one in (rows.motion, rows.beacon)),
            Provider(int(rows.provider[at])).name.lower(),
            "" if rows.rest_us[at] == POSITION else str(int(rows.rest_us[at])),
        ]
        yield sequence, row, values
