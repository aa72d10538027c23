"""What is settled is judged once: kept piece by piece, it is what judging everything says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation import next_wakeup
from mesure.evaluation.episodes import Episode
from tests.evaluation import seasons
from tests.evaluation.scenes import asks_now
from tests.evaluation.seasons import Kept, Season

FEW = settings(max_examples=settings().max_examples // 12)  # Each judges everything many times.


def plain(episode: Episode) -> tuple[object, ...]:
    return (
        episode.condition,
        episode.breach,
        episode.start_us,
        episode.end_us,
        episode.opened_us,
        episode.shown_us,
    )


@FEW
@given(seasons.seasons(), st.booleans())
def test_what_was_kept_is_what_judging_everything_says(season: Season, packs: bool) -> None:
    store = Kept()
    for live, view, look_us in seasons.look(season, packs=packs):
        whole = season.at_once(look_us)
        store.keep(view)
        assert store.history() == sorted(
            whole.assessments, key=lambda assessment: (assessment.condition, assessment.span.start)
        )
        pending = {one for each in live.deliveries for one in each.superseded}
        assert store.superseded | pending == set(whole.superseded)
        assert in_view(view.statement.episodes, view.since_us) == in_view(
            whole.episodes, view.since_us
        )
        assert asks_now(view.statement) == asks_now(whole)


def in_view(episodes: tuple[Episode, ...], since_us: int) -> list[tuple[object, ...]]:
    return [plain(one) for one in episodes if one.end_us is None or one.end_us > since_us]


@FEW
@given(seasons.seasons(), st.booleans())
def test_the_quick_way_says_the_same(season: Season, in_order: bool) -> None:
    """Fixes that come in order are judged from close behind the last one; nobody can tell."""
    season = season.in_order() if in_order else season
    store = Kept()
    for look, _, whole in seasons.looks_near(season):
        store.keep(look.view)
        assert store.history() == sorted(
            whole.assessments, key=lambda assessment: (assessment.condition, assessment.span.start)
        )
        since_us = look.view.since_us
        episodes = look.view.statement.episodes
        assert in_view(episodes, since_us) == in_view(whole.episodes, since_us)
        ahead = next_wakeup.ahead(season.rules, whole)
        assert look.ahead.asks == ahead.asks
        assert look.ahead.next_us == ahead.next_us
