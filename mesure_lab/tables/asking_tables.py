"""Write into its page what asking for fixes gains in simulated towns.

    python -m mesure_lab.tables.asking_tables PAGE [KIND ...]

Each kind of device is a few minutes' work on one core; without a name all are made. Every row is
of the same persons, lives and errors; only what the device reports differs.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.machine.progress import ProgressStages, patience
from mesure.record.policy_loading import read_policy
from mesure_lab.dice import Dice
from mesure_lab.ground.town_order import CURFEW
from mesure_lab.rules import score
from mesure_lab.simulation import fix_answers, person_judgement, results
from mesure_lab.simulation.fix_answers import AskingRun
from mesure_lab.simulation.results import PersonOutcome
from mesure_lab.simulation.simulate_text import rate, seconds
from mesure_lab.simulation.towns import Town
from mesure_lab.tables import town_tables

SEED: Final = 20261126  # A town on which nothing was tuned.
PLAN: Final = Town(SEED, persons=90)
INTERVALS_S: Final = (60, 300)
ROUNDS: Final = 400  # Of the bootstrap of each figure.
MISSED_S: Final = float("inf")


@dataclass(frozen=True, slots=True)
class AskingRow:
    """A town, asked or not."""

    name: str
    outcomes: tuple[PersonOutcome, ...]
    answered: tuple[AskingRun, ...]


def main(arguments: Sequence[str]) -> None:
    """Write the tables of the kinds asked for between their marks on the page."""
    page, names = Path(arguments[0]), arguments[1:]
    stages, policy = ProgressStages(), read_policy(None)[0]
    with patience(stages):
        for kind in DeviceClass:
            if not names or kind.value in names:
                text = "\n".join(section(replace(PLAN, classes=(kind,)), policy, stages))
                town_tables.put(page, f"asking {kind.value}", text)


def section(plan: Town, policy: PolicyFile, stages: ProgressStages) -> Iterator[str]:
    """Yield the table of one kind of device: never silent and as silent as real ones."""
    yield f"Judged by policy {policy.version}, town {plan.seed}, {plan.persons} persons."
    for awake, silences in ((True, "never silent"), (False, "with silences")):
        yield f"\n| {silences} | {_HEADS}"
        yield "|---|" + "---|" * 7
        for every_s in INTERVALS_S:
            town = replace(plan, awake=awake, interval_s=every_s)
            rows = [_row(town, policy, is_asked, stages) for is_asked in (False, True)]
            yield from (_shown(row) for row in rows)
            yield _gained(*rows)


_HEADS: Final = (
    "false a person-day | delay 50 % | 95 % | missed | unknown at night, h a day |"
    " asks a day | extra fixes a day |"
)


def _row(plan: Town, policy: PolicyFile, is_asked: bool, stages: ProgressStages) -> AskingRow:
    answered, outcomes = [], []
    for number, asking_run in enumerate(fix_answers.people(plan, policy, is_asked=is_asked), 1):
        stages.reach(f"asking person {number} of {plan.persons}, every {plan.interval_s} s")
        fixes = person_judgement.ingest_person(plan, asking_run.person, policy)
        outcomes.append(
            results.outcome(person_judgement.judge(plan, asking_run.person, fixes, policy))
        )
        answered.append(asking_run)
    name = f"a report every {plan.interval_s} s, {'asked' if is_asked else 'not asked'}"
    return AskingRow(name, tuple(outcomes), tuple(answered))


def _shown(row: AskingRow) -> str:
    figures = results.figures(row.outcomes)
    asks = sum(one.asks for one in row.answered) / figures.days
    extra = sum(one.extra for one in row.answered) / figures.days
    cells = (
        row.name,
        rate(figures.false),
        _with_interval(row.outcomes, _median_s, _s),
        _with_interval(row.outcomes, _p95_s, _s),
        f"{figures.all_but_near.delays.missed} of {figures.all_but_near.delays.count}",
        _with_interval(row.outcomes, _unknown_h, "{:.3f}".format),
        f"{asks:.2f}",
        f"{extra:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _gained(without: AskingRow, with_asking: AskingRow) -> str:
    """Return how the asked town differs from the other, persons drawn again together."""
    pairs = tuple(zip(without.outcomes, with_asking.outcomes, strict=True))
    ratio, low, high = results.rate_ratio(
        results.exposures(without.outcomes), results.exposures(with_asking.outcomes)
    )
    cells = (
        "difference",
        f"times {ratio:.2f} [{low:.2f}, {high:.2f}]",
        _difference(pairs, _median_s, _signed_s),
        _difference(pairs, _p95_s, _signed_s),
        "",
        _difference(pairs, _unknown_h, "{:+.3f}".format),
        "",
        "",
    )
    return f"| {' | '.join(cells)} |"


# --- Figures and their intervals -----------------------------------------------------------------

Figure = Callable[[Sequence[PersonOutcome]], float]
Write = Callable[[float], str]


def _delays_s(outcomes: Sequence[PersonOutcome]) -> list[float]:
    """Return the delays of all breaches but those next door within 1.5 radii."""
    return [
        delay_s
        for outcome in outcomes
        for breach, delay_s in zip(outcome.breaches, outcome.delays_s, strict=True)
        if breach.kind != results.NEAR
    ]


def _median_s(outcomes: Sequence[PersonOutcome]) -> float:
    return score.quantile(_delays_s(outcomes) or [MISSED_S], 0.5)


def _p95_s(outcomes: Sequence[PersonOutcome]) -> float:
    return score.quantile(_delays_s(outcomes) or [MISSED_S], 0.95)


def _unknown_h(outcomes: Sequence[PersonOutcome]) -> float:
    days = sum(one.person.days for one in outcomes)
    return sum(one.person.unknown_s[CURFEW] for one in outcomes) / 3600.0 / days


def _with_interval(outcomes: Sequence[PersonOutcome], figure: Figure, write: Write) -> str:
    draws = [figure([outcomes[row] for row in rows]) for rows in _drawn(len(outcomes))]
    return _range(figure(outcomes), draws, write)


def _difference(
    pairs: Sequence[tuple[PersonOutcome, PersonOutcome]], figure: Figure, write: Write
) -> str:
    def differs(rows: Sequence[int]) -> float:
        before, after = (figure([pairs[row][side] for row in rows]) for side in (0, 1))
        return 0.0 if after == before else after - before

    draws = [differs(rows) for rows in _drawn(len(pairs))]
    return _range(differs(range(len(pairs))), draws, write)


def _drawn(count: int) -> Iterator[list[int]]:
    """Yield persons drawn again, the same for every figure."""
    dice = Dice(SEED, "bootstrap of asking")
    for _ in range(ROUNDS):
        yield [int(dice.share() * count) for _ in range(count)]


def _range(value: float, draws: Sequence[float], write: Write) -> str:
    tail = (1.0 - score.CONFIDENCE) / 2.0
    low, high = (score.quantile(draws, ratio) for ratio in (tail, 1.0 - tail))
    return f"{write(value)} [{write(low)}, {write(high)}]"


def _s(value_s: float) -> str:
    return f"{seconds(value_s)} s" if value_s < MISSED_S else "never"


def _signed_s(value_s: float) -> str:
    if abs(value_s) < MISSED_S:
        return f"{value_s:+.0f} s"
    return "from never" if value_s < 0.0 else "to never"


if __name__ == "__main__":
    main(sys.argv[1:])
