"""What devices say of themselves: lasting states are reported, and moments by the day."""

import itertools
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.calls import Call, CallEvent
from mesure.devices.health import PrecisionReport
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind
from mesure.incidents import device_problems
from mesure.incidents.device_problems import (
    DeviceNotice,
    DeviceProblemKind,
    DeviceProblemState,
    DeviceSignal,
)
from mesure.incidents.words import health_words
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from tests.evaluation import scenes
from tests.evaluation.scenes import H, M, S, us

ALMATY = ZoneInfo("Asia/Almaty")
POLICY = scenes.default_policy()
Said = tuple[str, UplinkEventKind, int | bool]


def signs(*reports: Said, late_us: int = 0) -> list[DeviceSignal]:
    events = [UplinkEvent(what, us(at), value) for at, what, value in reports]
    return [DeviceSignal("D-1", event, event.observed_us + late_us) for event in events]


def call_signals(*calls: tuple[str, Call], late_us: int = 0) -> list[DeviceSignal]:
    return [DeviceSignal("D-1", CallEvent(call, us(at)), us(at) + late_us) for at, call in calls]


Results = tuple[DeviceProblemState, tuple[DeviceNotice, ...]]


def hear_all(signals: list[DeviceSignal]) -> Results:
    return device_problems.hear(DeviceProblemState(), signals, POLICY, ALMATY, "A-1")


def hear_signs(*reports: Said, late_us: int = 0) -> Results:
    return hear_all(signs(*reports, late_us=late_us))


def test_a_strap_that_stays_open_is_told_of_while_it_lasts() -> None:
    known, ended = hear_signs(("10T08:00", UplinkEventKind.STRAP, False))
    assert ended == ()
    assert device_problems.state_notices(known, POLICY, "A-1", us("10T08:01")) == ()
    assert device_problems.due_us(known, POLICY, us("10T08:01")) == us("10T08:02")
    [notice] = device_problems.state_notices(known, POLICY, "A-1", us("10T08:02"))
    times_us = notice.start_us, notice.end_us, notice.opened_us
    assert (notice.kind, times_us) == ("strap", (us("10T08:00"), None, us("10T08:02")))
    assert device_problems.due_us(known, POLICY, us("10T08:02")) is None


def test_it_keeps_its_name_when_it_ends() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STRAP, False))
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("10T09:00"))
    closed = signs(("10T09:30", UplinkEventKind.STRAP, True))
    after, [notice] = device_problems.hear(known, closed, POLICY, ALMATY, "A-1")
    assert notice.id == lasting.id
    assert (notice.end_us, notice.total_us) == (us("10T09:30"), 90 * M)
    assert device_problems.state_notices(after, POLICY, "A-1", us("10T10:00")) == ()


def test_what_was_told_ends_under_its_name_even_if_its_late_end_makes_it_a_moment() -> None:
    """Or an officer would have before them for ever what was over after a minute."""
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STRAP, False))
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("10T08:02"))
    closed = signs(("10T08:01", UplinkEventKind.STRAP, True), late_us=H)
    after, [notice] = device_problems.hear(known, closed, POLICY, ALMATY, "A-1", {lasting.id})
    assert (notice.id, notice.end_us, notice.total_us) == (lasting.id, us("10T08:01"), M)
    assert after.moments == {}


def test_an_end_before_the_beginning_ends_what_was_told_without_a_span() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.LOCATING, False))
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("10T08:02"))
    back = signs(("10T07:00", UplinkEventKind.LOCATING, True), late_us=2 * H)
    _, [notice] = device_problems.hear(known, back, POLICY, ALMATY, "A-1", {lasting.id})
    assert (notice.start_us, notice.end_us, notice.total_us) == (us("10T08:00"), us("10T08:00"), 0)


def test_what_came_late_was_seen_late() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STRAP, False), late_us=2 * H)
    [notice] = device_problems.state_notices(known, POLICY, "A-1", us("10T10:00"))
    assert notice.opened_us == us("10T10:00")


