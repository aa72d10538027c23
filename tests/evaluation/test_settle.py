"""Where a cut is made and what it leaves in hand; and packed, what is read again of it."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation import pipeline
from mesure.evaluation.assessment import Status
from mesure.evaluation.checkpoint import codec, recent, settle
from mesure.evaluation.checkpoint.codec import UnreadableCheckpointError
from mesure.evaluation.checkpoint.recent import Checkpoints
from mesure.evaluation.judgement import memory_us, to_span
from mesure.evaluation.pipeline import Evaluation, EvaluationState
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import NOT_KNOWN, SINCE_FIX, Fixes, Provider, merge
from tests.evaluation import scenes
from tests.evaluation.cuts import at, evaluate_until
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    SLOT,
    H,
    M,
    absence,
    deliver_at,
    fixes,
    order,
    rules,
    stay,
    us,
    walk,
)

LATER = "from: 2026-02-20, until: 2026-03-01"
READY = rules(order(CURFEW, RESIDENCE, SLOT))
WEEK = fixes(
    stay("05T20:00", "06T10:00", every_s=600),
    stay("06T10:00", "06T10:20", 2_000.0, every_s=300),
    stay("06T10:40", "07T22:50", every_s=600),
    walk("07T22:50", 0.0, 9_000.0, 5.0),
    stay("07T23:30", "12T06:00", 9_000.0, every_s=600),
)


# --- The cut -------------------------------------------------------------------------------------


def test_settled_is_what_lies_farther_back_than_fixes_and_decisions_reach() -> None:
    ready = rules(order(CURFEW))
    assert settle.stable_until_us(ready, us("20T12:00")) == us("17T11:00")


def test_a_slot_is_never_divided() -> None:
    assert settle.stable_until_us(READY, us("20T11:10")) == us("17T10:00")
    touching = rules(
        order(
            SLOT,
            "C5: {appointment: {at: office, every: day, from: 09:40, until: 10:10, "
            "present_min: 10}}",
        )
    )
    assert settle.stable_until_us(touching, us("20T11:10")) == us("17T09:40")


def test_a_cut_is_made_when_there_is_enough_to_settle() -> None:
    nothing, view = evaluate_until(READY, fixes(), "20T00:00")
    assert settle.settle(READY, view) == nothing
    _, view = evaluate_until(READY, WEEK, "08T20:00")
    assert settle.settle(READY, view).checkpoint is None
    _, view = evaluate_until(READY, WEEK, "12T06:00")
    settled = settle.settle(READY, view)
    assert settled.checkpoint is not None
    assert settled.checkpoint.since_us == us("09T05:00")
    view = pipeline.evaluate(READY, settled, fixes(), us("12T07:00"))
    assert settle.settle(READY, view).checkpoint == settled.checkpoint


def test_what_was_received_before_the_look_that_settled_reaches_behind_the_cut() -> None:
    """It lies an hour behind that look, so that a receipt may be a little older."""
    unsettled, view = evaluate_until(READY, WEEK, "12T06:00")
    settled = settle.settle(READY, view)
    assert settle.reaches_behind_cut(READY, settled, us("12T05:00") - 1)
    assert not settle.reaches_behind_cut(READY, settled, us("12T05:00"))
    assert not settle.reaches_behind_cut(READY, unsettled, us("08T00:00"))


def test_of_a_device_that_never_sent_a_fix_nothing_is_settled() -> None:
    """It says for weeks that it lies still, and a sign before the first fix says nothing."""
    checkpoints = Checkpoints()
    for day in range(1, 15):
        at_us = us(f"{day:02}T12:00")
        sign = fixes([scenes.claim(at_us, at_us - H)])
        result = recent.evaluate_newest(READY, checkpoints, sign, at_us + 1)
        checkpoints = result.checkpoints
        assert checkpoints.recent is None
    assert checkpoints.stable.checkpoint is None
    evaluation = recent.evaluate_newest(
        READY, checkpoints, fixes(stay("15T12:00", "15T13:00")), us("15T13:00")
    )
    assert evaluation.view.statement.assessments[-1].status is Status.MET


def test_what_the_judge_remembers_stays_in_hand() -> None:
    live, _ = at(READY, WEEK, "12T06:00", "11T12:00")
    first_us = us("11T12:00") - memory_us(READY.policy)
    before = live.fixes.observed_us[live.fixes.observed_us < first_us]
    assert len(before) == settle.FIXES_BEHIND
    assert live.checkpoint is not None
    assert live.fixes.observed_us[live.checkpoint.point.first] == us("11T12:00")


def test_an_absence_of_days_keeps_its_beginning() -> None:
    live, _ = at(READY, WEEK, "12T06:00", "11T12:00")
    view = pipeline.evaluate(READY, live, fixes(), us("12T07:00"))
    whole = scenes.look(READY, WEEK, "12T07:00")
    [away] = [one for one in view.statement.episodes if one.breach == "left"]
    [same] = [one for one in whole.episodes if one.breach == "left"]
    assert (away.start_us, away.opened_us, away.end_us) == (
        same.start_us,
        same.opened_us,
        same.end_us,
    )
    assert [one for one in view.assessments if one.condition == "C2"] == [
        assessment for assessment in whole.assessments if assessment.condition == "C2"
    ][-2:]


def test_what_was_seen_before_the_cut_of_what_lasts_is_still_known() -> None:
    """A late delivery, long before the cut, showed a part of it first."""
    track = fixes(
        stay("05T20:00", "05T23:00"),
        deliver_at(stay("05T23:00", "06T03:00", 900.0), "06T03:10"),
        stay("06T03:10", "06T05:59", 900.0),
    )
    ready = rules(order("C1: {residence: {stay_in: home}}"))
    live, view = at(ready, track, "06T06:00", "06T04:00")
    assert [one.opened_us for one in live.shown] == [view.statement.episodes[0].opened_us]
    assert live.deliveries == ()


def test_before_what_binds_now_nothing_was_other() -> None:
    ready = rules(order(CURFEW, RESIDENCE, SLOT))
    longer = rules(order(CURFEW, RESIDENCE, SLOT), until="20T00:00")
    since_us = us("10T23:00")
    known = settle.fingerprint(ready, since_us)
    assert settle.fingerprint(longer, since_us) == known
    later = rules(order(CURFEW, RESIDENCE, SLOT, absences=absence("C1", "10T23:30", "11T01:00")))
    assert settle.fingerprint(later, since_us) == known
    sooner = rules(order(CURFEW, RESIDENCE, SLOT, absences=absence("C1", "10T22:30", "11T01:00")))
    assert settle.fingerprint(sooner, since_us) != known


# --- Packed --------------------------------------------------------------------------------------


def test_what_was_packed_says_the_same() -> None:
    live, _ = at(READY, WEEK, "12T06:00", "11T12:00")
    again = codec.unpack(READY, codec.pack(READY, live), live.fixes)
    more = fixes(stay("12T06:00", "12T08:00"))
    for until in ("12T07:00", "12T08:00"):
        views = [pipeline.evaluate(READY, one, more, us(until)) for one in (live, again)]
        assert views[0].assessments == views[1].assessments
        assert views[0].statement.episodes == views[1].statement.episodes


def test_deliveries_are_packed_with_what_they_changed() -> None:
    track = fixes(
        stay("05T20:00", "05T22:30"), deliver_at(stay("05T22:30", "06T02:50"), "06T03:10")
    )
    live, view = evaluate_until(rules(order(CURFEW)), track, "06T03:11")
    ready = view.statement.rules
    assert live.deliveries[-1].withdrawn
    live = replace(live, handed_us=0)
    again = codec.unpack(ready, codec.pack(ready, live), live.fixes)
    assert again.checkpoint is None
    unfixed = [[episode._replace(fix=0) for episode in one.shown] for one in live.deliveries]
    assert [list(one.shown) for one in again.deliveries] == unfixed
    assert [one.superseded for one in again.deliveries] == [
        delivery.superseded for delivery in live.deliveries
    ]
    assert [one.at_us for each in again.deliveries for one in each.withdrawn] == [
        withdrawal.at_us for each in live.deliveries for withdrawal in each.withdrawn
    ]


def test_what_cannot_be_gone_on_from_is_said_to_be_unreadable() -> None:
    live, _ = at(READY, WEEK, "12T06:00", "11T12:00")
    packed = codec.pack(READY, live)
    other = rules(order(CURFEW, EXCLUSION))
    for ready, data, track in (
        (READY, b"no", live.fixes),
        (READY, b'["mesure live 0",null,[],[],0]', live.fixes),
        (other, packed, live.fixes),  # It watches a place that was not watched.
        (READY, packed, fixes()),  # The fixes before the cut are not there.
        (rules(order(CURFEW, RESIDENCE.replace("C2", "C9"), SLOT)), packed, live.fixes),
        (rules(order(CURFEW, RESIDENCE, SLOT, in_force=LATER)), packed, live.fixes),
    ):
        with pytest.raises(UnreadableCheckpointError):
            codec.unpack(ready, data, track)


def test_fixes_are_packed_to_the_bit() -> None:
    track = fixes(
        [scenes.fix("10T20:00", 5.0, radius95_m=np.nan, speed_mps=1.1, motion=1, beacon=0)],
        stay("10T20:01", "10T21:00", 7.7, radius95_m=33.3, motion=NOT_KNOWN),
    )
    again = codec.unpack_fixes(codec.pack_fixes(track))
    for name in Fixes.__slots__:
        column, same = getattr(track, name), getattr(again, name)
        assert column.dtype == same.dtype
        assert column.tobytes() == same.tobytes()
    assert len(codec.unpack_fixes(codec.pack_fixes(fixes()))) == 0


# --- The fast path -------------------------------------------------------------------------------


def by_minutes(ready: Rules, track: Fixes, first: str, minutes: int) -> list[bool]:
    """Return which looks, one for each fix, took the fast path."""
    start_us = us(first)
    before = np.searchsorted(track.observed_us, start_us)
    look = recent.evaluate_newest(ready, Checkpoints(), track.rows(slice(0, int(before))), start_us)
    ways = []
    for number in range(int(before), int(before) + minutes):
        fix = track.rows(slice(number, number + 1))
        look = recent.evaluate_newest(ready, look.checkpoints, fix, int(fix.received_us[0]) + 1)
        ways.append(look.is_recent)
    return ways


def test_what_comes_in_order_takes_the_quick_way() -> None:
    ready = rules(order(CURFEW))
    home = fixes(stay("10T00:00", "10T23:00"))
    ways = by_minutes(ready, home, "10T10:00", 300)
    assert all(ways)


@pytest.mark.parametrize(
    "said_since",
    [
        [scenes.claim(us("10T12:02"), us("10T10:00"))],
        [scenes.claim(us("10T12:02"), SINCE_FIX)],
        [scenes.fix("10T12:02", 2_300.0, radius95_m=1_000.0, provider=Provider.CELL)],
    ],
    ids=["a rest claim", "one since its last fix", "masts beside something better"],
)
def test_a_step_reaches_back_past_what_says_nothing_new(said_since: list[scenes.Fix]) -> None:
    """Why: through the stadium it is in doubt since the last fix, as a replay says."""
    ready = rules(order(EXCLUSION))
    before = fixes(stay("10T10:00", "10T12:00", 2_000.0, motion=0), said_since)
    beyond = fixes(stay("10T12:05", "10T12:06", 9_000.0))
    begun = recent.evaluate_newest(ready, Checkpoints(), before, us("10T12:03")).checkpoints
    look = recent.evaluate_newest(ready, begun, beyond, us("10T12:06"))
    whole = pipeline.replay(ready, merge(before, beyond), us("10T12:06"))
    assert look.is_recent
    assert look.view.assessments == whole.assessments
    [doubt] = [one for one in whole.assessments if one.status is Status.UNKNOWN]
    assert doubt.span == to_span(us("10T11:59"), us("10T12:05"))


@pytest.mark.parametrize(
    ("minutes", "begins"), [(29, "10T11:59"), (30, "10T12:29"), (50, "10T12:49")]
)
def test_of_a_device_that_lies_still_for_long_the_fast_path_begins_with_its_last_sign(
    minutes: int, begins: str
) -> None:
    """Why: no step is counted over a silence, so nothing reaches back to its last fix."""
    ready = rules(order(EXCLUSION))
    moments_us = range(us("10T12:00"), us("10T11:59") + minutes * M + 1, M)
    claims = [scenes.claim(at_us, us("10T10:00")) for at_us in moments_us]
    track = fixes(stay("10T10:00", "10T12:00", 2_000.0, motion=0), claims)
    begun = recent.evaluate_newest(ready, Checkpoints(), track, us("10T13:00")).checkpoints.recent
    assert begun is not None
    assert scenes.format_instant(begun.begin_us) == begins


def test_the_long_way_is_taken_now_and_then() -> None:
    ready = rules(order(CURFEW))
    home = fixes(stay("10T00:00", "10T23:00"))
    ways = by_minutes(ready, home, "10T10:00", 500)
    assert ways.count(False) == 1


def test_what_is_late_takes_the_long_way() -> None:
    ready = rules(order(CURFEW))
    home = fixes(stay("10T00:00", "10T10:00"))
    begun = recent.evaluate_newest(ready, Checkpoints(), home, us("10T10:00")).checkpoints
    assert begun.recent is not None
    slow = fixes(deliver_at(stay("10T10:00", "10T10:10"), "10T10:15"))
    silent = fixes(deliver_at(stay("10T10:00", "10T10:50"), "10T10:55"))
    assert recent.evaluate_newest(ready, begun, slow, us("10T10:16")).is_recent
    assert not recent.evaluate_newest(ready, begun, silent, us("10T10:56")).is_recent
    assert not recent.evaluate_newest(
        ready, begun, fixes(stay("10T09:30", "10T09:31")), us("10T10:01")
    ).is_recent


def test_where_evidence_gathers_for_hours_there_is_no_quick_way() -> None:
    """Fixes that lean to one side, never enough to decide, reach back to where they began."""
    ready = rules(order(CURFEW))
    track = fixes(
        stay("10T00:00", "10T02:00"), stay("10T02:00", "10T13:00", 75.0, radius95_m=400.0)
    )
    pair = recent.evaluate_newest(ready, Checkpoints(), track, us("10T13:00")).checkpoints
    view = recent.evaluate_newest(ready, Checkpoints(), track, us("10T13:00")).view
    onset = view.statement.judgement.end.lanes.onset_us
    assert (pair.recent is None) == bool(onset[0] >= 0 and onset[0] < us("10T13:00") - 6 * H)


def test_a_few_fixes_have_no_near_cut() -> None:
    ready = rules(order(CURFEW))
    track = fixes(stay("10T00:00", "10T00:01"))
    assert (
        recent.evaluate_newest(ready, Checkpoints(), track, us("10T00:02")).checkpoints.recent
        is None
    )


def test_an_open_delivery_has_no_near_cut() -> None:
    ready = rules(order(CURFEW))
    track = fixes(
        stay("10T00:00", "10T08:00"), deliver_at(stay("10T08:00", "10T09:00"), "10T09:00")
    )
    assert (
        recent.evaluate_newest(ready, Checkpoints(), track, us("10T09:00") + 1).checkpoints.recent
        is None
    )
    assert (
        recent.evaluate_newest(ready, Checkpoints(), track, us("10T09:01")).checkpoints.recent
        is not None
    )


def test_where_the_device_was_asked_behind_the_near_cut_the_long_way_is_taken_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An ask about a silence is over, and judging behind the last fix knows nothing of it.

    Why: the fast way was tried at every look, and then the long one was taken all the same.
    """
    ready = rules(order(CURFEW))
    home = fixes(stay("10T12:00", "10T23:00"))
    checkpoints = recent.evaluate_newest(ready, Checkpoints(), home, us("10T23:35")).checkpoints
    assert checkpoints.recent is not None
    assert checkpoints.is_asked
    tried: list[EvaluationState] = []

    def evaluate(rules_: Rules, state: EvaluationState, batch: Fixes, until_us: int) -> Evaluation:
        tried.append(state)
        return pipeline.evaluate(rules_, state, batch, until_us)

    monkeypatch.setattr(recent, "evaluate", evaluate)
    again = recent.evaluate_newest(ready, checkpoints, fixes(), us("10T23:40"))
    assert tried == [checkpoints.stable]
    assert again.checkpoints.recent is checkpoints.recent
    back = recent.evaluate_newest(
        ready, again.checkpoints, fixes(stay("10T23:50", "10T23:52")), us("10T23:52")
    )
    assert not back.checkpoints.is_asked


def test_whoever_is_left_alone_keeps_nothing_that_was_heard() -> None:
    ready = rules(order(CURFEW))
    few = recent.evaluate_newest(
        ready, Checkpoints(), fixes(stay("10T00:00", "10T00:01")), us("10T00:02")
    ).checkpoints
    assert few.stable.heard is not None
    assert few.lean() == Checkpoints(replace(few.stable, heard=None))
    home = fixes(stay("10T00:00", "10T10:00"))
    begun = recent.evaluate_newest(ready, Checkpoints(), home, us("10T10:00")).checkpoints
    batch = fixes(stay("10T10:00", "10T10:01"))
    near = recent.evaluate_newest(ready, begun, batch, us("10T10:01")).checkpoints
    assert near.recent is not None
    assert near.recent.heard is not None
    lean = near.lean().recent
    assert lean is not None
    assert lean.heard is None
