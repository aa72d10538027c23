"""The newest checkpoint: the stable one, or a recent one close behind the last fix.

Late evidence, and explaining what was found, need a person's last five days. A fix that comes in
time and after all others needs far less: the states of the filters, what is under way, and the last
two hours. So beside the checkpoint behind which nothing changes, one is kept behind which nothing
changes *while fixes come in order*. The same evaluator goes on from either, and says the same.

What is not plain takes the long way: a fix that is late or out of order, a doubt that is asked
about, evidence that has gathered for hours without a decision.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from mesure.evaluation import late_evidence, next_wakeup
from mesure.evaluation.checkpoint import settle
from mesure.evaluation.evidence import masts
from mesure.evaluation.judgement import memory_without_jumps_us
from mesure.evaluation.next_wakeup import NextWakeup
from mesure.evaluation.pipeline import Evaluation, EvaluationState, evaluate
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import MAX_US, MIN_US, US_PER_S

WAITING_MIN: Final = 400
WAITING_SHARE_RATIO: Final = 0.2
WAITING_US_MIN: Final = 6 * 3_600 * US_PER_S
"""This many fixes come the fast path, in number and as a share of those in hand, over so long,
before the long way is taken once, to settle what can be: it costs what all of them cost.
"""

HEARD_MAX: Final = 512
"""Rows behind a recent checkpoint before another one is made."""

GATHERED_US: Final = 6 * 3_600 * US_PER_S
"""Where evidence has gathered for this long, a recent checkpoint would be hardly nearer."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """What is kept of a person: all of it, and the end of it for what comes in order."""

    stable: EvaluationState = field(default_factory=EvaluationState)
    waiting: tuple[Fixes, ...] = ()  # What came the fast path, and is not in `stable` yet.
    recent: EvaluationState | None = None
    is_asked: bool = False  # The device was asked behind `recent`: from there nobody can tell how.

    def lean(self) -> "Checkpoints":
        """Return the same without what was heard, which serves another look soon after."""
        recent = None if self.recent is None else replace(self.recent, heard=None)
        return replace(self, stable=replace(self.stable, heard=None), recent=recent)


class EvaluationResult(NamedTuple):
    """What is said at a moment, with what follows it."""

    checkpoints: Checkpoints
    view: Evaluation
    ahead: NextWakeup
    is_recent: bool  # The fast path was taken: the view begins at the recent checkpoint.


def evaluate_newest(
    rules: Rules, checkpoints: Checkpoints, fixes: Fixes, until_us: int
) -> EvaluationResult:
    """Add fixes and say what holds, from the recent checkpoint where that is as good."""
    recent = None if checkpoints.is_asked else checkpoints.recent
    if recent is not None and not _is_stable_due(checkpoints) and is_plain(rules, recent, fixes):
        view = evaluate(rules, recent, fixes, until_us)
        live = view.state
        ahead = next_wakeup.ahead(rules, view.statement)
        if ahead.asked_us < _first_heard_us(view):
            if live.new_rows > HEARD_MAX:
                live = _cut_recent(rules, view, None) or live
            waiting = (*checkpoints.waiting, fixes) if len(fixes) else checkpoints.waiting
            after = Checkpoints(checkpoints.stable, waiting, live)
            return EvaluationResult(after, view, ahead, is_recent=True)
    return evaluate_stable(rules, checkpoints, fixes, until_us)


def evaluate_stable(
    rules: Rules, checkpoints: Checkpoints, fixes: Fixes, until_us: int
) -> EvaluationResult:
    """Add fixes and say what holds, from the stable checkpoint; settle what can be settled."""
    for batch in checkpoints.waiting:
        fixes = fixes_.merge(fixes, batch)
    view = evaluate(rules, checkpoints.stable, fixes, until_us)
    ahead = next_wakeup.ahead(rules, view.statement)
    before = None if len(fixes) else checkpoints.recent
    recent = None if ahead.asks else _cut_recent(rules, view, before)
    is_asked = recent is not None and ahead.asked_us >= _behind_us(recent)
    live = settle.settle(rules, view)
    return EvaluationResult(Checkpoints(live, (), recent, is_asked), view, ahead, is_recent=False)


def _is_stable_due(checkpoints: Checkpoints) -> bool:
    waiting = [one for one in checkpoints.waiting if len(one)]
    least = max(WAITING_MIN, WAITING_SHARE_RATIO * len(checkpoints.stable.fixes))
    if sum(map(len, waiting)) < least:
        return False
    return int(waiting[-1].observed_us[-1] - waiting[0].observed_us[0]) >= WAITING_US_MIN


def is_plain(rules: Rules, recent: EvaluationState, fixes: Fixes) -> bool:
    """Return whether fixes came in time, and after all others."""
    if not len(fixes):
        return True
    if int(fixes.observed_us[0]) <= int(recent.fixes.observed_us[-1]):
        return False
    hold_us = round(rules.policy.late_s * US_PER_S)
    if not (fixes.received_us - fixes.observed_us > hold_us).any():
        return True
    is_late = late_evidence.late(rules, fixes_.merge(recent.fixes, fixes))
    return not is_late[len(recent.fixes) :].any()


def _first_heard_us(view: Evaluation) -> int:
    """Return when the first fix was taken that was received; where there is none, now."""
    judgement = view.statement.judgement
    heard_us = view.statement.fixes.observed_us[judgement.heard_from :]
    return int(heard_us[0]) if len(heard_us) else judgement.until_us


def _behind_us(recent: EvaluationState) -> int:
    """Return when the first fix was taken that is heard from a checkpoint on; long ahead: none."""
    assert recent.checkpoint is not None, "it was just made"
    numbers = recent.fixes.positions[recent.checkpoint.point.first :]
    return int(recent.fixes.observed_us[numbers[0]]) if len(numbers) else MAX_US


def _cut_recent(
    rules: Rules, view: Evaluation, before: EvaluationState | None
) -> EvaluationState | None:
    """Return the end of what is kept, cut behind the last fix; None where that is no use.

    `before` is such an end by the same fixes: cut at the same instant it is the same.
    """
    live = view.state
    before_us = live.begin_us
    if before_us is None or live.handed_us < _complete_us(rules, live):
        return None
    # A clock may be ahead: nothing was said yet of what comes after the moment of looking.
    last_us = min(_next_step_us(rules, view), view.statement.judgement.until_us)
    onsets_us = view.statement.judgement.end.lanes.onset_us
    since_us = int(onsets_us[onsets_us >= 0].min(initial=last_us))
    since_us = settle.whole(rules, since_us)
    if since_us <= before_us or since_us < last_us - GATHERED_US:
        return None
    if before is not None and before.begin_us == since_us:
        return before
    behind_us = memory_without_jumps_us(rules.policy) + 2 * late_evidence.bucket_us(rules.policy)
    return settle.cut(rules, view, since_us, behind_us)


def _next_step_us(rules: Rules, view: Evaluation) -> int:
    """Return where a step to a fix to come begins: at the last fix that said something new.

    What holds since then is in doubt if that step leads through a place to keep out of. Neither
    a rest claim nor masts beside something better end it, though they come later. There is no step
    over a silence: where rest claims go on for so long after the last fix, the last of them counts.
    """
    fixes, last_us = view.statement.fixes, int(view.state.fixes.observed_us[-1])
    if last_us - int(fixes.observed_us[-1]) >= round(rules.policy.silence_s * US_PER_S):
        return last_us
    is_heard = masts.are_informative(fixes, rules.policy)
    return int(fixes.observed_us[is_heard][-1])


def _complete_us(rules: Rules, live: EvaluationState) -> int:
    """Return when the last late delivery is complete."""
    policy = rules.policy
    ends_us = (
        late_evidence.complete_us(policy, outcome.delivery.last_receipt_us)
        for outcome in live.deliveries
    )
    return max(ends_us, default=MIN_US)