def test_moments_are_told_of_together_by_the_day() -> None:
    reports: list[Said] = []
    for minute in (0, 10, 20):
        reports += [
            (f"10T08:{minute:02}", UplinkEventKind.STRAP, False),
            (f"10T08:{minute:02}:30", UplinkEventKind.STRAP, True),
        ]
    _, notices = hear_signs(*reports)
    assert len({one.id for one in notices}) == 1
    assert [one.count for one in notices] == [1, 2, 3]
    last = notices[-1]
    times_us = last.total_us, last.start_us, last.end_us
    assert times_us == (90 * S, us("10T08:00"), us("10T08:20:30"))
    assert last.opened_us == us("10T08:00:30")


def test_a_day_is_one_by_the_clock_on_the_wall() -> None:
    """19:00 UTC is midnight in Almaty."""
    night: list[Said] = [
        ("10T18:59", UplinkEventKind.STRAP, False),
        ("10T18:59:30", UplinkEventKind.STRAP, True),
        ("10T19:00", UplinkEventKind.STRAP, False),
        ("10T19:00:30", UplinkEventKind.STRAP, True),
    ]
    _, notices = hear_signs(*night)
    assert [one.day and one.day.day for one in notices] == [10, 11]


def test_what_comes_weeks_late_is_counted_with_its_day() -> None:
    """Or the count of that day would begin again, and what was counted would be lost."""

    def moment(at: str) -> list[Said]:
        return [(at, UplinkEventKind.STRAP, False), (f"{at}:30", UplinkEventKind.STRAP, True)]

    known, [first] = hear_signs(*moment("01T08:00"))
    known, _ = device_problems.hear(known, signs(*moment("20T08:00")), POLICY, ALMATY, "A-1")
    late = signs(*moment("01T09:00"), late_us=480 * H)
    _, [again] = device_problems.hear(known, late, POLICY, ALMATY, "A-1")
    assert (again.id, again.count, again.total_us) == (first.id, 2, 60 * S)


def test_a_battery_is_told_of_when_it_is_almost_empty_and_when_nobody_charges_it() -> None:
    known, _ = hear_signs(
        ("10T08:00", UplinkEventKind.BATTERY, 50),
        ("10T09:00", UplinkEventKind.BATTERY, 20),
        ("10T10:00", UplinkEventKind.BATTERY, 12),
    )
    assert device_problems.state_notices(known, POLICY, "A-1", us("10T10:59")) == ()
    [low] = device_problems.state_notices(known, POLICY, "A-1", us("10T11:00"))
    assert (low.kind, low.start_us) == (DeviceProblemKind.CHARGING, us("10T09:00"))
    known, ended = device_problems.hear(
        known, signs(("10T11:10", UplinkEventKind.BATTERY, 5)), POLICY, ALMATY, "A-1"
    )
    notices = device_problems.state_notices(known, POLICY, "A-1", us("10T11:12"))
    assert [one.kind for one in notices] == [DeviceProblemKind.BATTERY, DeviceProblemKind.CHARGING]
    _, ended = device_problems.hear(
        known, signs(("10T11:20", UplinkEventKind.CHARGING, True)), POLICY, ALMATY, "A-1"
    )
    assert [one.kind for one in ended] == [DeviceProblemKind.CHARGING, DeviceProblemKind.BATTERY]


def test_a_battery_that_is_low_and_charged_in_time_is_nothing() -> None:
    _, ended = hear_signs(
        ("10T09:00", UplinkEventKind.BATTERY, 15), ("10T10:00", UplinkEventKind.CHARGING, True)
    )
    assert ended == ()
    known, ended = hear_signs(("10T09:00", UplinkEventKind.CHARGING, False))
    assert (known.devices["D-1"].begun, ended) == ({}, ())


