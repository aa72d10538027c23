"""Entry of the evaluation: more fixes and a later moment in, what is said then out.

`advance` judges whole records: the replay, a bundle that is checked, the laboratory. The service
goes on from a checkpoint instead (`checkpoint.recent.advance`) and says the same. `advance` is a
pure function of the records: what is said at a moment depends on the fixes received by then and on
nothing else, so it does not matter how they were cut into batches or in what order they came.
"""

from dataclasses import dataclass

from mesure.evaluation import episodes as episodes_
from mesure.evaluation import fix_requests
from mesure.evaluation import late_evidence as history
from mesure.evaluation.assessment import Assessment, SupersededAssessment
from mesure.evaluation.episodes import Episode, EpisodeIndex
from mesure.evaluation.evaluate import Judgement, judge
from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.late_evidence import LateEvidenceHistory
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import to_datetime


@dataclass(frozen=True, slots=True)
class EvaluationState:
    """What is known of a person under an order: the fixes used so far."""

    fixes: Fixes


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything the software says at one moment of looking."""

    rules: Rules
    judgement: Judgement
    fixes: Fixes
    history: LateEvidenceHistory
    episodes: tuple[Episode, ...]

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Return one assessment for each stretch of equal status."""
        return self.judgement.assessments()

    @property
    def superseded(self) -> tuple[SupersededAssessment, ...]:
        """Return what stood until late evidence replaced it."""
        return self.history.superseded

    @property
    def ask_for_fixes(self) -> tuple[FixRequest, ...]:
        """Return when a live device was to be asked for a burst of fixes, and for how long."""
        return fix_requests.asks(self.rules, self.judgement, self.fixes)

    @property
    def asks_now(self) -> tuple[FixRequest, ...]:
        """Return what to ask the device at the moment of looking; nothing when all is sure.

        One burst serves them all: a fix every `every_s`, until the last of them ends or a later
        statement asks no longer.
        """
        now = to_datetime(self.judgement.until_us)
        return tuple(one for one in self.ask_for_fixes if one.asked_at <= now < one.span.end)


def begin() -> EvaluationState:
    """Return the state before anything was heard."""
    return EvaluationState(fixes_.none())


def advance(
    rules: Rules, state: EvaluationState, fixes: Fixes, until_us: int
) -> tuple[EvaluationState, Statement]:
    """Add fixes, and judge all that is known at `until_us`."""
    known = fixes_.merge(state.fixes, fixes)
    is_late = history.late(rules, known)
    past = history.trace(rules, known, is_late)
    judgement = judge(rules, known, until_us, in_time=~is_late)
    episodes = episodes_.episodes(rules, judgement, known)
    shown_episodes = EpisodeIndex(past.seen)
    return EvaluationState(known), Statement(
        rules,
        judgement,
        known,
        past,
        tuple(history.date_opening(episode, shown_episodes) for episode in episodes),
    )
