"""What the texts of an incident have to tell, worked out from its record in another way.

The rules of rounding are here a second time, as they are promised: down to minutes, days and
hundredths, in favour of the person; distances no finer than a fix can know.
"""

from datetime import datetime, timedelta
from math import exp
from typing import Any

from mesure.evaluation.breakdown.evidence_breakdown import TermSource
from mesure.incidents.contest import ContestAnswer
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.incidents.words.reader import Reader
from tests.web.incident_records import Record
from tests.web.telling import ALMATY, Values
from tests.web.told_words import ANSWERS

DAY = timedelta(days=1)
DUTY = ("curfew", "residence", "exclusion", "appointment")


def wall(instant: datetime) -> datetime:
    """Return an instant on the clock of the order, to the minute."""
    return instant.astimezone(ALMATY).replace(tzinfo=None, second=0, microsecond=0)


def length(seconds: float) -> int:
    """Return minutes as they are told: minutes up to two days, then whole days."""
    minutes = int(seconds) // 60
    return minutes if minutes < 2 * 1440 else minutes // 1440 * 1440


def metres(distance_m: float, part: float = 0.5) -> int | None:
    """Return a distance as it is told; None where it means none. A part counts as a whole."""
    if not distance_m >= 0.5:
        return None
    if distance_m >= 10_000:
        return int(distance_m / 1_000 + part) * 1_000
    return int(distance_m + part) if distance_m < 20 else int(distance_m / 10 + part) * 10


def chance(p: float) -> int:
    """Return how many in 100."""
    return 100 if p > 0.99 else int(p * 100)


def weight(llr: float, kind: IncidentKind, reader: Reader) -> tuple[int, str]:
    """Return how many times likelier, in two digits, and for whom, or on which side."""
    times, side = exp(abs(llr)), "against" if llr > 0 else "for"
    if reader is Reader.OFFICE:
        wrong, right = (
            ("inside", "outside") if kind is IncidentKind.ENTERED else ("outside", "inside")
        )
        side = wrong if llr > 0 else right
    if times > 10_000:
        return 10_001, side
    if times < 2:
        return 1, ""
    step = 10 ** max(0, len(str(int(times))) - 2)
    return int(times) // step * step, side


def of(record: Record, reader: Reader) -> Values:
    """Return every fact that has to be told."""
    values = _incident(record, record.incident, reader) if record.incident else _notice(record)
    end = None if record.end is None else wall(record.end)
    values |= {
        "times": (wall(record.start), end),
        "figure: when": (wall(record.start), end),
        "figure: number": record.id,
        "findings": [
            (
                finding.outcome,
                finding.cause,
                wall(finding.decided_at),
                None if finding.confirmed_at is None else wall(finding.confirmed_at),
                finding.reason,
            )
            for finding in record.findings
        ],
        "says": [(words, _answer(answer)) for words, answer in record.says],
    }
    if record.end is not None:
        values["figure: length"] = length((record.end - record.start).total_seconds())
    return values


def _answer(answer: ContestAnswer | None) -> str:
    if answer is None:
        return ""
    decided, stands, changed, _ = ANSWERS["en"]
    answers: dict[ContestAnswer, str] = {
        ContestAnswer.DECIDED: decided,
        ContestAnswer.STANDS: stands,
        ContestAnswer.CHANGED: changed,
    }
    return answers[answer]


# --- Something about a device --------------------------------------------------------------------


def _notice(record: Record) -> Values:
    notice = record.notice
    assert notice is not None
    opened_at = wall(datetime.fromtimestamp(notice.opened_us / 1e6, ALMATY))
    values: Values = {
        "title": (notice.kind.value, ""),
        "told: device said": notice.kind.value,
        "figure: opened": opened_at,
        "figure: device": notice.device,
        "weights": [],
    }
    if notice.day is not None:
        until = wall(datetime.fromtimestamp((notice.end_us or 0) / 1e6, ALMATY))
        counted: Values = {"told: counted": (notice.count, until), "figure: times": notice.count}
        return values | counted | {"told: in all": length(notice.total_us / 1e6)}
    lasted = -1 if notice.end_us is None else length(notice.total_us / 1e6)
    return values | {"told: began": wall(record.start), "told: lasted": lasted}


# --- A possible breach, or a silence -------------------------------------------------------------


def _incident(record: Record, incident: Incident, reader: Reader) -> Values:
    facts, duty = incident.facts, DUTY.index(incident.facts.duty)
    window = wall(facts.window.start), wall(facts.window.end)
    is_silent = incident.kind is IncidentKind.SILENT
    values: Values = {
        "title": _title(incident),
        f"told: {'silence of' if is_silent else 'possible breach'}": (incident.condition, duty),
        "told: opened": wall(incident.opened_at),
        "figure: opened": wall(incident.opened_at),
        "figure: window": window,
        "weights": _weights(incident, reader),
    }
    if incident.withdrawn_at is not None:
        values["told: withdrawn"] = values["figure: withdrawn"] = wall(incident.withdrawn_at)
    elif incident.end is None and incident.kind is not IncidentKind.MISSED:
        values["told: goes on"] = True
    if (
        incident.end is not None
        and incident.end >= facts.window.end
        and incident.kind is not IncidentKind.MISSED
    ):
        values["told: ended with its time"] = True
    values |= _asked(incident, window) | _left_out(facts)
    if is_silent:
        return values | {"told: told after": length(facts.silence_s)}
    if record.devices:
        values["figure: device"] = ", ".join(record.devices)
    return values | _fixes(incident, reader) | _figures(incident)