def test_a_device_that_speaks_is_on() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STARTED, False))
    [off] = device_problems.state_notices(known, POLICY, "A-1", us("10T09:00"))
    assert off.kind is DeviceProblemKind.SWITCHED_OFF
    _, [notice] = device_problems.hear(
        known, signs(("10T10:00", UplinkEventKind.MOTION, True)), POLICY, ALMATY, "A-1"
    )
    assert (notice.kind, notice.end_us) == (DeviceProblemKind.SWITCHED_OFF, us("10T10:00"))


def test_what_lasts_ends_when_the_device_is_handed_back() -> None:
    """What it says in a drawer says nothing about the person who carried it."""
    carried = {"D-1": [(us("10T00:00"), us("10T08:30"))]}
    known, _ = hear_signs(
        ("10T08:00", UplinkEventKind.STRAP, False), ("10T08:10", UplinkEventKind.BATTERY, 15)
    )
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("10T08:29"), carried)
    assert (lasting.kind, lasting.end_us) == (DeviceProblemKind.STRAP, None)
    for at in ("10T08:30", "20T00:00"):
        [notice] = device_problems.state_notices(known, POLICY, "A-1", us(at), carried)
        assert (notice.id, notice.end_us, notice.total_us) == (lasting.id, us("10T08:30"), 30 * M)
    # That it was low when it was handed back is nothing; nobody is to wake for it.
    assert device_problems.due_us(known, POLICY, us("10T08:15"), carried) is None


def test_what_lasted_when_it_was_handed_back_does_not_go_on_when_it_is_carried_again() -> None:
    carried = {"D-1": [(us("10T00:00"), us("10T08:30")), (us("12T00:00"), us("20T00:00"))]}
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STRAP, False))
    again = signs(("12T08:00", UplinkEventKind.STRAP, False))
    known, [over] = device_problems.hear(known, again, POLICY, ALMATY, "A-1", (), carried)
    assert (over.start_us, over.end_us) == (us("10T08:00"), us("10T08:30"))
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("13T00:00"), carried)
    assert (lasting.start_us, lasting.end_us) == (us("12T08:00"), None)


def test_what_was_told_ends_where_the_device_was_handed_back_earlier_than_anybody_knew() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STRAP, False))
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("10T08:02"))
    carried = {"D-1": [(us("10T00:00"), us("10T08:01"))]}
    at_us = us("10T12:00")
    assert device_problems.state_notices(known, POLICY, "A-1", at_us, carried) == ()
    [notice] = device_problems.state_notices(known, POLICY, "A-1", at_us, carried, {lasting.id})
    assert (notice.id, notice.end_us) == (lasting.id, us("10T08:01"))


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.LOCATING, False))
    _, [notice] = device_problems.hear(
        known, signs(("10T07:00", UplinkEventKind.LOCATING, True)), POLICY, ALMATY, "A-1"
    )
    assert (notice.kind, notice.total_us, notice.count) == (DeviceProblemKind.LOCATING, 0, 1)


def precision_signals(*reports: tuple[str, bool]) -> list[DeviceSignal]:
    return [DeviceSignal("D-1", PrecisionReport(us(at), wide), us(at)) for at, wide in reports]


def test_approximate_positions_are_told_of_after_a_day_and_shorter_ones_are_nothing() -> None:
    known, ended = hear_all(precision_signals(("10T08:00", True), ("10T20:00", True)))
    assert (ended, device_problems.is_approximate(known)) == ((), True)
    assert device_problems.due_us(known, POLICY, us("10T20:00")) == us("11T08:00")
    [notice] = device_problems.state_notices(known, POLICY, "A-1", us("11T08:00"))
    assert (notice.kind, notice.start_us) == (DeviceProblemKind.APPROXIMATE, us("10T08:00"))
    nearer = precision_signals(("11T07:59", False))
    known, ended = device_problems.hear(known, nearer, POLICY, ALMATY, "A-1")
    assert (ended, known.moments, device_problems.is_approximate(known)) == ((), {}, False)


