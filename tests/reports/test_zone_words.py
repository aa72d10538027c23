"""What the officer who enters an order reads of its zones."""

import math
from dataclasses import replace

import pytest

from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.feasibility.zone_check import ZoneCaution, ZoneCheck
from mesure.evaluation.policy import DeviceClass
from mesure.machine import texts
from mesure.reports.zones import zone_words
from mesure.reports.zones.zone_words import ZoneEstimate
from tests.orders.plain_catalogue import PlainCatalogue

PHONE, TAG = DeviceClass.PHONE, DeviceClass.GNSS_TAG
HOME = ZoneCheck(
    condition="C1",
    kind="curfew",
    place="home",
    device_class=PHONE,
    has_beacon=False,
    is_kept_out=False,
    is_middle=True,
    is_home=True,
    is_circle=True,
    hours_per_day=8.0,
    room_m=30.0,
    by_building=dict(zip(BuildingKind, (1.0 / 12.0, 1.0 / 5.0, 1.0 / 3.0), strict=True)),
    delay_s=102.0,
    slow_s=985.0,
    told_m=27.3,
    suggested_m=60.0,
    zones=1,
    near_zones=0,
    narrow_zones=0,
    depth_m=math.inf,
    cautions=(ZoneCaution.WITHIN_ERRORS, ZoneCaution.TOO_SMALL, ZoneCaution.NO_BEACON),
)


BY_CLASS = "phone about one in {}, tag about one in {}."
WALLS = "Expect false alerts, and more of them behind thick walls."
BEACON = "With a home beacon, even in a basement: phone about one in {}, tag about one in {}."
FEWER = "For at most one false alert in 50 days the radius must be {} m (tag: {} m)."
RARE = dict.fromkeys(BuildingKind, 0.001)


def _more(check: ZoneCheck, times: float) -> ZoneCheck:
    rates = {kind: times * per_day for kind, per_day in check.by_building.items()}
    return replace(check, by_building=rates)


def _estimate(phone: ZoneCheck, tag: ZoneCheck | None = None) -> ZoneEstimate:
    tag = tag or replace(phone, device_class=TAG, told_m=18.1)
    hears = phone.kind == "curfew" and phone.is_home
    checks = [replace(_more(one, 0.05), has_beacon=hears) for one in (phone, tag)]
    return ZoneEstimate({PHONE: phone, TAG: tag}, dict(zip((PHONE, TAG), checks, strict=True)))


def _lines(phone: ZoneCheck, tag: ZoneCheck | None = None) -> list[str]:
    passage = zone_words.passage([_estimate(phone, tag)], PlainCatalogue())
    assert passage.heading == "What positions can tell (estimates)"
    *lines, last = passage.lines
    assert (
        last == "Averages over such homes: a third as many, or three times as many, are possible."
    )
    return lines


def test_a_small_circle_round_a_home() -> None:
    tag = replace(_more(HOME, 2.0), device_class=TAG, slow_s=1182.0, told_m=18.1, suggested_m=230.0)
    assert _lines(HOME, tag) == [
        "C1, “home”: a circle with a radius of 30 m.",
        WALLS,
        "In a house or flat: " + BY_CLASS.format("12 days", "6 days"),
        "If the home is in a high building: " + BY_CLASS.format("5 days", "2 days"),
        "If the home is in a basement: " + BY_CLASS.format("3 days", "2 days"),
        BEACON.format("60 days", "30 days"),
        "Leaving on foot is seen after about 2 minutes.",
        "For some days after the position jumped it may take 16 minutes (tag: 20 minutes).",
        "Within 27 m beyond the boundary (tag: 18 m) a stay looks like an error.",
        "At least one fix in twenty will look as if it lay on the wrong side.",
        FEWER.format("60", "230"),
    ]


def test_what_would_do_is_said_of_the_radius_or_of_how_far_the_boundary_is() -> None:
    drawn = replace(HOME, is_circle=False)
    away = replace(drawn, is_middle=False)
    begin = "For at most one false alert in 50 days the "
    assert begin + "radius must be 60 m (tag: 60 m)." in _lines(HOME)
    assert begin + "boundary must be 60 m from the middle (tag: 60 m)." in _lines(drawn)
    assert begin + "boundary must be 60 m from home (tag: 60 m)." in _lines(away)
    assert _lines(drawn)[0] == "C1, “home”: the boundary is 30 m from the middle."


def test_a_place_that_is_not_the_home_is_called_a_building() -> None:
    lines = _lines(replace(HOME, place="office", is_home=False, cautions=()))
    assert lines[2:5] == [
        f"In a low building: {BY_CLASS.format('12 days', '12 days')}",
        f"In a high building: {BY_CLASS.format('5 days', '5 days')}",
        f"In a basement: {BY_CLASS.format('3 days', '3 days')}",
    ]
    assert not any("beacon" in line for line in lines)


def test_a_beacon_is_spoken_of_where_one_kind_of_building_needs_it() -> None:
    calm = replace(HOME, by_building=RARE | {BuildingKind.BASEMENT: 0.021}, cautions=())
    [line] = [line for line in _lines(calm) if "beacon" in line]
    assert line.endswith("phone less than one a year, tag less than one a year.")
    few = replace(HOME, by_building=RARE | {BuildingKind.BASEMENT: 0.019}, cautions=())
    assert not any("beacon" in line for line in _lines(few))


def test_a_zone_that_is_no_worry_takes_few_words() -> None:
    calm = replace(
        HOME, by_building=RARE, cautions=(), is_middle=False, is_circle=False, delay_s=20.0
    )
    assert _lines(calm) == [
        "C1, “home”: the boundary is 30 m from home.",
        "Expect hardly any false alerts.",
        "Leaving on foot is seen after about 1 minute.",
        "Within 27 m beyond the boundary (tag: 18 m) a stay looks like an error.",
    ]


