"""Fast path: a second checkpoint close behind the last fix, for fixes that come in order.

Late evidence, and explaining what was found, need a person's last five days. A fix that comes in
time and after all others needs far less: where the filters stand, what is under way, and the last
two hours. So beside the checkpoint behind which nothing changes, one is kept behind which nothing
changes *while fixes come in order*. Both are judged by the same functions, and say the same.

What is not plain takes the long way: a fix that is late or out of order, a doubt that is asked
about, evidence that has gathered for hours without a decision.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mesure.evaluation import late_evidence, next_wakeup
from mesure.evaluation.checkpoint import incremental, settle
from mesure.evaluation.checkpoint.incremental import IncrementalResult, IncrementalState
from mesure.evaluation.evaluate import memory_without_jumps_us
from mesure.evaluation.next_wakeup import NextWakeup
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import MIN_US, US_PER_S

WAITING_MIN: Final = 400
WAITING_SHARE_RATIO: Final = 0.2
WAITING_US_MIN: Final = 6 * 3_600 * US_PER_S
"""So many fixes come the fast path, in number and as a share of those in hand, over so long, before
the long way is taken once, to settle what can be: it costs what all of them cost.
"""

HEARD_MAX: Final = 512
"""Fixes behind a near checkpoint before another one is made."""

GATHERED_US: Final = 6 * 3_600 * US_PER_S
"""Where evidence has gathered for so long, a near checkpoint would be hardly nearer."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """What is kept of a person: all of it, and the end of it for what comes in order."""

    far: IncrementalState = field(default_factory=IncrementalState)
    waiting: tuple[Fixes, ...] = ()  # What came the fast path, and is not in `far` yet.
    near: IncrementalState | None = None


class EvaluationResult(NamedTuple):
    """What is said at a moment, with what follows it."""

    pair: Checkpoints
    view: IncrementalResult
    ahead: NextWakeup
    is_near: bool  # The fast path was taken: the view begins at the near checkpoint.


def advance(rules: Rules, pair: Checkpoints, fixes: Fixes, until_us: int) -> EvaluationResult:
    """Add fixes and say what holds, the fast path where it is as good."""
    near = pair.near
    if near is not None and not _is_far_due(pair) and is_plain(rules, near, fixes):
        live, view = incremental.advance(rules, near, fixes, until_us)
        ahead = next_wakeup.ahead(rules, view.statement)
        if not ahead.was_asked:
            if live.cut is not None and len(live.fixes) - live.cut.first > HEARD_MAX:
                live = _near(rules, live, view) or live
            return EvaluationResult(
                Checkpoints(pair.far, (*pair.waiting, fixes), live), view, ahead, is_near=True
            )
    return far(rules, pair, fixes, until_us)


def far(rules: Rules, pair: Checkpoints, fixes: Fixes, until_us: int) -> EvaluationResult:
    """Add fixes and say what holds, the long way; settle what can be settled."""
    for batch in pair.waiting:
        fixes = fixes_.merge(fixes, batch)
    live, view = incremental.advance(rules, pair.far, fixes, until_us)
    ahead = next_wakeup.ahead(rules, view.statement)
    near = None if ahead.asks else _near(rules, live, view)
    live = settle.settle(rules, live, view)
    return EvaluationResult(Checkpoints(live, (), near), view, ahead, is_near=False)


def _is_far_due(pair: Checkpoints) -> bool:
    waiting = [one for one in pair.waiting if len(one)]
    if sum(map(len, waiting)) < max(WAITING_MIN, WAITING_SHARE_RATIO * len(pair.far.fixes)):
        return False
    return int(waiting[-1].observed_us[-1] - waiting[0].observed_us[0]) >= WAITING_US_MIN


def is_plain(rules: Rules, near: IncrementalState, fixes: Fixes) -> bool:
    """Return whether fixes came in time, and after all others."""
    if not len(fixes):
        return True
    if int(fixes.observed_us[0]) <= int(near.fixes.observed_us[-1]):
        return False
    hold_us = round(rules.policy.late_s * US_PER_S)
    if not (fixes.received_us - fixes.observed_us > hold_us).any():
        return True
    is_late = late_evidence.late(rules, fixes_.merge(near.fixes, fixes))
    return not is_late[len(near.fixes) :].any()


def _near(rules: Rules, live: IncrementalState, view: IncrementalResult) -> IncrementalState | None:
    """Return the end of what is kept, cut behind the last fix; None where that is no use."""
    observed_us = live.fixes.observed_us
    if len(observed_us) < 2 or live.handed_us < _complete_us(rules, live):
        return None
    # A clock may be ahead: nothing was said yet of what comes after the moment of looking.
    last_us = min(int(observed_us[-1]), view.statement.judgement.until_us)
    onsets_us = view.end.lanes.onset_us
    since_us = int(onsets_us[onsets_us >= 0].min(initial=last_us))
    since_us = settle.whole(rules, since_us)
    before_us = int(observed_us[0]) if live.cut is None else live.cut.since_us
    if since_us <= before_us or since_us < last_us - GATHERED_US:
        return None
    behind_us = memory_without_jumps_us(rules.policy) + 2 * late_evidence.bucket_us(rules.policy)
    return settle.cut(rules, live, view, since_us, behind_us)


def _complete_us(rules: Rules, live: IncrementalState) -> int:
    """Return when the last late delivery is complete."""
    policy = rules.policy
    ends_us = (
        late_evidence.complete_us(policy, outcome.delivery.last_receipt_us)
        for outcome in live.delivered
    )
    return max(ends_us, default=MIN_US)