def test_how_near_a_fix_is_ends_no_other_state_and_a_fix_does_not_switch_a_device_on() -> None:
    known, _ = hear_signs(
        ("10T08:00", UplinkEventKind.STRAP, False), ("10T08:00", UplinkEventKind.STARTED, False)
    )
    after, ended = device_problems.hear(
        known, precision_signals(("10T09:00", True), ("10T10:00", False)), POLICY, ALMATY, "A-1"
    )
    assert (after, ended) == (known, ())


@given(
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from(list(UplinkEventKind)), st.booleans())),
    st.lists(st.integers(0, 50)),
)
def test_signs_may_come_in_any_batches(
    reports: list[tuple[int, UplinkEventKind, bool]], cuts: list[int]
) -> None:
    """And nothing that ended is left out: it is reported by itself or with its day."""
    all_signs = [
        DeviceSignal(
            "D-1",
            UplinkEvent(
                what, us("10T00:00") + at * 30 * S, 3 if what is UplinkEventKind.BATTERY else yes
            ),
            at,
        )
        for at, what, yes in sorted(reports, key=lambda report: report[0])
    ]
    whole, notices = device_problems.hear(DeviceProblemState(), all_signs, POLICY, ALMATY, "A-1")
    known, parts = DeviceProblemState(), list[DeviceNotice]()
    edges = sorted({0, len(all_signs), *(cut for cut in cuts if cut < len(all_signs))})
    for first, last in itertools.pairwise(edges):
        known, new_notices = device_problems.hear(
            known, all_signs[first:last], POLICY, ALMATY, "A-1"
        )
        parts += new_notices
    assert (known, tuple(parts)) == (whole, notices)


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", texts.LANGUAGES)
@pytest.mark.parametrize("kind", list(DeviceProblemKind))
def test_it_is_explained_in_every_language_and_never_as_a_breach(
    tag: str, kind: DeviceProblemKind
) -> None:
    catalogue = texts.catalogue(tag)
    day = hear_signs(
        ("10T08:00", UplinkEventKind.STRAP, False), ("10T08:00:30", UplinkEventKind.STRAP, True)
    )[1][0].day
    lasting = DeviceNotice("x", "D-1", kind, us("10T08:02"), us("10T08:00"), None)
    ended = DeviceNotice("x", "D-1", kind, us("10T08:02"), us("10T08:00"), us("10T10:00"), 1, 2 * H)
    moments = DeviceNotice(
        "x", "D-1", kind, us("10T08:02"), us("10T08:00"), us("10T10:00"), 5, S, day
    )
    explanations = [
        health_words.explain(notice, ALMATY, catalogue, Reader.PERSON)
        for notice in (lasting, ended, moments)
    ]
    assert len(set(explanations)) == 3
    for text in explanations:
        for sentence in text.replace("\n", " ").split(". "):
            assert len(sentence.split()) <= (22 if tag == "fr" else 20), sentence


def test_in_english_it_says_when_and_what_to_do() -> None:
    known, _ = hear_signs(("10T08:00", UplinkEventKind.STRAP, False))
    [notice] = device_problems.state_notices(known, POLICY, "A-1", us("10T08:02"))
    assert health_words.explain(notice, ALMATY, texts.catalogue("en"), Reader.PERSON).split(
        "\n"
    ) == [
        (
            "Your device said that its strap was open. It began on 10 February 2026 at 13:00. "
            "It has not ended yet."
        ),
        (
            "This is about the device and says nothing about where you were. "
            "It is not a breach. A device can also be faulty."
        ),
        (
            "If it is still open, please close it, or call your officer. "
            "You can contest this and say what happened."
        ),
    ]


# --- Calls ---------------------------------------------------------------------------------------


