"""Every row is used or kept with its reason, whatever order the files and their rows come in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import NO_TIME, FileRows, UnusedReason
from mesure.formats.stored import assemble_fixes
from mesure.geo.fixes import Provider
from tests.evaluation import scenes
from tests.ingest import samples
from tests.ingest.samples import DAY_S, START, WALK, Step, gather_fixes

POLICY = scenes.default_policy()
HEADER = "time,lat,lon,accuracy_m,speed_mps,recv_time,provider,motion,beacon\n"


def table(*rows: str) -> bytes:
    """Return a CSV file; what a row leaves out at its end is empty."""
    full = [row + "," * (HEADER.count(",") - row.count(",")) for row in rows]
    return (HEADER + "\n".join(full)).encode()


def at(seconds: float = 0) -> str:
    return samples.text(START + timedelta(seconds=seconds))


def row(
    taken_s: float = 0, heard_s: float | None = None, lat: str = "43.25", lon: str = "76.9"
) -> str:
    return f"{at(taken_s)},{lat},{lon},10,,{'' if heard_s is None else at(heard_s)}"


def reasons(*rows: str, **how: Any) -> dict[str, int]:
    return gather_fixes(table(*rows), **how).kept_unused


# --- Reasons ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("91", "0"),
        ("-90.0001", "0"),
        ("0", "180.0001"),
        ("0", "-181"),
        ("1e9", "1e9"),
        ("nan", "1"),
        ("1", "inf"),
        ("", "1"),
        ("1", ""),
        ("north", "1"),
        ("0", "0"),
        ("-0.0", "0.0"),
        ("1e309", "1"),
    ],
)
def test_a_row_without_a_place_on_earth_is_out_of_range(lat: str, lon: str) -> None:
    assert reasons(row(lat=lat, lon=lon)) == {"out_of_range": 1}


@pytest.mark.parametrize(
    ("lat", "lon"), [("90", "180"), ("-90", "-180"), ("0", "0.000001"), ("-0.000001", "0")]
)
def test_the_edges_of_the_earth_are_on_it(lat: str, lon: str) -> None:
    assert reasons(row(lat=lat, lon=lon)) == {}


@pytest.mark.parametrize(
    "time", ["", "soon", "2026-02-30T00:00:00Z", "1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z"]
)
def test_a_row_without_a_readable_time_is_out_of_range(time: str) -> None:
    assert reasons(row(), f"{time},43.25,76.9") == {"out_of_range": 1}


def test_a_receipt_that_cannot_be_read_is_out_of_range() -> None:
    assert reasons(f"{at()},43.25,76.9,10,,later") == {"out_of_range": 1}


def test_a_fix_two_minutes_ahead_of_its_receipt_is_not_yet_future() -> None:
    assert reasons(row(120, 0)) == {}
    assert reasons(row(120.001, 0)) == {"future": 1}


def test_a_fix_is_stale_only_after_two_days() -> None:
    assert reasons(row(0, 2 * DAY_S)) == {}
    assert reasons(row(0, 2 * DAY_S + 0.001)) == {"stale": 1}
    assert reasons(row(0, 3 * DAY_S), policy=replace(POLICY, stale_s=4.0 * DAY_S)) == {}


def test_what_came_at_or_after_the_moment_of_looking_is_after_until() -> None:
    until_us = samples.us(START) + 60_000_000
    result = gather_fixes(table(row(0, 59), row(10, 60), row(20, 61)), until_us=until_us)
    assert result.kept_unused == {"after_until": 2}
    assert result.last_receipt_us == until_us + 1_000_000


def test_without_a_moment_of_looking_nothing_is_after_it() -> None:
    assert reasons(row(0, 59), row(10, 60)) == {}


def test_a_repeated_fix_is_kept_once_and_the_first_received_counts() -> None:
    result = gather_fixes(table(row(0, 50), row(0, 20), row(0, 30)))
    assert result.kept_unused == {"duplicate": 2}
    assert result.fixes.received_us.tolist() == [samples.us(START) + 20_000_000]
    assert result.fixes.row.tolist() == [1]
    assert result.unused["duplicate"].row.tolist() == [2, 0]


def test_the_same_time_elsewhere_is_no_repeat() -> None:
    assert reasons(row(), row(lat="43.26"), row(lon="76.91")) == {}


def test_a_fix_that_is_not_used_does_not_make_another_one_a_repeat() -> None:
    result = gather_fixes(table(row(0, -1000), row(0, 3 * DAY_S), row(0, 5)))
    assert result.kept_unused == {"future": 1, "stale": 1}
    assert result.fixes.row.tolist() == [2]


def test_of_several_reasons_the_first_counts() -> None:
    until_us = samples.us(START)
    assert reasons(row(0, 3 * DAY_S, lat="91"), until_us=until_us) == {"out_of_range": 1}
    assert reasons(row(0, 3 * DAY_S), until_us=until_us) == {"stale": 1}
    assert reasons(row(500, 0), until_us=until_us) == {"future": 1}
    twice = [samples.owntracks(WALK[0], t="p"), samples.owntracks(WALK[0], t="p", lat=91)]
    assert gather_fixes(samples.lines(twice)).kept_unused == {"heartbeat": 1, "out_of_range": 1}


def test_every_reason_has_the_word_of_the_report() -> None:
    assert [why.word for why in UnusedReason][1:] == [
        "other_trace", "out_of_range", "heartbeat", "future", "stale", "after_until", "duplicate",
        "not_a_track",
    ]  # fmt: skip


# --- Clocks ----------------------------------------------------------------------------------


def test_a_clock_1024_weeks_behind_is_set_right_when_a_receipt_proves_it() -> None:
    behind = row(-7168 * DAY_S, 5)
    result = gather_fixes(table(row(), behind, row(60 - 7168 * DAY_S, 3600 + 60)))
    assert result.kept_unused == {"duplicate": 1}
    assert result.fixes.observed_us.tolist() == [samples.us(START), samples.us(START) + 60_000_000]
    assert result.clock_corrected_row.tolist() == [1, 2]


def test_a_clock_otherwise_behind_is_stale_and_without_receipt_believed() -> None:
    assert reasons(row(-7168 * DAY_S, 3600.001)) == {"stale": 1}
    assert reasons(row(-7168 * DAY_S, -3600.001)) == {"stale": 1}
    result = gather_fixes(table(row(-7168 * DAY_S)))
    assert result.kept_unused == {}
    assert not len(result.clock_corrected_row)


def test_the_last_receipt_is_that_of_any_row_with_a_place_and_time() -> None:
    result = gather_fixes(table(row(0, 10), row(0, 5 * DAY_S), row(0, 9 * DAY_S, lat="91")))
    assert result.last_receipt_us == samples.us(START) + 5 * DAY_S * 1_000_000
    alive = samples.lines([samples.owntracks(WALK[0]), {"_type": "lwt", "tst": 1_800_000_000}])
    assert gather_fixes(alive).last_receipt_us == 1_800_000_000_000_000
    assert gather_fixes(samples.lines([{"_type": "lwt"}])).last_receipt_us is None


# --- Radius, provider, speed -----------------------------------------------------------------


@pytest.mark.parametrize("accuracy", ["", "0", "-5", "nan", "inf", "1e309", "good"])
def test_an_accuracy_that_claims_nothing_is_unknown(accuracy: str) -> None:
    assert np.isnan(gather_fixes(table(f"{at()},43.25,76.9,{accuracy}")).fixes.radius95_m).all()


def test_a_reported_radius_becomes_a_radius95_once() -> None:
    data = table(f"{at()},43.25,76.9,1510")
    assert gather_fixes(data).fixes.radius95_m[0] == pytest.approx(2448)
    tag = gather_fixes(data, device_class=DeviceClass.GNSS_TAG).fixes
    assert tag.radius95_m.tolist() == [1510]


PROVIDERS = [
    ("", "", Provider.UNKNOWN),
    ("5", "", Provider.GNSS),
    ("50", "", Provider.GNSS),
    ("50.1", "", Provider.WIFI),
    ("65", "fused", Provider.WIFI),
    ("299.9", "", Provider.WIFI),
    ("300", "", Provider.CELL),
    ("", "gps", Provider.GNSS),
    ("900", "gps", Provider.GNSS),
    ("12", "network", Provider.WIFI),
    ("900", "network", Provider.CELL),
    ("", "network", Provider.CELL),
    ("12", "wifi", Provider.WIFI),
    ("12", "cell", Provider.CELL),
]


@pytest.mark.parametrize(("accuracy", "provider_text", "provider"), PROVIDERS)
def test_a_provider_is_what_was_said_or_what_the_claim_looks_like(
    accuracy: str, provider_text: str, provider: Provider
) -> None:
    data = table(f"{at()},43.25,76.9,{accuracy},,,{provider_text}")
    assert gather_fixes(data).fixes.provider.tolist() == [provider]
    tag = gather_fixes(data, device_class=DeviceClass.GNSS_TAG).fixes
    assert tag.provider.tolist() == [Provider.GNSS]


@pytest.mark.parametrize(
    ("name", "value", "changed"),
    [
        ("radius95_per_reported_phone_ratio", 2.0, "radius95_m"),
        ("radius95_per_reported_tag_ratio", 2.0, "radius95_m"),
        ("wifi_above_m", 64.0, "provider"),
        ("cell_from_m", 65.0, "provider"),
    ],
)
def test_what_a_claim_means_is_a_matter_of_the_policy(
    name: str, value: float, changed: str
) -> None:
    is_tag = "tag" in name
    kind = DeviceClass.GNSS_TAG if is_tag else DeviceClass.PHONE
    data = table(f"{at()},43.25,76.9,64", f"{at(1)},43.25,76.9,65")
    own = replace(POLICY, **{name: value})  # type: ignore[arg-type]
    usual, other = (
        samples.columns(gather_fixes(data, device_class=kind, policy=policy).fixes)
        for policy in (POLICY, own)
    )
    assert {column for column in usual if usual[column] != other[column]} == {changed}
    # Which class the order is judged by does not matter: each radius is read by its own device's.
    of_tags = scenes.default_policy(DeviceClass.GNSS_TAG)
    assert usual == samples.columns(gather_fixes(data, device_class=kind, policy=of_tags).fixes)


def test_hdop_counts_only_where_there_is_no_accuracy_and_shows_a_satellite_receiver() -> None:
    head = "time,lat,lon,accuracy_m,hdop,sats,provider\n"
    body = [f"{at(n)},43.25,76.9," for n in range(5)]
    cells = ["80,20,,", ",20,,", "0,1,,network", "80,,7,", "80,,0,"]
    data = (head + "\n".join(map("".join, zip(body, cells, strict=True)))).encode()
    fixes = gather_fixes(data, device_class=DeviceClass.PHONE).fixes
    ratio = 2.448 / 1.510
    assert fixes.radius95_m == pytest.approx(
        [80 * ratio, 100 * ratio, 5 * ratio, *[80 * ratio] * 2]
    )
    wifi, gnss = Provider.WIFI, Provider.GNSS
    assert fixes.provider.tolist() == [wifi, gnss, wifi, gnss, wifi]


def test_speeds_and_flags_are_known_or_not() -> None:
    rows = ["1.5,,,1,0", "-1,,,true,false", "nan,,,TRUE,", "1000.1,,,maybe,1", "-0.0,,,,"]
    fixes = gather_fixes(
        table(*(f"{at(n)},43.25,76.9,,{rest}" for n, rest in enumerate(rows)))
    ).fixes
    assert fixes.speed_mps == pytest.approx([1.5, np.nan, np.nan, np.nan, 0.0], nan_ok=True)
    assert not np.signbit(fixes.speed_mps[4])
    assert fixes.motion.tolist() == [1, 1, 1, -1, -1]
    assert fixes.beacon.tolist() == [0, 0, -1, 1, -1]


# --- Order -----------------------------------------------------------------------------------

near = st.integers(0, 3)
steps = st.builds(
    lambda t, lat, lon, accuracy, speed: Step(
        START + timedelta(seconds=t), 43 + lat / 8, -lon / 8, accuracy, speed
    ),
    near,
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from([None, 5.0, 10.0]),
    st.sampled_from([0.0, 1.5]),
)


@given(
    st.lists(steps, max_size=12),
    st.randoms(use_true_random=False),
    st.integers(0, 12),
    st.booleans(),
)
def test_order_and_cuts_change_the_numbers_of_rows_and_nothing_else(
    walk: list[Step], chance: Any, cut: int, repeating: bool
) -> None:
    def write_rows(part: list[Step]) -> bytes:
        return (
            samples.lines([samples.traccar(step) for step in part])
            if repeating
            else samples.csv(part)
        )

    shuffled = chance.sample(walk, len(walk))
    whole = gather_fixes(write_rows(walk))
    parts = gather_fixes(write_rows(shuffled[:cut]), write_rows(shuffled[cut:]))
    assert samples.columns(parts.fixes) == samples.columns(whole.fixes)
    assert parts.kept_unused == whole.kept_unused
    assert parts.last_receipt_us == whole.last_receipt_us
    for reason, rows in whole.unused.items():
        assert samples.columns(parts.unused[reason]) == samples.columns(rows)


@given(st.lists(steps, min_size=1, max_size=12))
def test_fixes_are_sorted_and_every_row_is_kept_once(walk: list[Step]) -> None:
    result = gather_fixes(samples.csv(walk))
    fixes = result.fixes
    radius = np.where(np.isnan(fixes.radius95_m), np.inf, fixes.radius95_m)
    keys = list(
        zip(fixes.observed_us, radius, fixes.lat_deg, fixes.lon_deg, fixes.received_us, strict=True)
    )
    assert keys == sorted(keys)
    rows = [fixes.row, *(rows.row for rows in result.unused.values())]
    assert (
        sorted(np.concatenate(rows).tolist()) == list(range(len(walk))) == list(range(result.read))
    )


def test_rows_are_numbered_through_the_files_in_the_order_given() -> None:
    first, second = table(row(0), row(10)), table(row(20), "x", row(30))
    assert gather_fixes(first, second).fixes.row.tolist() == [0, 1, 2, 4]
    assert gather_fixes(second, first).fixes.row.tolist() == [3, 4, 0, 2]
    assert gather_fixes(second, first).unused["out_of_range"].row.tolist() == [1]


def test_a_batch_delivered_newest_first_is_put_in_order() -> None:
    result = gather_fixes(table(*(row(60 * n, 4000) for n in reversed(range(50)))))
    assert result.kept_unused == {}
    assert (np.diff(result.fixes.observed_us) == 60_000_000).all()


def test_no_files_and_empty_files_are_no_fixes() -> None:
    for result in (gather_fixes(), gather_fixes(b""), gather_fixes(b"", b"time,lat,lon\n")):
        assert (result.read, len(result.fixes), result.kept_unused) == (0, 0, {})
        assert result.last_receipt_us is None


def test_another_persons_rows_are_counted_and_their_places_not_shown() -> None:
    data = b"time,lat,lon,trace_id\n" + f"{at()},43.25,76.9,a\n{at()},43.3,76.9,b".encode()
    result = gather_fixes(data, trace="a")
    other = result.unused["other_trace"]
    assert result.kept_unused == {"other_trace": 1}
    assert other.row.tolist() == [1]
    assert np.isnan(other.lat_deg).all()
    assert np.isnan(other.lon_deg).all()
    assert other.observed_us.tolist() == other.received_us.tolist() == [NO_TIME]


# --- By which class of device ----------------------------------------------------------------

PHONE, TAG = DeviceClass.PHONE, DeviceClass.GNSS_TAG


def make_record(*rows: tuple[str, str]) -> FileRows:
    """Return a file whose rows name a trace and the class of device by which it was judged."""
    lines = [f"{at(60 * number)},43,76,{trace},{of}" for number, (trace, of) in enumerate(rows)]
    head = "time,lat,lon,trace_id,device_class"
    return fixes_files.read("kept.csv", "\n".join([head, *lines]).encode())


def test_a_file_that_says_what_it_was_judged_by_is_judged_by_that() -> None:
    record = make_record(("a", "gnss_tag"), ("a", ""), ("b", "phone"), ("c", "wristwatch"))
    assert record.notes[0].unread == ()
    classes = {trace: assemble_fixes.device_class_of([record], trace, None) for trace in "abc"}
    assert classes == {"a": TAG, "b": PHONE, "c": PHONE}
    assert assemble_fixes.device_class_of([record], "a", TAG) is TAG
    assert assemble_fixes.device_class_of([record], "c", TAG) is TAG


def test_a_file_that_names_nobody_may_say_it_too() -> None:
    assert assemble_fixes.device_class_of([make_record(("", "gnss_tag"))], None, None) is TAG
    assert assemble_fixes.device_class_of([make_record(("", "gnss_tag"))], "a", None) is TAG


def test_whose_class_counts_is_asked_with_the_trace() -> None:
    record = make_record(("a", "gnss_tag"), ("b", "phone"))
    assert assemble_fixes.device_class_of([record], None, None) is PHONE
    with pytest.raises(FixesError, match="trace_id has 2 values"):
        assemble_fixes.gather(
            [record], trace=None, device_class=PHONE, until_us=None, policy=POLICY
        )


def test_another_class_than_the_file_says_is_refused() -> None:
    with pytest.raises(FixesError) as refused:
        assemble_fixes.device_class_of([make_record(("a", "gnss_tag"))], None, PHONE)
    assert str(refused.value) == (
        "kept.csv: its fixes come from a gnss_tag, so by the thresholds of another class of device "
        "other answers come out; leave --device-class out."
    )


def test_of_two_devices_it_is_asked_which_was_carried_first() -> None:
    record = make_record(("a", "gnss_tag"), ("a", "phone"))
    with pytest.raises(FixesError, match=r"a gnss_tag and a phone, .* carried first"):
        assemble_fixes.device_class_of([record], "a", None)
    assert assemble_fixes.device_class_of([record], "a", PHONE) is PHONE
