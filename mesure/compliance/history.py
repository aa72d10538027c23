"""What stood before late evidence arrived: superseded assessments and withdrawn episodes.

A fix is late when the software had already spoken about its time: a later fix had been received,
or the limit of silence had passed. Then the days it concerns are judged twice, as they stood and
as they stand: what differs is superseded, and an episode that no longer stands is withdrawn.
Nothing is rewritten silently.
Decision: docs/decisions/0014-late-evidence-supersedes-never-deletes.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from mesure.compliance import episodes as episodes_
from mesure.compliance.assessment import Assessment, Superseded
from mesure.compliance.episodes import DAY_US, Episode, Near
from mesure.compliance.judge import Slot, joined, judge, to_span
from mesure.compliance.lanes import Flags
from mesure.compliance.rules import Rules, to_datetime
from mesure.compliance.spells import US_PER_S, Spell
from mesure.positions.fixes import I64, Fixes

DELIVERIES_MAX: Final = 1_000
"""Late deliveries judged one by one. A device that makes more is judged by the hour of receipt
instead, then by the day, and so on, so that the work stays bounded; what finally stands is the
same.
"""


@dataclass(frozen=True, slots=True)
class History:
    """What late evidence changed, in the order of its receipt."""

    superseded: tuple[Superseded, ...]
    withdrawn: tuple[tuple[Episode, int], ...]  # With the receipt that refuted it.
    seen: tuple[Episode, ...]  # All that was shown before and after each delivery.


class _Delivery(NamedTuple):
    """Late fixes received together."""

    first_receipt_us: int
    last_receipt_us: int
    earliest_us: int  # When the earliest of them was taken.


def late(rules: Rules, fixes: Fixes) -> Flags:
    """Return which fixes came after the software had spoken about their time.

    A pure test on the records: it does not depend on when, or in what batches, they are judged.
    """
    hold_us = round(rules.policy.late_s * US_PER_S)
    slow = fixes.received_us - fixes.observed_us > hold_us
    if not slow.any():
        return slow
    order = np.lexsort((fixes.observed_us, fixes.received_us))
    received_us, observed_us = fixes.received_us[order], fixes.observed_us[order]
    newest_us = np.append(-(2**62), np.maximum.accumulate(observed_us))
    spoken_us = newest_us[np.searchsorted(received_us, received_us - hold_us, side="right")]
    silence_us = round(rules.policy.silence_s * US_PER_S)
    silent = (spoken_us > -(2**62)) & (received_us > spoken_us + silence_us)
    flags = np.empty(len(fixes), np.bool_)
    flags[order] = (observed_us < spoken_us) | silent
    return flags & slow


def trace(rules: Rules, fixes: Fixes, is_late: Flags) -> History:
    """Return what each late delivery changed when it came."""
    superseded: list[Superseded] = []
    withdrawn: list[tuple[Episode, int]] = []
    seen: dict[object, Episode] = {}
    near = Near()
    for delivery in _deliveries(rules, fixes, is_late):
        stood, stands = _judged_twice(rules, fixes, delivery)
        at_us = delivery.last_receipt_us
        superseded += _differences(stood.slots, stands.slots, at_us)
        _see(seen, near, stood.episodes)
        still = Near(stands.episodes)
        withdrawn += [
            (opened(old, near), at_us) for old in stood.episodes if not still.has_touching(old)
        ]
        _see(seen, near, [new._replace(opened_us=at_us) for new in stands.episodes])
    return History(tuple(superseded), tuple(withdrawn), tuple(seen.values()))


def _see(seen: dict[object, Episode], near: Near, now: Sequence[Episode]) -> None:
    """Keep what is seen now, unless it was seen just so before."""
    for one in now:
        if seen.setdefault((one.condition, one.breach, one.shown_us), one) is one:
            near.add(one)


def opened(episode: Episode, seen: Near) -> Episode:
    """Return an episode as opened when an officer could first see it, or a part of it.

    Evidence that comes later may show the same sooner, or better; it was seen when it was seen.
    """
    seen_us = (one.opened_us for one in seen.touching(episode))
    first_us = min(seen_us, default=episode.opened_us)
    return episode._replace(opened_us=max(first_us, episode.shown_us[0]))


def _deliveries(rules: Rules, fixes: Fixes, is_late: Flags) -> list[_Delivery]:
    received_us, observed_us = fixes.received_us[is_late], fixes.observed_us[is_late]
    width_us = round(rules.policy.late_s * US_PER_S)
    buckets = received_us // width_us
    while len(np.unique(buckets)) > DELIVERIES_MAX:
        width_us *= 60
        buckets = received_us // width_us
    return [
        _delivery(received_us[buckets == b], observed_us[buckets == b]) for b in np.unique(buckets)
    ]


def _delivery(received_us: I64, observed_us: I64) -> _Delivery:
    return _Delivery(int(received_us.min()), int(received_us.max()), int(observed_us.min()))


class _Look(NamedTuple):
    """What was said of the days concerned, by the fixes received until then."""

    slots: tuple[Slot, ...]
    episodes: tuple[Episode, ...]


def _judged_twice(rules: Rules, fixes: Fixes, delivery: _Delivery) -> tuple[_Look, _Look]:
    """Return what stood before a delivery and what stands after it, both looked at after it."""
    since_us = delivery.earliest_us - DAY_US
    first = int(np.searchsorted(fixes.observed_us, since_us - DAY_US))
    last = int(np.searchsorted(fixes.observed_us, delivery.last_receipt_us + DAY_US))
    around = fixes.rows(slice(first, last))
    after = around.rows(np.flatnonzero(around.received_us <= delivery.last_receipt_us))
    before = after.rows(np.flatnonzero(after.received_us < delivery.first_receipt_us))
    first_us = int(fixes.observed_us[fixes.received_us < delivery.first_receipt_us].min())
    looks = []
    for known, begin_us in ((before, first_us), (after, min(first_us, delivery.earliest_us))):
        judgement = judge(rules, known, delivery.last_receipt_us, since_us=max(since_us, begin_us))
        looks.append(_Look(judgement.slots, episodes_.episodes(rules, judgement, known)))
    return looks[0], looks[1]


def _differences(stood: Sequence[Slot], stands: Sequence[Slot], at_us: int) -> list[Superseded]:
    """Return what stood and no longer stands, by condition and time."""
    now: dict[str, list[Spell]] = {}
    for slot in stands:
        now.setdefault(slot.condition, []).extend(joined(slot.spells))
    found: list[Superseded] = []
    for slot in stood:
        for old in joined(slot.spells):
            for start_us, end_us in _replaced(old, now.get(slot.condition, [])):
                assessment = Assessment(slot.condition, old.status, to_span(start_us, end_us))
                stood_from = to_datetime(max(start_us, min(old.known_us, at_us)))
                found.append(Superseded(assessment, stood_from, to_datetime(at_us)))
    return found


def _replaced(old: Spell, now: list[Spell]) -> list[tuple[int, int]]:
    """Return the parts of an old spell that now have another status, neighbours as one."""
    parts: list[tuple[int, int]] = []
    for new in now:
        start_us, end_us = max(old.start_us, new.start_us), min(old.end_us, new.end_us)
        if start_us < end_us and new.status is not old.status:
            if parts and parts[-1][1] == start_us:
                parts[-1] = (parts[-1][0], end_us)
            else:
                parts.append((start_us, end_us))
    return parts
