"""The figures of a simulated town: false incidents, delays and misses, for ours and any baseline.

Definitions are those of `score`. Two sorts of incident are told apart from the false ones. A *slip*
speaks of a true time on the wrong side that was within the grace. A *late* one speaks of a true
breach, but was opened more than ten minutes after its end, as when the device was offline: it
counts as false and its breach as missed, and their number is given beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mesure_lab.dice import Dice
from mesure_lab.ground.days import BreachKind
from mesure_lab.rules import score
from mesure_lab.rules.score import Bin, Breach, Delays, Exposure, FalseRate
from mesure_lab.simulation.person_judgement import P_EDGES, Chances, PersonJudgement, PlaceBreach
from mesure_lab.simulation.towns import Town

LONG_S: Final = 900.0  # Breaches longer than this ought not to be missed.
EARLY_S: Final = 300.0
NEAR: Final = BreachKind.NEXT_DOOR_NEAR.value
ALL_BUT_NEAR: Final = "all, but not next door within 1.5 radii"


@dataclass(frozen=True, slots=True)
class PersonOutcome:
    """What became of one person's breaches, and what was raised without one."""

    person: PersonJudgement
    breaches: tuple[Breach, ...]
    delays_s: tuple[float, ...]  # Of each breach; infinite where it was missed.
    duplicates: int
    false: tuple[PlaceBreach, ...]
    late: int  # Of the false ones.
    early: int  # Of the false ones: opened in the five minutes before a breach.
    slips: int


@dataclass(frozen=True, slots=True)
class KindDelays:
    """How soon the breaches of one kind were found, and how many of the long ones were not."""

    kind: str
    delays: Delays
    long: int
    long_missed: int


@dataclass(frozen=True, slots=True)
class TownFigures:
    """The figures of some persons."""

    persons: int
    days: float
    false: FalseRate
    late: int
    early: int
    slips: int
    duplicates: int
    worst_tenth: float
    all_but_near: KindDelays
    kinds: tuple[KindDelays, ...]
    unknown_h_per_day: tuple[tuple[str, float], ...]
    silences_per_day: float


@dataclass(frozen=True, slots=True)
class TownSweep:
    """One setting of a baseline, on the curfews of a town; the parameter is empty as it comes."""

    rule: str
    parameter: str
    value: float
    outcomes: tuple[PersonOutcome, ...]


class AskCounts(NamedTuple):
    """How often the devices of a town were asked, and how many fixes that brought."""

    asks: int
    extra: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """A town as it was judged, person by person."""

    plan: Town
    policy_version: str
    persons: tuple[PersonJudgement, ...]
    swept: tuple[TownSweep, ...] = ()
    ask_counts: AskCounts | None = None  # None: no device was asked.

    def figures(self) -> list[tuple[str, TownFigures]]:
        """Return the figures by class of device."""
        pairs = []
        for kind in self.plan.classes:
            mine = [outcome(one) for one in self.persons if one.device_class is kind]
            if mine:
                pairs.append((kind.value, figures(mine)))
        return pairs


def outcome(person: PersonJudgement, condition: str | None = None) -> PersonOutcome:
    """Match one person's incidents with the breaches, of one condition or of all."""
    breaches = _of(condition, person.truth.breaches)
    slips = _of(condition, person.truth.slips)
    incidents = [one for one in person.said if condition in (None, one.raised.condition)]
    matching = score.match(breaches, [one.raised for one in incidents])
    unmatched = [one for one in incidents if one.raised in matching.false]
    of_slips = [one for one in unmatched if any(_speaks_of(one, slip) for slip in slips)]
    false = tuple(one for one in unmatched if one not in of_slips)
    return PersonOutcome(
        person=person,
        breaches=matching.breaches,
        delays_s=matching.delays_s,
        duplicates=len(matching.duplicates),
        false=false,
        late=sum(any(_is_late(one, breach) for breach in breaches) for one in false),
        early=sum(any(_is_early(one, breach) for breach in breaches) for one in false),
        slips=len(of_slips),
    )


def _of(condition: str | None, breaches: Sequence[Breach]) -> list[Breach]:
    return [breach for breach in breaches if condition in (None, breach.condition)]


def _speaks_of(incident: PlaceBreach, breach: Breach) -> bool:
    same = incident.raised.condition == breach.condition
    until_s = max(incident.end_s, incident.raised.opened_s)
    return same and incident.start_s < breach.end_s + score.EARLY_S and breach.start_s < until_s


