"""Measuring a home from files: what is told, in every language, and what can be entered."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.machine import texts
from mesure.orders.reading import read_order
from mesure.orders.text.order_faults import OrderError
from mesure.orders.values.places import Calibration
from mesure.record import calibrate_home
from mesure.record.calibrate_home import CalibrationRequest, CalibrationResult
from tests.service.files import NINE, ORDER, minute, write

COLUMNS = "time,lat,lon,accuracy_m,beacon,provider\n"
VISIT = (NINE.replace(tzinfo=UTC), NINE.replace(hour=18, tzinfo=UTC))


def shows(north_m: float, count: int = 120, beacon: str = "1", provider: str = "gps") -> str:
    lat_deg = 43.25 + north_m / 111_103
    return "".join(
        f"{minute(at)},{lat_deg:.7f},76.95,15,{beacon},{provider}\n" for at in range(count)
    )


def later(north_m: float, start: int, end: int) -> str:
    return "".join(f"{line}\n" for line in shows(north_m).splitlines()[start:end])


def calibrate(
    folder: Path,
    fixes: str,
    order: str = ORDER,
    language: str = "en",
    visit: tuple[datetime, datetime] | None = VISIT,
    place: str = "home",
) -> CalibrationResult:
    order_path, fixes_path = write(folder, order_yaml=order, fixes_csv=COLUMNS + fixes)
    request = CalibrationRequest(order_path, (fixes_path,), visit, place)
    return calibrate_home.tell(request, texts.catalogue(language))


def enter_lines(result: CalibrationResult, order: str = ORDER) -> tuple[Calibration, ...]:
    """Return what an order says once two officers have entered the lines."""
    [lines] = re.findall(r"^    (calibrated: \{.*?\})$", result.text, re.DOTALL | re.MULTILINE)
    filled = lines.replace("by: ,", "by: officer O-7,", 1)
    filled = filled.replace("confirmed_by: officer O-7,", "confirmed_by: ,")
    text = order.replace("radius_m: 60}", f"radius_m: 60,\n    {filled}}}")
    return read_order.read("order.yaml", text.encode(), {}).places["home"].calibrations


def test_what_is_printed_can_be_entered(tmp_path: Path) -> None:
    result = calibrate(tmp_path, shows(14.0))
    assert result.is_proposed
    assert "The device shows it 14 m to the north of the address." in result.text
    assert "By satellites" in result.text
    [calibration] = enter_lines(result)
    assert calibration.lat_deg == pytest.approx(43.25 + 14 / 111_103, abs=1e-6)
    assert (calibration.by, calibration.during, calibration.fixes) == (
        "officer O-7",
        "enrolment",
        120,
    )
    assert calibration.start == VISIT[1]  # It counts from the end of what was confirmed on.


def test_a_beacon_confirms_up_to_the_minute_after_its_last_fix(tmp_path: Path) -> None:
    result = calibrate(tmp_path, shows(14.0), visit=None)
    [calibration] = enter_lines(result)
    assert calibration.during == "beacon"
    assert calibration.start == datetime(2026, 2, 10, 18, 0, tzinfo=UTC)


def test_a_point_on_the_cap_is_told_as_such(tmp_path: Path) -> None:
    result = calibrate(tmp_path, shows(45.0))
    assert "The device shows it 45 m to the north" in result.text
    assert "The one below lies 30 m to the north" in result.text
    assert enter_lines(result)


def test_a_home_that_has_a_point_keeps_it(tmp_path: Path) -> None:
    point = (
        "radius_m: 60, calibrated: {lat_deg: 43.25005, lon_deg: 76.95, from: 2026-02-01, "
        "by: O-7, fixes: 90, spread_m: 5}}"
    )
    result = calibrate(tmp_path, shows(14.0), ORDER.replace("radius_m: 60}", point))
    assert "has a point already" in result.text
    assert "has a point already" not in calibrate(tmp_path, shows(14.0)).text


@pytest.mark.parametrize(
    ("fixes", "says"),
    [
        ("", "independent pieces of evidence: 0"),
        (shows(14.0, count=20), "At least 30\xa0min"),
        (shows(14.0, count=20), "At least 5 independent pieces"),
        (shows(90.0), "ask the officer to check it"),
        (shows(0.0, count=40) + later(100.0, 40, 80) + later(200.0, 80, 120), "do not agree"),
    ],
)
def test_what_is_not_enough_is_said_and_nothing_is_proposed(
    tmp_path: Path, fixes: str, says: str
) -> None:
    result = calibrate(tmp_path, fixes)
    assert not result.is_proposed
    assert says in result.text
    assert "There is nothing to enter." in result.text
    assert "calibrated:" not in result.text


def test_where_no_beacon_was_heard_nothing_is_confirmed(tmp_path: Path) -> None:
    result = calibrate(tmp_path, shows(14.0, beacon="0"), visit=None)
    assert not result.is_proposed


@pytest.mark.parametrize(("provider", "word"), [("wifi", "By Wi-Fi"), ("", "By other means")])
def test_sources_are_named(tmp_path: Path, provider: str, word: str) -> None:
    fixes = shows(0.0, provider=provider)
    fixes = fixes.replace(",15,", ",,") if provider == "" else fixes
    result = calibrate(tmp_path, fixes)
    assert word in result.text
    assert "The device shows it at the address." in result.text


def test_every_language_tells_it_in_its_own_words(tmp_path: Path) -> None:
    fixes = shows(45.0)
    text_by_language = {
        language: calibrate(tmp_path, fixes, language=language).text for language in texts.LANGUAGES
    }
    lines = [set(text.splitlines()) for text in text_by_language.values()]
    common = set.intersection(*lines)
    assert all(
        line.lstrip().split(":")[0] in {"", "calibrated", "from", "during"} for line in common
    )


@pytest.mark.parametrize(
    ("place", "says"), [("hom", "no place called “hom”"), ("yard", "“yard” is no circle")]
)
def test_a_place_that_cannot_be_measured(tmp_path: Path, place: str, says: str) -> None:
    yard = "  yard: {polygon: [[43.2, 76.9], [43.3, 76.9], [43.3, 77.0]]}\nconditions:"
    with pytest.raises(OrderError, match=says):
        calibrate(tmp_path, shows(14.0), ORDER.replace("conditions:", yard), place=place)


def test_a_tag_and_a_policy_of_the_programme_are_taken_into_account(tmp_path: Path) -> None:
    order, fixes = write(tmp_path, order_yaml=ORDER, fixes_csv=COLUMNS + shows(14.0))
    [policy] = write(
        tmp_path,
        policy_yaml="policy: ours\nversion: 1\nthresholds:\n  home_calibration_away_m_max:\n"
        "    {unit: m, reason: r, reference: r, values: [{from: 2026-01-01, value: 10}]}\n"
        "  correlation_s: {unit: s, reason: r, reference: r, values: "
        "[{from: 2026-01-01, phone: 600, gnss_tag: 300}]}\n",
    )
    tag = DeviceClass.GNSS_TAG
    request = CalibrationRequest(order, (fixes,), VISIT, policy=policy, device_class=tag)
    result = calibrate_home.tell(request, texts.catalogue("en"))
    assert "pieces of evidence: 24" in result.text
    assert "The one below lies 10 m to the north" in result.text
