"""Late deliveries across a cut: what they showed, what they superseded, and by which rules."""

from dataclasses import replace

import numpy as np

from mesure.evaluation import next_wakeup, pipeline
from mesure.evaluation.assessment import SupersededAssessment
from mesure.evaluation.checkpoint import reevaluate
from mesure.evaluation.pipeline import EvaluationState
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from tests.evaluation import scenes
from tests.evaluation.cuts import at, evaluate_until
from tests.evaluation.scenes import (
    CURFEW,
    RESIDENCE,
    absence,
    deliver_at,
    fixes,
    order,
    rules,
    stay,
    us,
)

# --- What was seen of what has ended ---------------------------------------------------------


def test_a_silence_that_ended_just_before_the_cut_was_opened_when_it_was_first_seen() -> None:
    """The last fix before it came late: without that delivery it would seem to be seen later."""
    ready = rules(order(RESIDENCE))
    track = fixes(
        stay("10T00:00", "10T02:00"),
        deliver_at(stay("10T02:00", "10T02:01"), "10T06:30"),
        stay("10T07:00", "10T09:00"),
    )
    _, view = evaluate_until(ready, track, "10T09:00")
    [whole] = view.statement.episodes
    assert (scenes.format_instant(whole.opened_us), scenes.format_instant(whole.end_us)) == (
        "10T06:00",
        "10T07:00",
    )
    live, _ = at(ready, track, "10T09:00", "10T07:05")
    view = pipeline.evaluate(ready, live, fixes(), us("10T09:00"))
    assert view.statement.episodes == (whole._replace(fix=view.statement.episodes[0].fix),)
    assert not at(ready, track, "10T09:00", "10T07:16")[0].deliveries


def test_what_ended_was_seen_when_a_replay_says_so_however_the_looks_are_kept() -> None:
    """The night's delivery came in two parts, and the next one shows what both showed again.

    After the cut all that was seen of the absence before that stands in one episode, which spans
    just what the next delivery shows.
    """
    ready = rules(order("C1: {residence: {stay_in: home}}"))
    track = fixes(
        stay("05T20:00", "05T23:00"),
        deliver_at(stay("05T23:00", "06T00:00", 900.0), "06T01:00:05"),
        deliver_at(stay("06T00:00", "06T00:30", 900.0), "06T01:00:20"),
        stay("06T01:00", "06T01:30", 900.0),
        stay("06T01:40", "06T04:00"),
        deliver_at(stay("06T04:00", "06T08:59"), "06T09:00"),
    )
    [whole] = scenes.look(ready, track, "06T09:10").episodes
    live, _ = at(ready, track, "06T09:10", "06T09:00")
    assert len(live.shown) == len(live.deliveries) == 1
    [same] = pipeline.evaluate(ready, live, fixes(), us("06T09:10")).statement.episodes
    assert (
        scenes.format_instant(same.opened_us)
        == scenes.format_instant(whole.opened_us)
        == "06T01:00:20"
    )


def test_a_delivery_that_is_cut_in_its_middle_supersedes_when_it_is_complete() -> None:
    """What it changed touches no incident, so that nothing else holds on to it."""
    ready = rules(order(RESIDENCE))
    late = deliver_at(stay("10T02:00", "10T03:00"), "10T06:00:10")
    track = fixes(stay("10T00:00", "10T02:00"), late, stay("10T05:30", "10T06:00"))
    live, view = at(ready, track, "10T06:00:11", "10T05:40")
    assert view.superseded == ()
    for before in ("10T06:00:30", "10T06:00:59"):
        view = pipeline.evaluate(ready, live, fixes(), us(before))
        live = view.state
        assert view.superseded == ()
    view = pipeline.evaluate(ready, live, fixes(), us("10T06:01"))
    whole = scenes.look(ready, track, "10T06:01")
    assert view.superseded == whole.superseded != ()


