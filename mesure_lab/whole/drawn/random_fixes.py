"""Random fixes: a way to a place, where it is reported, and a stay there, as devices report it."""

from random import Random
from typing import Final

from mesure.geo.fixes import NOT_KNOWN, Provider
from mesure_lab.whole.drawn.scenery import Fix, H, M, S

EVERY_S: Final = (60, 60, 180, 300, 600, 900, 1_740, 1_801, 3_600)
LASTS_US: Final = (10 * M, 29 * M, 31 * M, H, 3 * H, 4 * H + M, 8 * H, 14 * H)
FIXES_OF_PIECE: Final = 6


def with_masts(reports: list[Fix], dice: Random) -> list[Fix]:
    """Return what a phone tells that says by turns what is good, and what masts say."""
    off_m, after_us = dice.choice((10.0, 630.0, 4_000.0)), dice.choice((5, 30, 601)) * S
    masts = [
        fix._replace(
            observed_us=fix.observed_us + after_us,
            east_m=fix.east_m + off_m,
            radius95_m=dice.choice((400.0, 1_000.0)),
            provider=Provider.CELL,
        )
        for fix in reports
    ]
    return sorted([*reports, *masts])


def way_and_stay(dice: Random, at_us: int, from_m: float, east_m: float) -> tuple[list[Fix], int]:
    """Return the way to a place, where it is reported, and a stay there, with its end."""
    fix = Fix(
        0, 0, east_m,
        radius95_m=dice.choice((5.0, 15.0, 15.0, 15.0, 60.0, 400.0, float("nan"))),
        motion=dice.choice((NOT_KNOWN, NOT_KNOWN, 0, 1)),
        beacon=dice.choice((NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, 0, 1)) if east_m < 60 else NOT_KNOWN,
        provider=dice.choice((Provider.GNSS, Provider.GNSS, Provider.WIFI, Provider.CELL)),
    )  # fmt: skip
    fixes: list[Fix] = []
    steps = min(int(abs(east_m - from_m) / 150.0), 12) if dice.random() < 0.4 else 0
    for step in range(1, steps + 1):
        at_us += M
        way_m = from_m + (east_m - from_m) * step / (steps + 1)
        fixes.append(fix._replace(observed_us=at_us, east_m=way_m, speed_mps=1.5))
    lasts_us, every_us = dice.choice(LASTS_US), dice.choice(EVERY_S) * S
    every_us = max(every_us, lasts_us // FIXES_OF_PIECE)
    flaps, spread_m = dice.random() < 0.1, dice.choice((0.0, 0.0, 8.0))
    for number, seen_us in enumerate(range(at_us + 1_000, at_us + lasts_us, every_us)):
        here_m = 65.0 - east_m if flaps and number % 2 else east_m + dice.gauss(0.0, spread_m)
        fixes.append(fix._replace(observed_us=seen_us, east_m=here_m))
    return fixes, at_us + lasts_us
