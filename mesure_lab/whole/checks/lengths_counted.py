"""Lengths counted: how long it took to raise, to answer and to look, worked out here once more."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import incident_counts
from mesure.actions.records.incident_records import REVIEW
from mesure.incidents.finding import Review
from mesure.instants import US_PER_S, to_us
from mesure.reports.statistics.incident_counting import STEPS_S, Breakdown
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.world import World

YEAR_LETTERS = 4  # Of a year as it is written; of a quarter there are more.
INCIDENTS = "SELECT id, person, start_us, opened_us FROM incident"


@invariant("lengths_are_counted", "docs/requirements.md, R35")
def lengths_are_counted(world: World) -> Iterator[str]:
    """Yield where statistics count other lengths of time than those of incidents and findings."""
    there = {name: Counter[int]() for name in ("delay", "answer", "look")}
    with world.read_register() as rows:
        for name, person, start_us, opened_us in world.machine.rows(INCIDENTS):
            if person in world.names:
                there["delay"][_step(opened_us - start_us)] += 1
                review = rows.get(REVIEW, name)
                if review is not None and review.value.found_at is not None:
                    there["answer"][_step(to_us(review.value.found_at) - opened_us)] += 1
                    there["look"].update(map(_step, _looked_us(review.value)))
    context = world.machine.context(PROGRAM)
    table, _ = incident_counts.count_incidents(context, world.swarm.first_day.year)
    for name, expected in there.items():
        counted = Counter[int]()
        for period, breakdowns in table.items():
            if len(period) == YEAR_LETTERS:
                for cell in breakdowns.get(Breakdown.ALL, {}).values():
                    counted.update(dict(enumerate(getattr(cell, name).counts)))
        if +counted != expected:
            yield f"{name}: {dict(expected)} lengths by step, and {dict(+counted)} are counted"


def _step(length_us: int) -> int:
    return bisect_left(STEPS_S, length_us / US_PER_S)


def _looked_us(review: Review) -> Iterator[int]:
    """Yield how long the first to decide had the evidence before them, if they did."""
    first = next(iter((*review.former, *filter(None, [review.finding]))))
    sightings = [one.at for one in review.seen if one.by == first.decided_by]
    yield from (to_us(first.decided_at) - to_us(at) for at in sightings[:1])