def _is_late(incident: PlaceBreach, breach: Breach) -> bool:
    return _speaks_of(incident, breach) and incident.raised.opened_s > breach.end_s


def _is_early(incident: PlaceBreach, breach: Breach) -> bool:
    before_s = breach.start_s - incident.raised.opened_s
    return incident.raised.condition == breach.condition and 0.0 < before_s <= EARLY_S


def figures(outcomes: Sequence[PersonOutcome]) -> TownFigures:
    """Return the figures of some persons; there must be one."""
    pairs = [
        (breach, delay_s)
        for person_outcome in outcomes
        for breach, delay_s in zip(person_outcome.breaches, person_outcome.delays_s, strict=True)
    ]
    days = sum(one.person.days for one in outcomes)
    false = [len(one.false) for one in outcomes]
    return TownFigures(
        persons=len(outcomes),
        days=days,
        false=score.false_rate(exposures(outcomes)),
        late=sum(one.late for one in outcomes),
        early=sum(one.early for one in outcomes),
        slips=sum(one.slips for one in outcomes),
        duplicates=sum(one.duplicates for one in outcomes),
        worst_tenth=score.worst_tenth_share(false),
        all_but_near=_delays(ALL_BUT_NEAR, [pair for pair in pairs if pair[0].kind != NEAR]),
        kinds=tuple(
            _delays(kind.value, mine)
            for kind in BreachKind
            if (mine := [pair for pair in pairs if pair[0].kind == kind.value])
        ),
        unknown_h_per_day=_unknown(outcomes, days),
        silences_per_day=sum(one.person.silences for one in outcomes) / days,
    )


def exposures(outcomes: Iterable[PersonOutcome]) -> list[Exposure]:
    """Return what each person contributes to the rate of false incidents."""
    return [Exposure(len(one.false), one.person.days) for one in outcomes]


def _delays(kind: str, pairs: Sequence[tuple[Breach, float]]) -> KindDelays:
    long = [delay_s for breach, delay_s in pairs if breach.end_s - breach.start_s > LONG_S]
    return KindDelays(
        kind=kind,
        delays=score.delays([delay_s for _, delay_s in pairs]),
        long=len(long),
        long_missed=sum(delay_s == float("inf") for delay_s in long),
    )


def _unknown(outcomes: Sequence[PersonOutcome], days: float) -> tuple[tuple[str, float], ...]:
    total_s: dict[str, float] = {}
    for person_outcome in outcomes:
        for condition, unknown_s in person_outcome.person.unknown_s.items():
            total_s[condition] = total_s.get(condition, 0.0) + unknown_s
    return tuple((name, total_s[name] / 3600.0 / days) for name in sorted(total_s))


def reliability(persons: Sequence[PersonJudgement]) -> dict[str, list[Bin]]:
    """Return, by provider, how the chances of being away from home compare with what was so."""
    bins_by_provider: dict[str, list[Bin]] = {}
    for provider in sorted({name for one in persons for name in one.chances}):
        own = [one.chances[provider] for one in persons if provider in one.chances]
        bins = [_bin(own, number) for number in range(len(P_EDGES) - 1)]
        bins_by_provider[provider] = [one for one in bins if one.count]
    return bins_by_provider


def _bin(chances: Sequence[Chances], number: int) -> Bin:
    count = sum(one.fixes[number] for one in chances)
    return Bin(
        low=P_EDGES[number],
        high=P_EDGES[number + 1],
        count=count,
        p_mean=sum(one.p_total[number] for one in chances) / max(count, 1),
        outside_ratio=sum(one.outside[number] for one in chances) / max(count, 1),
    )


def rate_ratio(
    first: Sequence[Exposure], second: Sequence[Exposure], seed: int = 0
) -> tuple[float, float, float]:
    """Return how many times the rate of the second is that of the first, with a 95 % interval.

    Both are of the same persons in the same order, who are drawn again together.
    """
    pairs = list(zip(first, second, strict=True))
    dice = Dice(seed, "bootstrap of a ratio")
    draws = [
        _ratio([pairs[int(dice.share() * len(pairs))] for _ in pairs]) for _ in range(score.ROUNDS)
    ]
    tail = (1.0 - score.CONFIDENCE) / 2.0
    return _ratio(pairs), score.quantile(draws, tail), score.quantile(draws, 1.0 - tail)


def _ratio(pairs: Sequence[tuple[Exposure, Exposure]]) -> float:
    first, second = (sum(pair[side].false for pair in pairs) for side in (0, 1))
    return second / first if first else float("inf") if second else 1.0