def test_what_is_kept_after_its_half_minute_is_of_the_same_delivery() -> None:
    """Each stood until the last of it came: nothing is handed out that stood until before."""
    ready = rules(order(RESIDENCE))
    in_time = (*stay("10T00:00", "10T02:00"), *stay("10T04:40", "10T06:00"))
    first_part = deliver_at(stay("10T02:00", "10T03:00"), "10T06:00:10")
    others = deliver_at(stay("10T03:00", "10T04:00"), "10T06:00:29")
    live, handed = EvaluationState(), set[SupersededAssessment]()
    for new, look in (
        (fixes((*in_time, *first_part)), "10T06:00:11"),
        (fixes(), "10T06:00:30"),
        (fixes(others), "10T06:00:31"),
        (fixes(), "10T06:01"),
        (fixes(), "10T06:02"),
    ):
        view = pipeline.evaluate(ready, live, new, us(look))
        live = view.state
        handed.update(view.superseded)
    whole = scenes.look(ready, fixes((*in_time, *first_part, *others)), "10T06:02")
    assert handed == set(whole.superseded) != set()


def test_every_delivery_is_told_when_it_is_complete() -> None:
    """The first of two would be told with the second otherwise, half a minute late."""
    ready = rules(order(RESIDENCE))
    first_part = deliver_at(stay("10T02:00", "10T03:00"), "10T06:00:10")
    others = deliver_at(stay("10T03:00", "10T04:00"), "10T06:00:40")
    track = fixes(stay("10T00:00", "10T02:00"), first_part, others, stay("10T04:40", "10T06:00"))
    for look, next_us in (("10T06:00:41", us("10T06:01")), ("10T06:01:01", us("10T06:01:30"))):
        assert next_wakeup.next_us(ready, scenes.look(ready, track, look)) == next_us


# --- What binds otherwise now ----------------------------------------------------------------

AWAY_LATE = fixes(
    stay("05T20:00", "08T22:30", every_s=600),
    deliver_at(stay("08T22:30", "09T02:50", 900.0), "09T03:10"),
    stay("09T03:10", "09T04:00", 900.0),
)


EXCUSED = rules(order(CURFEW, absences=absence("C1", "08T21:00", "09T07:00")))


def anew(ready: Rules, live: EvaluationState, before: Fixes) -> EvaluationState:
    """Return the same judged by other rules, with what came before the first fix in hand."""
    assert live.checkpoint is not None
    first_us, begin_us = (
        int(live.fixes.observed_us[0]),
        reevaluate.reheard_us(ready, live.checkpoint),
    )
    rows = slice(*np.searchsorted(before.observed_us, (begin_us, first_us)).tolist())
    return reevaluate.reevaluate_late(ready, live, before.rows(rows))


def test_late_deliveries_are_judged_by_what_binds_now() -> None:
    """An absence is revoked: what it excused was seen when the delivery came."""
    ready = rules(order(CURFEW))
    whole, _ = evaluate_until(ready, AWAY_LATE, "09T04:00")
    assert whole.deliveries
    live, _ = evaluate_until(EXCUSED, AWAY_LATE, "09T04:00")
    assert live.deliveries != whole.deliveries
    assert reevaluate.reevaluate_late(ready, live, fixes()).deliveries == whole.deliveries
    for since in ("06T12:00", "08T12:00"):
        live = anew(ready, at(EXCUSED, AWAY_LATE, "09T04:00", since)[0], AWAY_LATE)
        [episode] = pipeline.evaluate(ready, live, fixes(), us("09T04:00")).statement.episodes
        assert scenes.format_instant(episode.opened_us) == "09T03:10"


def test_what_a_delivery_that_reaches_behind_the_cut_refuted_stays_as_it_was() -> None:
    """Under other rules it shows other episodes; what was reported stays reported."""
    ready = rules(order(CURFEW, RESIDENCE))
    back = fixes(
        stay("05T20:00", "08T22:30", every_s=600),
        deliver_at(stay("08T22:30", "09T02:50"), "09T03:10"),
        stay("09T03:10", "09T04:00", every_s=600),
    )
    live, _ = at(ready, back, "09T03:11", "08T12:00")
    [delivery] = live.deliveries
    assert delivery.withdrawn
    [same] = anew(EXCUSED, live, back).deliveries
    assert (same.superseded, same.withdrawn) == (delivery.superseded, delivery.withdrawn)
    assert delivery.shown != same.shown == ()
    assert reevaluate.reevaluate_late(ready, replace(live, fixes=fixes()), fixes()).deliveries == (
        delivery,
    )
