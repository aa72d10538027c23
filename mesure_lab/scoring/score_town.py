"""A simulated town read back from its files: the judge and the baselines against its truth.

What `mesure simulate --out FOLDER` wrote is judged just as a replay judges it. The baselines are
rules for circles, so rules are compared on the curfew at home alone.
"""

import hashlib
import json
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.columns.file_faults import FixesError
from mesure.incidents.incident import Incident
from mesure.incidents.incident import IncidentKind as JudgedKind
from mesure.instants import US_PER_S, to_us
from mesure.machine.progress import ProgressStages
from mesure.orders.values.places import Circle
from mesure.record.replay import YEARS, Replay, ReplayRequest, replay
from mesure.reports.text import visible_text
from mesure_lab.ground.town_order import CURFEW, FILE
from mesure_lab.rules import readings
from mesure_lab.rules.readings import Readings
from mesure_lab.rules.score import Breach, ScoredIncident
from mesure_lab.scoring import score_cases
from mesure_lab.scoring.score_rules import OURS
from mesure_lab.simulation import person_judgement, results, sweeps
from mesure_lab.simulation.person_judgement import LEAD_S, PersonJudgement, PlaceBreach
from mesure_lab.simulation.results import PersonOutcome, TownFigures
from mesure_lab.simulation.sweeps import BaselineSetting
from mesure_lab.simulation.truth import BreachTruth

TRUTH: Final = "truth.json"
FIXES: Final = "fixes.csv"
_BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError)


@dataclass(frozen=True, slots=True)
class TownScored:
    """A town by class of device: the judge on all conditions, and every setting on the curfew."""

    seed: int
    policy_version: str
    sha256: str  # Of all files, by person and name.
    report_every_s: int
    classes: Mapping[str, TownFigures]
    curfew: Mapping[str, Mapping[BaselineSetting, TownFigures]]


def is_town(folder: Path) -> bool:
    """Say whether a folder is one that `mesure simulate --out` wrote."""
    try:
        return next(folder.glob(f"*/{TRUTH}"), None) is not None
    except OSError:  # No name of a folder; its reader says so.
        return False


def score(folder: Path, names: Sequence[str], stages: ProgressStages) -> TownScored:
    """Judge everybody in a town, and put every setting of the rules beside it.

    Raises `FixesError` and `OrderError` for files that are not what was written.
    """
    homes = sorted(path.parent for path in folder.glob(f"*/{TRUTH}"))
    settings = [one for name in names for one in _settings(name)]
    digest = hashlib.sha256()
    judgements: dict[DeviceClass, list[PersonJudgement]] = {}
    swept: dict[DeviceClass, dict[BaselineSetting, list[PersonOutcome]]] = {}
    about: dict[str, Any] = {}
    version = ""
    for number, home in enumerate(homes, 1):
        stages.reach(f"judging person {number} of {len(homes)}")
        before, about = about, _truth(home, digest)
        _check_same(home, before, about)
        judged, around, version = _judged(home, about)
        judgements.setdefault(judged.device_class, []).append(judged)
        outcomes = swept.setdefault(judged.device_class, {one: [] for one in settings})
        for setting in settings:
            outcomes[setting].append(_outcome(setting, judged, around))
    return TownScored(
        seed=about["seed"],
        policy_version=version,
        sha256=digest.hexdigest(),
        report_every_s=about["report_every_s"],
        classes={
            kind.value: results.figures([results.outcome(one) for one in mine])
            for kind, mine in sorted(judgements.items())
        },
        curfew={
            kind.value: {one: results.figures(mine) for one, mine in of.items()}
            for kind, of in sorted(swept.items())
        },
    )


def _settings(name: str) -> list[BaselineSetting]:
    return [BaselineSetting(OURS)] if name == OURS else list(sweeps.settings([name]))


def _outcome(setting: BaselineSetting, judged: PersonJudgement, around: Readings) -> PersonOutcome:
    if setting.rule == OURS:
        return results.outcome(judged, CURFEW)
    return sweeps.outcome(setting, judged, around)