def hear_calls(*calls: tuple[str, Call], late_us: int = 0) -> Results:
    return hear_all(call_signals(*calls, late_us=late_us))


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (Call.HELP, DeviceProblemKind.HELP),
        (Call.TAMPERED, DeviceProblemKind.TAMPERING),
        (Call.RUNS_LOW, DeviceProblemKind.BATTERY),
        (Call.POWER_CUT, DeviceProblemKind.POWER),
        (Call.GOES_OFF, DeviceProblemKind.SWITCHED_OFF),
    ],
)
def test_a_call_is_told_of_at_once_and_by_itself(call: Call, kind: DeviceProblemKind) -> None:
    known, [notice] = hear_calls(("10T08:00", call), late_us=5 * S)
    assert (notice.kind, notice.start_us, notice.end_us) == (kind, us("10T08:00"), us("10T08:00"))
    assert notice.opened_us == us("10T08:00") + 5 * S
    assert (notice.count, notice.day) == (1, None)
    assert device_problems.state_notices(known, POLICY, "A-1", us("10T09:00")) == ()
    assert device_problems.due_us(known, POLICY, us("10T08:00")) is None


def test_a_call_that_is_repeated_in_a_moment_is_one_and_a_later_one_another() -> None:
    _, notices = hear_calls(
        ("10T08:00", Call.HELP),
        ("10T08:01", Call.HELP),
        ("10T08:02:30", Call.HELP),
        ("10T08:30", Call.HELP),
        ("10T08:29:30", Call.HELP),
    )
    assert [scenes.format_instant(one.start_us) for one in notices] == ["10T08:00", "10T08:30"]
    assert len({one.id for one in notices}) == 2


def test_a_call_ends_no_state_and_begins_none() -> None:
    open_ = signs(("10T08:00", UplinkEventKind.STRAP, False))
    signals = [*open_, *call_signals(("10T08:01", Call.TAMPERED))]
    known, [call] = device_problems.hear(DeviceProblemState(), signals, POLICY, ALMATY, "A-1")
    [strap] = device_problems.state_notices(known, POLICY, "A-1", us("10T09:00"))
    assert (strap.kind, call.kind) == (DeviceProblemKind.STRAP, DeviceProblemKind.TAMPERING)


def test_a_call_for_help_is_worded_as_one_and_as_no_breach() -> None:
    _, [notice] = hear_calls(("10T08:00", Call.HELP))
    explanation = health_words.explain(notice, ALMATY, texts.catalogue("en"), Reader.PERSON)
    assert explanation.startswith("Your device sent a call for help. That was on ")
    assert "It is not a breach." in explanation
    assert "has not ended" not in explanation


@pytest.mark.parametrize("tag", texts.LANGUAGES)
def test_every_kind_has_a_title_of_its_own(tag: str) -> None:
    titles = [health_words.of(kind, texts.catalogue(tag)).title for kind in DeviceProblemKind]
    assert len({*titles}) == len(titles)


@pytest.mark.parametrize("tag", texts.LANGUAGES)
@pytest.mark.parametrize("kind", DeviceProblemKind)
def test_others_are_told_of_the_person_and_what_they_were_asked_to_do(
    kind: DeviceProblemKind, tag: str
) -> None:
    notice = DeviceNotice("N-1", "D-1", kind, 0, 0, 60_000_000, total_us=60_000_000)
    catalogue = texts.catalogue(tag)
    mine, theirs = (
        health_words.explain(notice, ALMATY, catalogue, reader).split("\n") for reader in Reader
    )
    assert len(mine) == len(theirs) == 3
    assert all(said != other for said, other in zip(mine, theirs, strict=True))
    spoken_to = {
        "en": "[Yy]our? ",
        "fr": "[Vv]ous |[Vv]otre ",
        "ru": "В[аы][шмс ]",
        "kk": "Сіз|ыңыз ",
    }
    assert not re.search(spoken_to[tag], " ".join(theirs))
