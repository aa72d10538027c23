"""The baselines on simulated curfews, at every setting that `peers` names for them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mesure_lab.ground.town_order import CURFEW
from mesure_lab.rules.peers import BASELINES
from mesure_lab.rules.readings import Readings
from mesure_lab.simulation import person_judgement, results
from mesure_lab.simulation.person_judgement import PersonJudgement
from mesure_lab.simulation.results import PersonOutcome


class BaselineSetting(NamedTuple):
    """A baseline with one of its parameters changed; with none, the parameter is empty."""

    rule: str
    parameter: str = ""
    value: float = 0.0


def settings(names: Sequence[str]) -> Iterator[BaselineSetting]:
    """Yield each baseline as it comes, and at every other value of the parameter to sweep."""
    for name in names:
        yield BaselineSetting(name)
        sweep = BASELINES[name].sweep
        if sweep is not None:
            parameter, values = sweep
            usual = BASELINES[name].parameters.get(parameter)
            yield from (
                BaselineSetting(name, parameter, value) for value in values if value != usual
            )


def outcome(setting: BaselineSetting, person: PersonJudgement, around: Readings) -> PersonOutcome:
    """Return what a baseline makes of one person's curfews."""
    changed = {setting.parameter: setting.value} if setting.parameter else {}
    openings = BASELINES[setting.rule].openings(around, **changed)
    incidents = person_judgement.openings_said(person.id, openings)
    return results.outcome(replace(person, said=incidents, silences=0), CURFEW)
