"""The policy file: every threshold dated, with its reason; every fault named at once."""

import math
from datetime import date
from importlib import resources

import pytest

from mesure.evaluation import policy
from mesure.evaluation.policy import NAMES, DeviceClass, PolicyFile
from mesure.orders.text.order_faults import OrderError

DAY = date(2026, 1, 5)


def default() -> PolicyFile:
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    return policy.read("policy.yaml", data)


def refusal(text: str, base: PolicyFile | None = None) -> str:
    with pytest.raises(OrderError) as caught:
        policy.read("p.yaml", text.encode(), base)
    return str(caught.value)


def test_the_default_names_every_threshold() -> None:
    assert set(default().values) == set(NAMES)


def test_classes_of_device_differ_where_the_file_says_so() -> None:
    phone, tag = (default().at(DAY, device_class) for device_class in DeviceClass)
    assert (phone.silence_s, tag.silence_s) == (1800.0, 600.0)
    assert phone.p_not_met == tag.p_not_met == 0.95


def test_a_way_that_was_seen_weighs_no_more_than_the_greatest_certainty() -> None:
    """Why: weighing more it decided whatever the fix at its end said (decision 0071)."""
    for device_class in DeviceClass:
        values = default().at(DAY, device_class)
        assert values.way_llr <= math.log(values.certainty_max_odds)


ENTRY = """
version: 2026-12-01
thresholds:
  silence_s:
    unit: seconds
    reason: The programme's devices report every five minutes.
    reference: order of the head of the service
    values: [{from: 2026-06-01, value: 1200}, {from: 2025-01-01, value: 900}]
"""


def test_a_programme_changes_what_it_names_and_from_when() -> None:
    own = policy.read("p.yaml", ENTRY.encode(), default())
    days = (date(2024, 1, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert [own.at(day, DeviceClass.PHONE).silence_s for day in days] == [900.0, 900.0, 1200.0]
    assert own.version == "2026-12-01"
    assert own.at(DAY, DeviceClass.PHONE).p_met == 0.3


def test_without_a_base_every_threshold_must_be_there() -> None:
    assert "no values for" in refusal(ENTRY)


@pytest.mark.parametrize(
    ("old", "new", "phrase"),
    [
        ("silence_s:", "silense_s:", "“silense_s” is not a key here"),
        ("version: 2026-12-01", "version:", "“version” is missing or empty"),
        ("unit: seconds", "unit:", "“unit” is missing or empty"),
        ("value: 1200", "value: soon", "“soon” cannot be used"),
        ("value: 1200", "value: nan", "it must be a number from 1 to"),
        ("value: 1200", "value: -5", "“-5” cannot be used"),
        ("value: 1200", "phone: 1200", "“gnss_tag” is missing or empty"),
        ("value: 1200", "value: ''", "“value” is missing or empty"),
        ("from: 2026-06-01", "from: June", "“June” is no date"),
        ("from: 2026-06-01, ", "", "“from” is missing or empty"),
        ("{from: 2026-06-01, value: 1200}", "1200", "it is not a dated value"),
        ("unit: seconds", "unit: seconds\n    units: seconds", "“units” is not a key here"),
    ],
)
def test_faults_are_named(old: str, new: str, phrase: str) -> None:
    sentence = refusal(ENTRY.replace(old, new), default())
    assert phrase in sentence
    assert "p.yaml, line" in sentence


def test_a_threshold_must_be_a_group_with_values() -> None:
    assert "it is not a group of keys" in refusal(
        "version: a\nthresholds: {silence_s: 5}", default()
    )
    entry = ENTRY.split("    values:", maxsplit=1)[0]
    assert "it has no values" in refusal(entry, default())


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("path_step_ratio", 0.0, 10.0),
        ("boundary_llr_max", 0.0, 20.0),
        ("step_mps_max", 0.1, 1000.0),
        ("way_clear_llr", 0.1, 20.0),
        ("way_llr", 0.0, 20.0),
        ("jump_s_max", 1.0, 400 * 86_400.0),
        ("jump_memory_s", 1.0, 400 * 86_400.0),
        ("jumps_per_day_max", 1.0, 1000.0),
        ("look_again_ratio", 0.1, 1.0),
        ("plain_llr", 0.0, 20.0),
        ("moving_radius95_m_max", 0.1, 100_000.0),
        ("moved_s_max", 1.0, 400 * 86_400.0),
        ("way_s_max", 1.0, 400 * 86_400.0),
        ("path_gap_s_max", 1.0, 400 * 86_400.0),
        ("path_straight_ratio", 0.0, 1.0),
        ("path_part_ratio", 0.0, 0.5),
        ("path_mps_min", 0.0, 100.0),
        ("path_mps_max", 0.1, 1000.0),
        ("step_circles_ratio", 0.0, 10.0),
        ("graze_m", 0.1, 100.0),
        ("radius95_per_reported_phone_ratio", 0.1, 10.0),
        ("radius95_per_reported_tag_ratio", 0.1, 10.0),
        ("wifi_above_m", 1.0, 100_000.0),
        ("cell_from_m", 1.0, 100_000.0),
        ("deliveries_per_record_max", 10.0, 100_000.0),
        ("correlation_away_s", 1.0, 400 * 86_400.0),
        ("rest_rate_ratio", 0.0, 1.0),
        ("arrival_s_max", 0.0, 400 * 86_400.0),
        ("outshone_s_max", 0.0, 400 * 86_400.0),
        ("outshone_circles_ratio", 0.0, 100.0),
    ],
)
def test_ways_and_jumps_have_their_ranges(name: str, least: float, most: float) -> None:
    """Why: with no jump to remember there would be no memory, and below zero no way is longer.

    No programme may ask for less than a second look (decision 0008).
    """

    def entry(value: float) -> str:
        text = ENTRY.replace("silence_s:", f"{name}:").replace("value: 900", f"value: {least!r}")
        return text.replace("value: 1200", f"value: {value!r}")

    for value in (least, most):
        own = policy.read("p.yaml", entry(value).encode(), default())
        assert getattr(own.at(date(2026, 6, 1), DeviceClass.PHONE), name) == value
    for value in (least - 0.01, most + 0.01, float("nan"), float("inf")):
        phrase = f"it must be a number from {least:g} to {most:g}"
        assert phrase in refusal(entry(value), default())


def test_all_faults_at_once() -> None:
    text = ENTRY.replace("unit: seconds", "unit:").replace("value: 900", "value: none")
    assert len(refusal(text, default()).splitlines()) == 2


def test_an_empty_thresholds_group_changes_nothing_but_the_version() -> None:
    own = policy.read("p.yaml", b"version: own\n", default())
    assert own.at(DAY, DeviceClass.PHONE).silence_s == 1800.0