def _title(incident: Incident) -> tuple[str, str]:
    if incident.kind is IncidentKind.SILENT:
        return "silent", ""
    if incident.kind is IncidentKind.ABSENT and incident.facts.place == "home":
        return "absent at home", ""
    return incident.kind.value, incident.facts.place


def _seen(incident: Incident) -> tuple[Any, Any]:
    """Return from when to when, as a short window lets it be said: without its date."""
    start, end = wall(incident.start), None if incident.end is None else wall(incident.end)
    if incident.facts.window.end - incident.facts.window.start >= DAY:
        return start, end
    clock = None if end is None else f"{end:%H:%M}"
    return f"{start:%H:%M}", "24:00" if clock == "00:00" else clock


def _asked(incident: Incident, window: tuple[datetime, datetime]) -> Values:
    place, span = incident.facts.place, _seen(incident)
    match incident.kind:
        case IncidentKind.ABSENT:
            return {"told: had to be": (place, window), "told: was away": (place, span)}
        case IncidentKind.LEFT:
            return {"told: had to stay": (place, window), "told: was outside": (place, span)}
        case IncidentKind.ENTERED:
            return {"told: had to keep out": (place, window), "told: was inside": (place, span)}
        case IncidentKind.MISSED:
            facts = incident.facts
            return {
                "told: appointment": (place, window),
                "told: asked to stay": length(facts.present_s_min),
                "told: was there": length(facts.present_s),
            }
    return {"told: applied": window, "told: nothing heard": span}


def _left_out(facts: IncidentFacts) -> Values:
    names = {
        "stale": "stale", "duplicate": "repeated", "future": "from the future",
        "out_of_range": "impossible", "heartbeat": "only alive",
    }  # fmt: skip
    values: Values = {f"told: {names[reason]}": count for reason, count in facts.fixes_unused}
    if facts.absences:
        many = len(facts.absences) > 3
        values["told: absences"] = len(facts.absences) if many else facts.absences
    if facts.unsigned:
        values["told: unsigned"] = True
    return values


def _fixes(incident: Incident, reader: Reader) -> Values:
    facts, side = incident.facts, "inside" if incident.kind is IncidentKind.ENTERED else "outside"
    values: Values = {"told: used": max(facts.fixes_used, 0)}
    if facts.fixes_used:
        values[f"told: alone {side}"] = facts.fixes_on_wrong_side
    if facts.fixes_on_wrong_side:
        distance = metres(facts.distance_max_m)
        if distance is not None:
            values["told: farthest"] = distance
        values["told: radius"] = metres(facts.radius95_median_m, 0.99) or 0
    if incident.kind is not IncidentKind.MISSED:
        values[f"told: chance {side}"] = chance(incident.p_outside_max)
        values |= _counted(incident, reader)
    return values


def _counted(incident: Incident, reader: Reader) -> Values:
    """Return what the strongest terms have to tell, and what is told where none of them does."""
    terms = sorted(incident.account.terms, key=lambda term: -abs(term.llr))
    strongest = [term for term in terms if abs(term.llr) >= 0.7][:3]
    values: Values = {}
    for term in strongest:
        if term.source is TermSource.POSITIONS:
            pieces = int(incident.account.pieces_ratio)
            values["told: together"] = (
                incident.account.wrong_side,
                pieces,
                weight(term.llr, incident.kind, reader),
            )
        else:
            name = {
                TermSource.START: "known before", TermSource.WAY_PATH: "way",
                TermSource.LIMITS: "not counted",
            }[term.source]  # fmt: skip
            values[f"told: {name}"] = weight(term.llr, incident.kind, reader)
    if strongest and reader is Reader.OFFICE:
        values["told: odds"] = weight(sum(term.llr for term in terms), incident.kind, reader)
    if TermSource.WAY_PATH not in {term.source for term in strongest}:
        values["told: moving"] = incident.facts.moving
    if incident.facts.beacon_lost:
        values["told: beacon not heard"] = True
    return values


def _weights(incident: Incident, reader: Reader) -> list[tuple[Any, ...]]:
    sources = list(TermSource)
    terms = incident.account.terms
    if not terms:
        return []
    rows = [
        (
            sources.index(term.source),
            term.fixes,
            weight(term.llr, incident.kind, reader),
            float(f"{term.llr:.2f}"),
        )
        for term in terms
    ]
    whole = sum(term.llr for term in terms)
    return [*rows, (len(sources), 0, weight(whole, incident.kind, reader), float(f"{whole:.2f}"))]


def _figures(incident: Incident) -> Values:
    facts = incident.facts
    values: Values = {
        "figure: used": facts.fixes_used,
        "figure: wrong": facts.fixes_on_wrong_side,
        "figure: independent": length(facts.independent_s),
    }
    if incident.kind is not IncidentKind.MISSED:
        values["figure: chance"] = chance(incident.p_outside_max)
    for name, distance in (
        ("distance", metres(facts.distance_max_m)),
        ("radius", metres(facts.radius95_median_m, 0.99)),
    ):
        if distance is not None:
            values[f"figure: {name}"] = distance
    if incident.evidence:
        values["figure: rows"] = _rows(incident.evidence)
    return values


def _rows(evidence: tuple[int, ...]) -> str:
    return ", ".join(str(row) for row in sorted(evidence))
