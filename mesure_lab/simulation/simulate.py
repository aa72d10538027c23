"""Simulate a town, judge everybody in it, and say how well that went.

What `mesure simulate` does. The same seed gives the same bytes, in what is printed and in what is
written, and each person's files can be judged again with `mesure replay`.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mesure.evaluation.policy import PolicyFile
from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages
from mesure.record.policy_loading import read_policy
from mesure_lab.carrying import received
from mesure_lab.ground.town_order import FILE
from mesure_lab.rules.score import Breach
from mesure_lab.simulation import fix_answers, person_judgement, simulate_text, sweeps, towns
from mesure_lab.simulation.person_judgement import PersonJudgement
from mesure_lab.simulation.results import AskCounts, PersonOutcome, Simulation, TownSweep
from mesure_lab.simulation.sweeps import BaselineSetting
from mesure_lab.simulation.towns import Town, TownPerson


def report(
    plan: Town, form: str, out: Path | None, stages: ProgressStages, *, is_asked: bool = False
) -> str:
    """Simulate and judge a town, write its files below `out` if given, and return "text" or "json".

    Raises `ValueError`, with a sentence, for an impossible town.
    """
    simulation = simulate(plan, out=out, stages=stages, is_asked=is_asked)
    return simulate_text.to_json(simulation) if form == "json" else simulate_text.text(simulation)


def simulate(
    plan: Town,
    *,
    out: Path | None = None,
    baselines: Sequence[str] = (),
    stages: ProgressStages | None = None,
    policy: PolicyFile | None = None,
    is_asked: bool = False,
) -> Simulation:
    """Simulate a town person by person and judge each, with the baselines named if any.

    Where it `is_asked`, a device answers when the judge is in doubt.
    """
    towns.check(plan)
    stages = stages or ProgressStages()
    policy = policy or read_policy(None)[0]
    persons: list[PersonJudgement] = []
    swept: dict[BaselineSetting, list[PersonOutcome]] = {
        setting: [] for setting in sweeps.settings(baselines)
    }
    ask_counts = AskCounts(0, 0)
    for number, (person, asks, extra) in enumerate(_people(plan, policy, is_asked), 1):
        ask_counts = AskCounts(ask_counts.asks + asks, ask_counts.extra + extra)
        stages.reach(f"judging person {number} of {plan.persons}")
        fixes = person_judgement.ingest_person(plan, person, policy)
        judged = person_judgement.judge(plan, person, fixes, policy)
        persons.append(judged)
        if swept:
            around = person_judgement.curfew_readings(plan, person, fixes)
            for setting, outcomes in swept.items():
                outcomes.append(sweeps.outcome(setting, judged, around))
        if out is not None:
            _write(out / person.id, plan, person)
    return Simulation(
        plan,
        policy.version,
        tuple(persons),
        tuple(TownSweep(*setting, tuple(outcomes)) for setting, outcomes in swept.items()),
        ask_counts if is_asked else None,
    )


def _people(
    plan: Town, policy: PolicyFile, is_asked: bool
) -> Iterator[tuple[TownPerson, int, int]]:
    """Yield the persons with how often each was asked, and how many fixes that brought."""
    if not is_asked:
        yield from ((person, 0, 0) for person in towns.people(plan))
        return
    for person, asks, extra, _ in fix_answers.people(plan, policy):
        yield person, asks, extra


# --- Files ---------------------------------------------------------------------------------------


def _write(folder: Path, plan: Town, person: TownPerson) -> None:
    """Write what one person's order says, what the device reported, and what truly happened."""
    file_writing.make_folder(folder)
    file_writing.write(folder / FILE, person.order_text.encode())
    file_writing.write(folder / "fixes.csv", received.csv(person.received_reports))
    file_writing.write(folder / "truth.json", _truth(plan, person))


def _truth(plan: Town, person: TownPerson) -> bytes:
    document = {
        "about": "What really happened. The judge is never shown this.",
        "seed": plan.seed,
        "person": person.id,
        "device_class": person.device_class.value,
        "errs_like": person.platform,
        "kit": person.kit.value,
        "building": person.building.value,
        "report_every_s": plan.interval_s,
        "judge_with": f"mesure replay --order {FILE} --fixes fixes.csv"
        f" --device-class {person.device_class.value} --until {_utc(plan.end_s)}",
        "breaches": [_breach(one) for one in person.truth.breaches],
        "within_the_grace": [_breach(one) for one in person.truth.slips],
    }
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def _breach(breach: Breach) -> dict[str, str]:
    return {
        "condition": breach.condition,
        "start": _utc(breach.start_s),
        "end": _utc(breach.end_s),
        "kind": breach.kind,
    }


def _utc(instant_s: float) -> str:
    return datetime.fromtimestamp(instant_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
