"""The least that can be done: which side of which boundary, by shapely on whole columns.

Not the same job: a fix is taken at its word however wide its circle, and nothing is said of doubt.
It shows what a judge that knows doubt costs beside one that does not.
"""

import numpy as np
import shapely

from bench.evaluation.made_up_people import BenchPerson
from bench.evaluation.per_fix import SILENCE_US, Spell, plane_of, windows, zone_of
from mesure.evaluation.assessment import Status
from mesure.geo.fixes import I8, I64

UNKNOWN, MET, NOT_MET = 0, 1, 2
STATUSES = (Status.UNKNOWN, Status.MET, Status.NOT_MET)


def evaluate(someone: BenchPerson) -> list[Spell]:
    """Return what the plain rule of two in a row says of every condition, span by span."""
    plane, fixes = plane_of(someone), someone.fixes
    points = plane.points(fixes.lat_deg, fixes.lon_deg)
    observed_us = fixes.observed_us
    spells: list[Spell] = []
    for condition in someone.order.conditions:
        zone, inside_is_right = zone_of(someone, condition.duty, plane)
        wrong = shapely.contains(zone, points) != inside_is_right
        for start_us, end_us in windows(someone, condition.id):
            first, last = np.searchsorted(observed_us, (start_us, end_us))
            status = np.where(wrong[first:last], NOT_MET, MET).astype(np.int8)
            spells += _spells(condition.id, observed_us[first:last], status, end_us)
    return spells


def _spells(condition: str, observed_us: I64, status: I8, end_us: int) -> list[Spell]:
    """Return runs of equal status; a single fix on the wrong side, and silence, are unknown."""
    if not len(status):
        return []
    follows = np.append(observed_us[1:], end_us)
    alone = status == NOT_MET
    alone[1:] &= status[:-1] != NOT_MET
    alone[:-1] &= status[1:] != NOT_MET
    status = np.where(alone, UNKNOWN, status)
    silent = follows - observed_us > SILENCE_US
    begins = np.ones(len(status), np.bool_)
    begins[1:] = (status[1:] != status[:-1]) | silent[:-1]
    firsts = np.flatnonzero(begins)
    lasts = np.append(firsts[1:], len(status)) - 1
    ends = np.where(silent[lasts], observed_us[lasts] + SILENCE_US, follows[lasts])
    runs = zip(status[firsts].tolist(), observed_us[firsts].tolist(), ends.tolist(), strict=True)
    silences = np.flatnonzero(silent)
    gaps = zip(
        (observed_us[silences] + SILENCE_US).tolist(), follows[silences].tolist(), strict=True
    )
    spells = [Spell(condition, STATUSES[one], start_us, end_us) for one, start_us, end_us in runs]
    spells += [Spell(condition, Status.UNKNOWN, start_us, end_us) for start_us, end_us in gaps]
    return sorted(spells, key=lambda spell: spell.start_us)
