"""Write into a page which visits to small places, and returns to small circles, are reported.

    python -m mesure_lab.tables.visit_tables docs/zone_check.md FOLDER

FOLDER is that of the real traces; three minutes' work on one core. A test holds what `check-order`
says of small places (`mesure/evaluation/feasibility/small_zones.py`) to these tables.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from mesure.evaluation.policy import DeviceClass, Policy
from mesure.instants import S_PER_DAY
from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience
from mesure.record.policy_loading import read_policy
from mesure.version import VERSION
from mesure_lab.rules import score
from mesure_lab.scoring import score_rules
from mesure_lab.scoring.score_rules import OURS
from mesure_lab.simulation.simulate_text import seconds
from mesure_lab.tables import score_tables
from mesure_lab.trials import place_visits
from mesure_lab.trials.place_visits import PhoneStay

KEPT_OUT_M: Final = (25.0, 30.0, 40.0, 50.0)
BESIDE_M: Final = (10.0, 30.0, 50.0)
AROUND_M: Final = (30.0, 50.0)
HOME_M: Final = (50.0, 100.0, 200.0)
BESIDE_HOME_M: Final = (10.0, 20.0, 30.0)
REPORTS_MIN: Final = 3  # In the half hour, so that a stay can be judged at all.
AROUND: Final = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))  # East, west, north, south.
NEAR_S: Final = 600.0  # What is said within it of a passing is said of it.
PASSED_M: Final = 50.0
ENTRY_RULES: Final = {
    OURS: "judge",
    "twice": "`d < r` twice",
    "accuracy_twice": "`d + a < r` twice",
}
RETURN_RULES: Final = {
    OURS: "judge",
    "accuracy_once": "`d - a < r` once",
    "point_state": "`d < r` once",
    f"{place_visits.INSIDE}twice": "`d < r` twice",
    f"{place_visits.INSIDE}accuracy_once": "`d + a < r` once",
    f"{place_visits.INSIDE}accuracy_twice": "`d + a < r` twice",
}
WAYS: Final = {
    "clear": "the way there stayed outside",
    "through": "the way there led through the circle",
}


def main(arguments: Sequence[str]) -> None:
    """Write both tables between their marks on the page."""
    page, folder = Path(arguments[0]), Path(arguments[1])
    file, _ = read_policy(None)
    policy = file.at(score_rules.DAY, DeviceClass.PHONE)
    stages = ProgressStages()
    with patience(stages):
        stages.reach("reading the scripted days")
        stays = place_visits.stays(folder, policy)
        text = page.read_text(encoding="utf-8")
        text = score_tables.put(text, "visits", list(_visits(stays, policy, stages)))
        text = score_tables.put(text, "returns", list(_returns(stays, policy, stages)))
    file_writing.write(page, text.encode())


def select_reported_stays(stays: Sequence[PhoneStay]) -> list[PhoneStay]:
    """Return the stays that can be judged at all."""
    return [stay for stay in stays if stay.reported >= REPORTS_MIN]


def entry_delays_s(
    rule: str, stays: Sequence[PhoneStay], radius_m: float, policy: Policy
) -> list[float]:
    """Return how long after its beginning each visit was reported; infinite where it was not."""
    return [
        place_visits.entry_delay_s(
            stay, place_visits.entries(rule, stay, 0.0, 0.0, radius_m, policy), radius_m
        )
        for stay in stays
    ]


def home_s(rule: str, stays: Sequence[PhoneStay], radius_m: float, policy: Policy) -> list[float]:
    """Return how long after each return *outside* ended; infinite where it did not."""
    return [
        place_visits.home_after_s(
            stay, place_visits.absences(rule, stay, radius_m, policy), radius_m
        )
        for stay in stays
    ]


# --- Visits --------------------------------------------------------------------------------------


def _visits(stays: Sequence[PhoneStay], policy: Policy, stages: ProgressStages) -> Iterator[str]:
    reported_stays = select_reported_stays(stays)
    yield _head(stays, reported_stays, policy)
    yield "\n| visits reported, and half of those after | " + _heads(ENTRY_RULES)
    yield "|---|" + "---:|" * len(ENTRY_RULES)
    for radius_m in KEPT_OUT_M:
        stages.reach(f"visits to circles of {radius_m:g} m")
        cells = (
            _told(entry_delays_s(rule, reported_stays, radius_m, policy)) for rule in ENTRY_RULES
        )
        yield f"| circle of {radius_m:g} m | {' | '.join(cells)} |"
    yield "\n| reported, and nobody was in it; ways straight through | " + _heads(ENTRY_RULES)
    yield "|---|" + "---:|" * len(ENTRY_RULES)
    for radius_m in AROUND_M:
        for metres in BESIDE_M:
            stages.reach(f"stays {metres:g} m beside circles of {radius_m:g} m")
            cells = (_beside(rule, stays, radius_m, metres, policy) for rule in ENTRY_RULES)
            yield f"| stay {metres:g} m beside a circle of {radius_m:g} m | {' | '.join(cells)} |"
        for name, off_m in ((f"passing {PASSED_M:g} m off", PASSED_M), ("straight through", None)):
            stages.reach(f"{name}, circles of {radius_m:g} m")
            cells = (_on_the_way(rule, stays, radius_m, off_m, policy) for rule in ENTRY_RULES)
            yield f"| {name}, a circle of {radius_m:g} m | {' | '.join(cells)} |"


def _head(stays: Sequence[PhoneStay], reported_stays: Sequence[PhoneStay], policy: Policy) -> str:
    days = len({stay.unit for stay in stays})
    together_days = math.fsum(stay.until_s - stay.arrival_s for stay in stays) / S_PER_DAY
    return (
        f"Engine {VERSION}, policy {policy.version}. {len(stays)} stays of phones on {days} "
        f"scripted days; in {len(reported_stays)} the phone reported {REPORTS_MIN} times or more "
        "within half an hour of the arrival. Shares of visits are of those, the others of all, "
        f"which last {together_days:.1f} days together."
    )


def _heads(rules: dict[str, str]) -> str:
    return " | ".join(rules.values()) + " |"


def _told(after_s: Sequence[float]) -> str:
    delays_s = [one for one in after_s if math.isfinite(one)]
    return f"{_share(len(delays_s), len(after_s))}, {seconds(score.quantile(delays_s, 0.5))} s"


def _share(count: int, of: int) -> str:
    """Return a share in hundredths with its counts.

    >>> _share(23, 25), _share(2, 160)
    ('92 % (23 of 25)', '1.2 % (2 of 160)')
    """
    hundredths = 100.0 * count / of
    figure = f"{hundredths:.0f}" if hundredths >= 10.0 or not count else f"{hundredths:.1f}"
    return f"{figure} % ({count:,} of {of:,})"


def _beside(
    rule: str, stays: Sequence[PhoneStay], radius_m: float, metres: float, policy: Policy
) -> str:
    off_m = radius_m + metres
    flags = [
        any(
            opening.opened_s >= stay.arrival_s
            for opening in place_visits.entries(
                rule, stay, east * off_m, north * off_m, radius_m, policy
            )
        )
        for stay in stays
        for east, north in AROUND
    ]
    return _share(sum(flags), len(flags))


def _on_the_way(
    rule: str, stays: Sequence[PhoneStay], radius_m: float, metres: float | None, policy: Policy
) -> str:
    """Return the share of circles on the way there, or this far beside it, that were reported."""
    flags = []
    for stay in stays:
        for point in place_visits.points(stay):
            at = point if metres is None else point.beside(radius_m + metres)
            if metres is not None and not stay.passes_clear(at, radius_m + metres):
                continue
            openings = place_visits.entries(rule, stay, at.east_m, at.north_m, radius_m, policy)
            flags.append(any(abs(one.opened_s - at.time_s) < NEAR_S for one in openings))
    return _share(sum(flags), len(flags))


# --- Coming back ---------------------------------------------------------------------------------


def _returns(stays: Sequence[PhoneStay], policy: Policy, stages: ProgressStages) -> Iterator[str]:
    reported_stays = select_reported_stays(stays)
    yield _head(stays, reported_stays, policy)
    yield "\n| *outside* ended after the return: 50 %, 90 %, not within half an hour | " + _heads(
        RETURN_RULES
    )
    yield "|---|" + "---:|" * len(RETURN_RULES)
    for name, mine in ((f"{REPORTS_MIN} reports or more", reported_stays), ("all", list(stays))):
        for radius_m in HOME_M:
            stages.reach(f"returns to circles of {radius_m:g} m")
            cells = (_ended(home_s(rule, mine, radius_m, policy)) for rule in RETURN_RULES)
            yield f"| circle of {radius_m:g} m, {name} | {' | '.join(cells)} |"
    yield "\n| said to be met, and nobody stayed in it; share of the time | " + _heads(WAYS)
    yield "|---|" + "---:|" * len(WAYS)
    for radius_m in HOME_M[:2]:
        for metres in BESIDE_HOME_M:
            stages.reach(f"stays {metres:g} m beside homes of {radius_m:g} m")
            shares = _met_beside(stays, radius_m, metres, policy)
            yield f"| stay {metres:g} m beside a circle of {radius_m:g} m | {' | '.join(shares)} |"


def _met_beside(
    stays: Sequence[PhoneStay], radius_m: float, metres: float, policy: Policy
) -> Iterator[str]:
    """Yield how often *met* was said of a circle beside, for each kind of way that led there."""
    off_m = radius_m + metres
    by_way: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for stay in stays:
        for east, north in AROUND:
            through = stay.nearest_m(east * off_m, north * off_m) <= radius_m
            met_s = place_visits.stay_met_s(stay, east * off_m, north * off_m, radius_m, policy)
            by_way["through" if through else "clear"].append((met_s, stay.until_s - stay.arrival_s))
    for pairs in by_way.values():
        met_s, stayed_s = (math.fsum(column) for column in zip(*pairs, strict=True))
        count = sum(one > 0.0 for one, _ in pairs)
        yield f"{_share(count, len(pairs))}; {100.0 * met_s / stayed_s:.1f} %"


def _ended(after_s: Sequence[float]) -> str:
    half, most = (_in_time(score.quantile(after_s, ratio)) for ratio in (0.5, 0.9))
    missed = sum(math.isinf(one) for one in after_s)
    return f"{half}, {most}, {_share(missed, len(after_s))}"


def _in_time(after_s: float) -> str:
    return "not" if math.isinf(after_s) else f"{seconds(after_s)} s"


if __name__ == "__main__":
    main(sys.argv[1:])
