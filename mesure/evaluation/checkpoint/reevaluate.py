"""Reevaluation: late deliveries judged again after what binds was changed.

An absence that is revoked, or an order that is varied, binds from then on as if it always had.
"""

from dataclasses import replace

from mesure.evaluation import late_evidence
from mesure.evaluation.judgement import memory_us
from mesure.evaluation.late_evidence import LateBatchResult, ShownEpisodes
from mesure.evaluation.pipeline import Checkpoint, EvaluationState
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import MIN_US, US_PER_DAY, US_PER_S


def reheard_us(rules: Rules, cut: Checkpoint) -> int:
    """Return since when fixes are read to judge late deliveries again, received after a checkpoint.

    A late fix was no older at its receipt than the policy takes.
    """
    back_us = round(rules.policy.stale_s * US_PER_S) + late_evidence.bucket_us(rules.policy)
    earliest_us = late_evidence.over_us(rules.policy, cut.since_us) - back_us
    return earliest_us - US_PER_DAY - memory_us(rules.policy)


def reevaluate_late(rules: Rules, state: EvaluationState, before: Fixes) -> EvaluationState:
    """Return the same with its late deliveries judged by other rules than those they came under.

    What each delivery showed, and when, is worked out anew, also for those that showed nothing
    under the other rules and so were let go. `before` is what is still held of what was taken since
    `reheard_us` and before the first fix in hand. What a delivery superseded and refuted stays as
    it was where it reaches behind the checkpoint: it cannot be explained from the fixes in hand.
    """
    cut_us = MIN_US if state.checkpoint is None else state.checkpoint.since_us
    received_us = late_evidence.over_us(rules.policy, cut_us)
    known, width_us = fixes_.merge(before, state.fixes), late_evidence.bucket_us(rules.policy)
    anew = late_evidence.late_batches(
        known, late_evidence.late(rules, known), width_us, received_us
    )
    stay = {one.delivery.last_receipt_us // width_us: one for one in state.deliveries}
    delivered = dict(stay)
    shown_episodes = ShownEpisodes(state.shown)
    for delivery in anew:
        number = delivery.last_receipt_us // width_us
        judged = late_evidence.apply_late_batch(rules, known, delivery, shown_episodes)
        if late_evidence.since_us(delivery) < cut_us:
            earlier = stay.get(number, LateBatchResult(delivery, (), (), ()))
            judged = earlier._replace(delivery=delivery, shown=judged.shown)
        delivered[number] = judged
    return replace(state, deliveries=tuple(delivered[number] for number in sorted(delivered)))