def test_what_is_wrong_with_one_class_of_device_is_said() -> None:
    calm = replace(HOME, by_building=RARE, cautions=())
    tag = replace(
        HOME, suggested_m=math.inf, cautions=(ZoneCaution.NEAR_EDGE, ZoneCaution.MAPS_DIFFER)
    )
    lines = _lines(calm, tag)
    assert lines[2].endswith("phone less than one a year, tag about one in 12 days.")
    assert lines[-2:] == [
        FEWER.format("60", "more than 1000"),
        "Maps of the same area differ by up to 364 m: check on which side the home lies.",
    ]


@pytest.mark.parametrize(
    ("room_m", "caution", "sentence"),
    [
        (None, ZoneCaution.NO_HOME, "where the person lives, nor how far that is."),
        (-4.0, ZoneCaution.WRONG_SIDE, "the home itself lies on the wrong side."),
    ],
)
def test_without_room_there_is_no_rate(
    room_m: float | None, caution: ZoneCaution, sentence: str
) -> None:
    lines = _lines(replace(HOME, room_m=room_m, by_building={}, cautions=(caution,)))
    assert lines[0].endswith(sentence)
    assert not any("alse incident" in line for line in lines)


def test_venues_are_summed_up() -> None:
    venues = replace(
        HOME,
        kind="exclusion",
        place="nightlife",
        is_kept_out=True,
        is_middle=False,
        zones=40,
        near_zones=2,
        delay_s=180.0,
        slow_s=None,
        narrow_zones=38,
        depth_m=25.0,
        cautions=(ZoneCaution.TOO_NARROW,),
    )
    small = "38 of the zones are so small that many visits to them are not seen."
    assert _lines(venues) == [
        "C1, “bars, pubs and nightclubs”: 40 zones, the nearest 30 m from home.",
        "2 of them are so near that an ordinary fix at home may lie inside.",
        WALLS,
        f"In a house or flat: {BY_CLASS.format('12 days', '12 days')}",
        f"If the home is in a high building: {BY_CLASS.format('5 days', '5 days')}",
        f"If the home is in a basement: {BY_CLASS.format('3 days', '3 days')}",
        (
            "Of 25 real visits to a circle of 25 m 21 were seen (half an hour or more, with at "
            "least three reports)."
        ),
        "Half of those were seen within 1 minute of the arrival.",
        "Of 100 ways straight through a circle of 50 m 12 were seen.",
        small,
        "Errors seldom stay in so small a zone: expect fewer false alerts than said.",
    ]
    calm = _lines(replace(venues, by_building=RARE))
    assert calm[-1] == small
    alone = _lines(replace(venues, by_building=RARE, zones=1, narrow_zones=1, depth_m=80.0))
    assert alone[-1] == "The zone is so small that many visits to it are not seen."
    assert (
        "Of 25 real visits to a circle of 50 m 25 were seen (half an hour or more, with at least "
        "three reports)." in alone
    )
    assert "Of 100 ways straight through a circle of 50 m 12 were seen." in alone
    looks_like_an_error = "Within 27 m inside the boundary (tag: 18 m) a stay looks like an error."
    assert looks_like_an_error in alone
    # Nearly all visits to 50 m were told: it isn't said that most of such a circle shows none.
    narrow = _lines(replace(venues, by_building=RARE, zones=1, narrow_zones=1, depth_m=53.0))
    assert looks_like_an_error not in narrow
    assert "Entering on foot is seen after about 3 minutes." in _lines(
        replace(venues, depth_m=200.0)
    )
    far = _lines(replace(venues, near_zones=0))
    assert far[1].startswith("Expect false alerts")


def test_no_room_is_asked_for_where_it_would_not_help() -> None:
    many = replace(HOME, room_m=80.0, cautions=(ZoneCaution.NEAR_EDGE,))
    assert _lines(many)[-1] == _lines(replace(many, cautions=()))[-1]


def test_an_appointment_is_said_when_it_is_over() -> None:
    lines = _lines(replace(HOME, kind="appointment", by_building=RARE, cautions=()))
    assert lines[-1] == "Whether the person came is said when the set time is over."


@pytest.mark.parametrize(
    ("per_day", "phrase"),
    [
        (0.0, "less than one a year"),
        (1.0 / 366.0, "less than one a year"),
        (1.0 / 364.0, "about one in 360 days"),
        (1.0 / 24.0, "about one in 20 days"),
        (1.0 / 19.4, "about one in 19 days"),
        (1.0 / 2.2, "about one in 2 days"),
        (1.0 / 1.4, "about one a day"),
        (1.4, "about one a day"),
        (1.6, "about 2 a day"),
        (12.3, "about 12 a day"),
    ],
)
def test_rates_are_no_finer_than_an_estimate(per_day: float, phrase: str) -> None:
    assert zone_words.how_often(per_day, PlainCatalogue()) == phrase


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_sentence_is_short_and_filled_in(language: str) -> None:
    every = replace(HOME, cautions=tuple(ZoneCaution))
    zones = [
        every,
        replace(every, room_m=None),
        replace(every, room_m=-1.0),
        replace(every, is_middle=False),
        replace(every, is_kept_out=True, zones=2, near_zones=1),
        replace(every, kind="appointment"),
        replace(every, by_building=RARE),
        replace(every, is_home=False),
    ]
    catalogue = texts.catalogue(language)
    passage = zone_words.passage([_estimate(zone) for zone in zones], catalogue)
    for line in (passage.heading, *passage.lines):
        assert not set("{}") & set(line)
        assert len(line.split()) <= 26
    assert language == "en" or "boundary" not in "".join(passage.lines)
