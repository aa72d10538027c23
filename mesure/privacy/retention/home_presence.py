"""Home presence: inside the home, fixes become "present", and nothing judged changes.

A fix that lies in the home is put on the home's own point. What it says for presence, by its depth
and its radius together, is kept as the radius of a circle about that point; speed and movement go.
So what is left is a time, the home as the order draws it, and how strongly the device spoke for
being there. That the device lay still stays where only that lets a sign of life count which says it
again. Whatever is said of the record is then compared, before and after. Where anything differs,
the fixes next to those outside are kept, and more of them, until nothing does.

Invariant: judging what is left, now or with any fix that can still come to count, says the same as
before, to the byte (`buffer_us`).
Law: German Code of Criminal Procedure, section 463a(4): in the home, no more than presence
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
import shapely

from mesure.evaluation import pipeline
from mesure.evaluation.evidence import likelihoods, sampling
from mesure.evaluation.evidence.path import PathMemory
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Boundary, Region, Side
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.judgement import memory_us
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo import error_model
from mesure.geo.error_model import RADIUS95_PER_SIGMA
from mesure.geo.fixes import F64, I64, NOT_KNOWN, POSITION, SINCE_FIX, Fixes
from mesure.incidents import raising
from mesure.incidents.incident import LLR_DIGITS, Incident
from mesure.instants import US_PER_DAY, US_PER_S, to_us
from mesure.orders.model.conditions import Curfew
from mesure.orders.model.order import OrderVersion
from mesure.orders.values import places as places_
from mesure.orders.values.places import Circle, Place, Polygon

MARGINS_S: Final = (0.0, 300.0, 1_800.0, 7_200.0)
"""How long before and after a fix outside those inside stay as they are, tried in turn."""

DEG_DIGITS: Final = 7  # A centimetre; a home is not drawn more finely.
_PER_M: Final = 100.0

P_DIGITS: Final = 6  # Chances and weights are shown with this many digits (replay_output).

Spans = Sequence[tuple[int, int]]  # In microseconds, half-open.


class HomePeriod(NamedTuple):
    """Where somebody is at home while a version of the order is in force."""

    start_us: int
    until_us: int
    boundary: Boundary
    lat_deg: float
    lon_deg: float


class ReducedRecord(NamedTuple):
    """A record of which some fixes say "present" and no more; the numbers of rows are the same."""

    fixes: Fixes
    is_new: Flags  # Those that say so now, and said more before.
    kept: int  # Fixes in the home that were to be reduced, and are needed as they are.


def buffer_us(policy: Policy) -> int:
    """Return how old a fix is before nothing that may still come can meet it in a judgement.

    What comes later than `stale_s` is not used.
    """
    return round(policy.stale_s * US_PER_S) + near_us(policy)


def near_us(policy: Policy) -> int:
    """Return how far apart two fixes are at most that can meet in a judgement.

    What comes late has its day judged again, and the day before, by all that can matter there.
    """
    return US_PER_DAY + memory_us(policy)


def homes(versions: Sequence[OrderVersion]) -> tuple[HomePeriod, ...]:
    """Return where the person is at home by the order: the places of its curfews."""
    return tuple(home for version in versions for home in _homes(version))


def _homes(version: OrderVersion) -> Iterator[HomePeriod]:
    names = {
        condition.duty.at for condition in version.conditions if isinstance(condition.duty, Curfew)
    }
    for name in sorted(names):
        place = places_.as_drawn(version.places[name])
        point = _middle(place)
        if point is not None:
            boundary = allowed_area.pack(Side(inside=(Region(name),)), {name: place})
            span_us = to_us(version.in_force.start), to_us(version.in_force.end)
            yield HomePeriod(*span_us, boundary, *(round(part, DEG_DIGITS) for part in point))


def _middle(place: Place) -> tuple[float, float] | None:
    """Return the point that stands for a home; None where it is drawn as a way, which is none."""
    shape = place.shapes[0]
    if isinstance(shape, Circle):
        return shape.lat_deg, shape.lon_deg
    if isinstance(shape, Polygon):
        inner = shapely.Polygon(shape.outer, shape.holes).representative_point()
        return inner.x, inner.y
    return None


# --- Which, and how ----------------------------------------------------------------------------


def reduce(
    by: Sequence[Rules],
    fixes: Fixes,
    span_us: tuple[int, int],
    until_us: int,
    keep: Spans = (),
    claim_ratio: F64 | None = None,
) -> ReducedRecord:
    """Return a record with the fixes of a span reduced that lie in the home, but for some spans.

    `fixes` are all that is judged, rest claims too. `by` are all the rules that anything of it is
    judged by; what is further than `near_us` from the span need not be there. `until_us` is the
    moment of looking; the span ends `buffer_us` before it. `claim_ratio` says how wide each circle
    is for what its device claims; without it, a device claims the circle.
    """
    ratio = np.ones(len(fixes)) if claim_ratio is None else claim_ratio
    reduced_fixes, is_inside = _present(by, fixes, ratio)
    wished = is_inside & _within(fixes, [span_us]) & ~_within(fixes, keep) & ~_shares_time(fixes)
    wished &= _differs(fixes, reduced_fixes)
    outside_us = fixes.observed_us[~is_inside & (fixes.rest_us == POSITION)]
    before = None
    for margin_s in MARGINS_S:
        chosen = wished & ~_beside(fixes.observed_us, outside_us, margin_s)
        if not chosen.any():
            break
        before = before or _outlooks(by, fixes, until_us)
        candidate = _mixed(fixes, reduced_fixes, chosen)
        if before == _outlooks(by, candidate, until_us):
            return ReducedRecord(candidate, chosen, int((wished & ~chosen).sum()))
    return ReducedRecord(fixes, np.zeros(len(fixes), np.bool_), int(wished.sum()))


def inside(versions: Sequence[OrderVersion], fixes: Fixes) -> Flags:
    """Return which fixes lie in the home by the order that was in force when they were taken."""
    is_inside = np.zeros(len(fixes), np.bool_)
    for home in homes(versions):
        is_inside |= _depth_m(home, fixes) > 0.0
    return is_inside


def _depth_m(home: HomePeriod, fixes: Fixes) -> F64:
    """Return how deep in a home each fix lies; less than nothing outside it, or at other times."""
    at_time = _within(fixes, [(home.start_us, home.until_us)])
    depth_m = -allowed_area.measure(home.boundary, fixes.lat_deg, fixes.lon_deg)
    return np.where(at_time, depth_m, -np.inf)


def _present(by: Sequence[Rules], fixes: Fixes, claim_ratio: F64) -> tuple[Fixes, Flags]:
    """Return what each fix would be, if it said "present" and no more, and which lie in a home."""
    lat_deg, lon_deg = fixes.lat_deg.copy(), fixes.lon_deg.copy()
    radius95_m = fixes.radius95_m.copy()
    is_inside = np.zeros(len(fixes), np.bool_)
    for rules in by:
        for home in homes(rules.versions):
            depth_m = _depth_m(home, fixes)
            rows = np.flatnonzero((depth_m > 0.0) & ~is_inside)
            term_m = _term_m(rules, fixes.rows(rows), depth_m[rows], home)
            claimed_m = np.maximum(np.floor(term_m / claim_ratio[rows] * _PER_M), 1.0) / _PER_M
            radius95_m[rows] = claimed_m * claim_ratio[rows]
            lat_deg[rows], lon_deg[rows] = home.lat_deg, home.lon_deg
            is_inside[rows] = True
    return replace(
        fixes,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        radius95_m=radius95_m,
        speed_mps=np.full(len(fixes), np.nan),
        motion=np.where(_lies_on(fixes), fixes.motion, np.int8(NOT_KNOWN)),
    ), is_inside


def _lies_on(fixes: Fixes) -> Flags:
    """Return which fixes say that the device lies still, and are what a rest claim counts by."""
    numbers = fixes.positions
    claimed_us = fixes.observed_us[fixes.rest_us == SINCE_FIX]
    last = np.searchsorted(fixes.observed_us[numbers], claimed_us, side="right") - 1
    lies_on = np.zeros(len(fixes), np.bool_)
    lies_on[numbers[last[last >= 0]]] = True
    lies_on &= fixes.motion == 0
    return lies_on


def _term_m(rules: Rules, fixes: Fixes, depth_m: F64, home: HomePeriod) -> F64:
    """Return the radius with which the home's point says as much as the fix did.

    What a fix says depends on its depth in sigmas alone, and is capped, so deeper says no more.
    """
    sigma_m = error_model.sigma_m(rules.model, fixes.provider, fixes.radius95_m)
    cap_llr = rules.policy.evidence_max_llr
    reach_m = error_model.reach_m(rules.model, fixes.provider, sigma_m, cap_llr)
    point_deg = np.array([home.lat_deg]), np.array([home.lon_deg])
    middle_m = -allowed_area.measure(home.boundary, *point_deg)
    same_m: F64 = sigma_m * (middle_m / np.minimum(depth_m, reach_m)) * RADIUS95_PER_SIGMA
    return same_m


def _differs(fixes: Fixes, reduced_fixes: Fixes) -> Flags:
    """Return which fixes say more than they would."""
    differs = ~np.isnan(fixes.speed_mps) | (fixes.motion != reduced_fixes.motion)
    differs |= (fixes.lat_deg != reduced_fixes.lat_deg) | (fixes.lon_deg != reduced_fixes.lon_deg)
    mask: Flags = differs
    return mask


def _shares_time(fixes: Fixes) -> Flags:
    """Return which fixes share their moment with another; on one point they would be one fix."""
    shares = np.zeros(len(fixes), np.bool_)
    numbers = fixes.positions
    same = np.diff(fixes.observed_us[numbers]) == 0
    shares[numbers[1:][same]] = shares[numbers[:-1][same]] = True
    return shares


def _within(fixes: Fixes, spans: Spans) -> Flags:
    """Return which fixes were taken within any of some spans."""
    is_within = np.zeros(len(fixes), np.bool_)
    for start_us, end_us in spans:
        first, last = np.searchsorted(fixes.observed_us, [start_us, end_us])
        is_within[first:last] = True
    return is_within


def _beside(observed_us: I64, outside_us: I64, margin_s: float) -> Flags:
    """Return which fixes were taken so soon before or after one outside."""
    if margin_s == 0.0 or not len(outside_us):
        return np.zeros(len(observed_us), np.bool_)
    margin_us = round(margin_s * US_PER_S)
    after = np.searchsorted(outside_us, observed_us - margin_us)
    before = np.searchsorted(outside_us, observed_us + margin_us, side="right")
    beside: Flags = before > after
    return beside


def _mixed(fixes: Fixes, reduced_fixes: Fixes, chosen: Flags) -> Fixes:
    return Fixes(
        *(
            np.where(chosen, getattr(reduced_fixes, name), getattr(fixes, name))
            for name in Fixes.__slots__
        )
    )


# --- Whether anything changes ------------------------------------------------------------------


def _outlooks(by: Sequence[Rules], fixes: Fixes, until_us: int) -> tuple[Any, ...]:
    """Return all that is said of a record by some rules, and the state of each lane after it."""
    return tuple(_outlook(rules, fixes, until_us) for rules in by)


def _outlook(rules: Rules, fixes: Fixes, until_us: int) -> tuple[Any, ...]:
    statement = pipeline.replay(rules, fixes, until_us)
    return (
        statement.assessments,
        statement.superseded,
        statement.episodes,
        statement.history.withdrawn,
        _incidents(rules, statement),
        _ends(rules, statement.fixes),
    )


def _incidents(rules: Rules, statement: Statement) -> tuple[Any, ...]:
    incidents = raising.incidents(rules, statement, {}, unsigned=False)
    return tuple(_shown(one) for one in incidents)


def _shown(incident: Incident) -> tuple[Any, ...]:
    """Return an incident as it is shown, with no more digits."""
    facts, account = incident.facts, incident.account
    return (
        (
            incident.id,
            incident.opened_at,
            incident.start,
            incident.end,
            incident.withdrawn_at,
            incident.evidence,
        ),
        round(incident.p_outside_max, P_DIGITS),
        str(facts),
        account.taken_us,
        tuple((term.source, round(term.llr, LLR_DIGITS), term.fixes) for term in account.terms),
        tuple((weighed.row, round(weighed.llr, LLR_DIGITS)) for weighed in account.weighed),
    )


def _ends(rules: Rules, fixes: Fixes) -> tuple[Any, ...]:
    """Return the state of each lane after the last fix: what is judged later goes on from there."""
    pace = sampling.measure(fixes, rules.policy)
    whole = slice(0, len(fixes))
    _, mark = likelihoods.run_filter(rules, fixes, pace, likelihoods.begin(rules), whole)
    lanes = tuple(column.tobytes() for column in mark.lanes)
    memories = tuple(_remembered(rules.policy, fixes, memory) for memory in mark.memories)
    return lanes, memories


def _remembered(policy: Policy, fixes: Fixes, memory: PathMemory) -> tuple[Any, ...]:
    """Return what of a memory can still count; what a fix said counts for minutes.

    Where it lay counts for a day, and what may still come is later than that (`buffer_us`).
    """
    remaining = memory._replace(near_us=0, near_lat_deg=0.0, near_lon_deg=0.0)
    if int(fixes.observed_us[-1]) - memory.near_us > policy.path_s_max * US_PER_S:
        remaining = remaining._replace(near_llr=0.0)
    return *remaining[:-1], remaining.jumps_us.tobytes()