def _truth(home: Path, digest: Any) -> dict[str, Any]:  # noqa: ANN401  # A hash, which has no type.
    """Return what truly happened, with the moment of looking in its command."""
    for path in sorted(path for path in home.iterdir() if path.is_file()):
        digest.update(f"{home.name}/{visible_text.visible(path.name)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    try:
        return _understood(json.loads((home / TRUTH).read_text(encoding="utf-8")))
    except (*_BROKEN, RecursionError) as broken:
        what = "it is not as a simulation writes it"
        raise _refused(home, TRUTH, what, "nobody can say what truly happened") from broken


def _understood(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a simulation wrote, its instants and names read; raises one of `_BROKEN`."""
    about: dict[str, Any] = {
        name: visible_text.visible(written[name])
        for name in ("person", "errs_like", "kit", "building")
    }
    about |= {name: operator.index(written[name]) for name in ("seed", "report_every_s")}
    about["until"] = _instant(written["judge_with"].split("--until ")[1])
    about["device_class"] = DeviceClass(written["device_class"])
    about["truth"] = BreachTruth(
        tuple(_breach(about, one) for one in written["breaches"]),
        tuple(_breach(about, one) for one in written["within_the_grace"]),
    )
    return about


def _breach(about: Mapping[str, Any], entry: Mapping[str, str]) -> Breach:
    start_s, end_s = (_instant(entry[key]).timestamp() for key in ("start", "end"))
    if end_s < start_s:
        raise ValueError("a breach ends before it begins")
    kind, condition = visible_text.visible(entry["kind"]), visible_text.visible(entry["condition"])
    return Breach(about["person"], condition, start_s, end_s, kind)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or instant.astimezone(UTC).year not in YEARS:
        raise ValueError("an instant has no offset, or lies in no year that is judged")
    return instant


def _check_same(home: Path, before: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Refuse the persons of two towns in one folder; their figures would mean nothing."""
    if before and any(before[name] != about[name] for name in ("seed", "report_every_s")):
        what = "it is of another town than the person before"
        raise _refused(home, TRUTH, what, "no figure would be of one town")


def _refused(home: Path, name: str, what: str, why: str) -> FixesError:
    where = f"{home.name}/{name}"
    return FixesError(where, what, why, "simulate the town again, into an empty folder")


def _judged(home: Path, about: Mapping[str, Any]) -> tuple[PersonJudgement, Readings, str]:
    """Return what the judge made of a person, what a baseline is given, and the policy."""
    request = ReplayRequest(
        (home / FILE,), (home / FIXES,), until=about["until"], device_class=about["device_class"]
    )
    replay_result = replay(request)
    version = replay_result.rules.versions[0]
    circle = _home(home, replay_result)
    of_place = [one for one in replay_result.incidents if one.kind is not JudgedKind.SILENT]
    until = min(replay_result.until, version.in_force.end)
    days = (to_us(until) - to_us(version.in_force.start)) / US_PER_S / 86_400.0
    if days <= 0.0:
        what = "the moment of looking lies before the order is in force"
        raise _refused(home, TRUTH, what, "there is nothing to score")
    judged = PersonJudgement(
        id=about["person"],
        device_class=about["device_class"],
        platform=about["errs_like"],
        kit=about["kit"],
        building=about["building"],
        radius_m=circle.radius_m,
        days=days,
        truth=about["truth"],
        fixes=len(replay_result.gathered.fixes),
        said=tuple(_said(about["person"], one, replay_result) for one in of_place),
        silences=len(replay_result.incidents) - len(of_place),
        unknown_s=person_judgement.unknown_s(replay_result.statement),
        chances={},
        met_away=person_judgement.false_met(replay_result.statement, about["truth"]),
    )
    return judged, _around(home, replay_result, circle), replay_result.rules.policy.version


def _home(home: Path, replay_result: Replay) -> Circle:
    """Return the circle of the curfew at home, to which rules are held."""
    place = replay_result.rules.versions[0].places.get("home")
    match place.shapes if place else ():
        case [Circle() as circle] if any(
            one.id == CURFEW for one in replay_result.rules.conditions
        ):
            return circle
    what = f"it has no circle called home, or no condition {CURFEW}"
    raise _refused(home, FILE, what, "rules for circles cannot be held to it")


def _said(person: str, incident: Incident, replay_result: Replay) -> PlaceBreach:
    end = replay_result.until if incident.end is None else incident.end
    raised = ScoredIncident(person, incident.condition, to_us(incident.opened_at) / US_PER_S)
    return PlaceBreach(raised, to_us(incident.start) / US_PER_S, to_us(end) / US_PER_S)


def _around(home: Path, replay_result: Replay, circle: Circle) -> Readings:
    """Return what a baseline is given: ingested fixes around the home, at and before night."""
    record = fixes_files.read(FIXES, (home / FIXES).read_bytes())
    fixes = replay_result.gathered.fixes
    around = score_cases.around(record, fixes.row, circle.lat_deg, circle.lon_deg)
    # The ingest may have set a clock right; the record has it as it was.
    whole = replace(
        score_cases.within(around, circle.radius_m), time_s=fixes.observed_us / US_PER_S
    )
    is_near, is_bound = np.zeros(len(whole), np.bool_), np.zeros(len(whole), np.bool_)
    curfew = next(one for one in replay_result.rules.conditions if one.id == CURFEW)
    for window in curfew.windows:
        start_s, end_s = window[0].start_us / US_PER_S, window[-1].end_us / US_PER_S
        is_bound |= (whole.time_s >= start_s) & (whole.time_s < end_s)
        is_near |= (whole.time_s >= start_s - LEAD_S) & (whole.time_s < end_s)
    bound = replace(whole, is_bound=is_bound)
    return readings.with_ingest(bound.take(np.flatnonzero(is_near)))
