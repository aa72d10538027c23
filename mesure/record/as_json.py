"""A replay as JSON: one object, keys sorted; the same input gives the same bytes.

The fields and their meaning: docs/specs/replay_output.md.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

from mesure.evaluation.assessment import Assessment, SupersededAssessment
from mesure.evaluation.breakdown.evidence_breakdown import Term
from mesure.evaluation.fix_requests import FixRequest
from mesure.formats.columns.file_rows import FileNotes
from mesure.incidents.incident import LLR_DIGITS, Incident
from mesure.incidents.words.reader import Reader
from mesure.instants import to_datetime
from mesure.record import report
from mesure.record.replay import Replay
from mesure.version import VERSION

Object = dict[str, Any]

P_DIGITS = 6


def to_json(replay: Replay) -> str:
    """Return the replay as readable JSON, and a line feed."""
    return "".join(pieces(replay))


def pieces(replay: Replay) -> Iterator[str]:
    """Yield the same text piece by piece: whole, that of ten years may fill the memory."""
    opening = "{"
    for key, value in sorted(_members(replay).items()):
        yield f'{opening}\n "{key}": '
        yield from _list(value) if isinstance(value, Iterator) else (_text(value, 1),)
        opening = ","
    yield "\n}\n"


def _list(items: Iterator[Object]) -> Iterator[str]:
    opening = "["
    for item in items:
        yield f"{opening}\n  {_text(item, 2)}"
        opening = ","
    yield "[]" if opening == "[" else "\n ]"


def _text(value: object, depth: int) -> str:
    """Return what `json.dumps` makes of a plain value, keys sorted, a space for each level.

    The library takes twice as long: with an indent it works in Python, character by character.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    line = "\n" + " " * (depth + 1)
    if isinstance(value, dict) and value:
        members = (f"{encode_basestring(k)}: {_text(value[k], depth + 1)}" for k in sorted(value))
        return f"{{{line}{f',{line}'.join(members)}{line[:-1]}}}"
    if isinstance(value, list) and value:
        return f"[{line}{f',{line}'.join([_text(each, depth + 1) for each in value])}{line[:-1]}]"
    is_plain = type(value) is int or (type(value) is float and isfinite(value))
    return repr(value) if is_plain else json.dumps(value)


def to_object(replay: Replay) -> Object:
    """Return the replay as plain values."""
    return {
        key: list(value) if isinstance(value, Iterator) else value
        for key, value in _members(replay).items()
    }


def _members(replay: Replay) -> Object:
    """Return the replay as plain values; what may be long, one after the other."""
    return _where_any(replay) | {
        "engine_version": VERSION,
        "policy_version": replay.rules.policy.version,
        "tzdata_version": replay.tzdata_version,
        "unsigned": replay.unsigned,
        "order": replay.rules.versions[0].order,
        "person": replay.rules.versions[0].person,
        "until": instant(replay.until),
        "inputs_sha256": {
            "order": list(replay.hashes.orders),
            "fixes": list(replay.hashes.fixes),
            "policy": replay.hashes.policy,
        },
        "fixes": {
            "read": replay.gathered.read,
            "used": len(replay.gathered.fixes),
            "kept_unused": dict(replay.gathered.kept_unused),
            "clock_corrected": len(replay.gathered.clock_corrected_row),
            **_rest_claims(replay),
        },
        "assessments": (_assessment(one) for one in replay.statement.assessments),
        "superseded": (_superseded(one) for one in replay.statement.superseded),
        "ask_for_fixes": (_ask(one) for one in replay.statement.ask_for_fixes),
        "incidents": (_incident(replay, one) for one in replay.incidents),
    }


def _where_any(replay: Replay) -> Object:
    """Return what is to be said of files, and of a device that said that it lay still.

    A bundle's messages come from no files.
    """
    notes, gathered = replay.gathered.notes, replay.gathered
    still = (
        {"start": instant(to_datetime(start_us)), "end": instant(to_datetime(end_us))}
        for start_us, end_us in gathered.still_us
    )
    of_files = {"files": [_file(one) for one in notes]} if notes else {}
    return of_files | ({"lay_still": list(still)} if len(gathered.rest_claims) else {})


def _rest_claims(replay: Replay) -> Object:
    """Return how many rows are signs of a device that lies still, or no longer; 0 is not said."""
    count = len(replay.gathered.rest_claims)
    return {"rest_claims": count} if count else {}


def _file(notes: FileNotes) -> Object:
    return {
        "file": notes.file,
        "columns_unread": list(notes.unread),
        "has_accuracy": notes.has_accuracy,
        "device_events": [
            {
                "device": device_event.device,
                "kind": device_event.kind,
                "at": None
                if device_event.at_us is None
                else instant(to_datetime(device_event.at_us)),
                "said": device_event.said,
            }
            for device_event in notes.events
        ],
    }


def instant(moment: datetime) -> str:
    """Return an instant in RFC 3339, in UTC, with as many digits of a second as it has.

    >>> instant(datetime(2026, 2, 12, 18, 16, 0, 500_000, tzinfo=UTC))
    '2026-02-12T18:16:00.5Z'
    """
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _assessment(assessment: Assessment) -> Object:
    return {
        "condition": assessment.condition,
        "status": assessment.status.value,
        "start": instant(assessment.span.start),
        "end": instant(assessment.span.end),
    }


def _superseded(superseded: SupersededAssessment) -> Object:
    stood = {
        "stood_from": instant(superseded.stood_from),
        "stood_until": instant(superseded.stood_until),
    }
    return _assessment(superseded.assessment) | stood


def _ask(ask: FixRequest) -> Object:
    return {
        "condition": ask.condition,
        "because": ask.because.value,
        "start": instant(ask.span.start),
        "end": instant(ask.span.end),
        "asked_at": instant(ask.asked_at),
        "every_s": ask.every_s,
    }


def _incident(replay: Replay, incident: Incident) -> Object:
    document: Object = {
        "id": incident.id,
        "condition": incident.condition,
        "kind": incident.kind.value,
        "opened_at": instant(incident.opened_at),
        "start": instant(incident.start),
        "end": None if incident.end is None else instant(incident.end),
        "p_outside_max": round(incident.p_outside_max, P_DIGITS),
        "explanation": dict(report.explanations(replay, incident, Reader.PERSON)),
        "evidence": list(incident.evidence),
        "evidence_decided": _decided(incident),
        "evidence_llr": _weights(incident),
        "evidence_terms": [_term(term) for term in incident.account.terms],
    }
    if incident.withdrawn_at is not None:
        document["withdrawn_at"] = instant(incident.withdrawn_at)
        document["withdrawn_because"] = "late_evidence"
    return document


def _term(term: Term) -> Object:
    return {"term": term.source.value, "llr": round(term.llr, LLR_DIGITS), "fixes": term.fixes}


def _decided(incident: Incident) -> Object | None:
    """Return when the fixes were taken that decided; None for a silence."""
    if not incident.account.terms:
        return None
    first, last = (instant(to_datetime(at_us)) for at_us in incident.account.taken_us)
    return {"first_fix": first, "last_fix": last}


def _weights(incident: Incident) -> list[float]:
    """Return what each row of the evidence brought; nothing for a silence."""
    return [round(weighed.llr, LLR_DIGITS) for weighed in incident.account.weighed]
