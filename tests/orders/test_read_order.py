import hashlib
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.model.conditions import Appointment, Curfew
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.text.order_faults import OrderError
from mesure.orders.values.span import Span
from tests.house import ROOT
from tests.orders.samples import FILE, ORDER, faults, only_fault, read, replace_once
from tests.orders.test_map_features import RING, collection, feature

MINIMAL = """\
order: "  O \u00e9 "
person: 42
time_zone: Europe/Paris
in_force: {from: 2026-03-29T02:30, until: 2026-10-25T02:30:30}
conditions:
  C1: {residence: {stay_in: home}}
places: {home: {lat_deg: 48.8566, lon_deg: 2.3522, radius_m: 60}}
"""


def test_an_order_is_read_whole() -> None:
    version = read(ORDER)
    assert (version.order, version.person) == ("ALM-2026-0042", "P-0042")
    assert version.court == "Almaly district court no. 2"
    assert (version.decision_number, version.decision_date) == ("1-234/2026", date(2026, 1, 5))
    assert version.legal_basis == "Criminal Code article 44"
    assert version.zone.key == "Asia/Almaty"
    assert version.in_force == Span(
        datetime(2026, 1, 4, 19, tzinfo=UTC), datetime(2027, 1, 4, 19, tzinfo=UTC)
    )
    assert list(version.places) == ["home", "office"]
    curfew, appointment = (condition.duty for condition in version.conditions)
    assert isinstance(curfew, Curfew)
    assert isinstance(appointment, Appointment)
    assert (curfew.at, appointment.at, appointment.present_s_min) == ("home", "office", 600.0)
    assert [absence.id for absence in version.absences] == ["A1"]
    assert version.file == FILE
    assert version.sha256 == hashlib.sha256(ORDER.encode()).hexdigest()


def test_an_order_may_say_no_more_than_it_must() -> None:
    version = read(MINIMAL)
    assert (version.order, version.person) == ("  O \u00e9 ", "42")
    assert (version.court, version.decision_number, version.legal_basis) == ("", "", "")
    assert version.decision_date is None
    assert version.absences == ()
    # Skipped and repeated times are read in the person's favour: later start, earlier end.
    assert version.in_force == Span(
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, 30, tzinfo=UTC)
    )


@pytest.mark.parametrize("key", ["court", "decision", "legal_basis", "places", "absences"])
def test_what_may_be_missing_may_be_left_empty(key: str) -> None:
    order = ORDER.replace(f"\n{key}:", f"\n{key}:\nx_{key}:")
    what = {fault.key: fault.what for fault in faults(order)}
    assert what.pop(f"x_{key}") == f"the key “x_{key}” is not known"
    assert all("no place called" in other for other in what.values())


def test_decision_and_its_parts_may_be_empty() -> None:
    version = read(replace_once("{number: 1-234/2026, date: 2026-01-05}", "{number: '', date: ''}"))
    assert (version.decision_number, version.decision_date) == ("", None)


REFUSED = {
    # What stands in the order, what is written instead: line, key, what is said.
    ("order: ALM-2026-0042", "order: ''"): (1, "order", "has no value"),
    ("order: ALM-2026-0042\n", ""): (1, "", "“order” is missing"),
    ("order: ALM-2026-0042", f"order: {'x' * 201}"): (1, "order", "201 characters"),
    ("order: ALM-2026-0042", "order: [a]"): (1, "order", "keys or a list"),
    ("person: P-0042\n", ""): (1, "", "“person” is missing"),
    ("court: Almaly district court no. 2", f"court: {'x' * 2001}"): (3, "court", "2001"),
    ("number: 1-234/2026", "numbr: 1"): (4, "decision.numbr", "“numbr” is not known"),
    ("date: 2026-01-05", "date: 5.1.2026"): (4, "decision.date", "is no date"),
    ("{number: 1-234/2026, date: 2026-01-05}", "1-234"): (4, "decision", "a single value"),
    ("{number: 1-234/2026, date: 2026-01-05}", "[1]"): (4, "decision", "a list"),
    ("time_zone: Asia/Almaty\n", ""): (1, "", "“time_zone” is missing"),
    ("Asia/Almaty", "Asia/Almata"): (6, "time_zone", "no time zone"),
    ("Asia/Almaty", "../etc/passwd"): (6, "time_zone", "no time zone"),
    ("Asia/Almaty", "America"): (6, "time_zone", "no time zone"),
    ("Asia/Almaty", "{a: b}"): (6, "time_zone", "keys or a list"),
    ("in_force: {from: 2026-01-05, until: 2027-01-05}\n", ""): (1, "", "“in_force” is missing"),
    ("from: 2026-01-05, until: 2027-01-05", "from: 2026-01-05"): (7, "in_force", "“until”"),
    ("until: 2027-01-05", "until: 2026-01-05"): (7, "in_force", "is not later than"),
    ("until: 2027-01-05", "until: 2027-02-29"): (7, "in_force.until", "is no date"),
    ("until: 2027-01-05", "until: 2027-1-5"): (7, "in_force.until", "is no date"),
    ("until: 2027-01-05", "until: 9999-12-31"): (7, "in_force.until", "1900 and 2199"),
    ("until: 2027-01-05", "until: 2027-01-05T25:00"): (7, "in_force.until", "is no date"),
    ("until: 2027-01-05", "until: 2027-01-05T10:00Z"): (7, "in_force.until", "has an offset"),
    ("until: 2027-01-05", "until: 2027-01-05T10:00+05:00"): (7, "in_force.until", "an offset"),
    ("until: 2027-01-05", "until: [2027-01-05]"): (7, "in_force.until", "keys or a list"),
    ("until: 2027-01-05", "until: 2027-01-05, to: x"): (7, "in_force.to", "not known"),
}


@pytest.mark.parametrize(("old", "new"), REFUSED, ids=lambda text: repr(text[:30]))
def test_each_fault_is_said_once_with_its_place(old: str, new: str) -> None:
    line, key, what = REFUSED[old, new]
    fault = only_fault(replace_once(old, new))
    assert (fault.line, fault.key) == (line, key)
    assert what in fault.what


def test_a_misspelt_key_is_said_in_place_of_the_missing_one() -> None:
    unknown = only_fault(replace_once("person:", "persn:"))
    assert unknown.key == "persn"
    assert unknown.remedy == "did you mean “person”, which is missing?"


def test_an_order_without_conditions_is_none() -> None:
    head = ORDER[: ORDER.index("conditions:")]
    assert "“conditions” is missing" in only_fault(head).what
    assert "has no value" in only_fault(head + "conditions:\n").what
    assert "0 conditions" in only_fault(head + "conditions: {}\n").what
    assert "a list stands here" in only_fault(head + "conditions: [C1]\n").what


def test_a_time_in_force_that_was_skipped_never_happens() -> None:
    order = replace_once("2026-10-25T02:30:30", "2026-03-29T02:40", MINIMAL)
    assert "skipped" in only_fault(order).what


def test_all_faults_of_a_file_are_said_at_once() -> None:
    order = ORDER.replace("2026-01-05", "yesterday").replace("22:00", "late").replace("home", "h")
    problems = faults(order + "more: 1\nmore: 2\n")
    assert [fault.line for fault in problems] == [4, 7, 12, 15, 17, 17]


def test_a_mark_that_only_looks_the_same_is_the_same_name() -> None:
    order = ORDER.replace("home", "Cafe\u0301", 1).replace("home", "Caf\u00e9")
    duty = read(order).conditions[0].duty
    assert isinstance(duty, Curfew)
    assert duty.at == "Cafe\u0301"  # As the place itself is written.


@given(st.data())
def test_whatever_a_hand_does_to_an_order_it_is_read_or_explained(data: st.DataObject) -> None:
    order = ORDER
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(order)))
        end = min(len(order), start + data.draw(st.integers(0, 12)))
        put = data.draw(st.text(":-[]{}&*\"'\n0123456789TZabcé, ", max_size=6))
        order = order[:start] + put + order[end:]
    try:
        version = read_order.read(FILE, order.encode(), {})
    except OrderError as error:
        assert all(fault.what and fault.why and fault.remedy for fault in error.faults)  # noqa: PT017
    else:
        assert version.in_force.start < version.in_force.end
        assert version.conditions


# --- The files it names ----------------------------------------------------------------------


def test_the_files_an_order_names_are_those_that_may_be_opened() -> None:
    order = """\
places:
  a: {geojson: a.geojson, feature: A}
  b: {geojson: ../maps/b.geojson, feature: B}
  c: {geojson: /etc/passwd, feature: C}
  d: {geojson: ../../d.geojson, feature: D}
  e: {geojson: [x]}
  f: 1
  g: {geojson: a.geojson, feature: G}
conditions:
  C1: {exclusion: {venues: v.geojson}}
  C2: {exclusion: {venues: }}
  C3: {unknown: [v.geojson]}
  C4: text
"""
    paths = read_order.file_paths(FILE, order.encode())
    assert paths == ("a.geojson", "../maps/b.geojson", "v.geojson")


def test_no_more_files_are_named_than_an_order_can_need() -> None:
    places = "".join(f"  p{number}: {{geojson: {number}.geojson}}\n" for number in range(150))
    assert len(read_order.file_paths(FILE, f"places:\n{places}".encode())) == 100


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"a: [", b"a: 1\na: 2", b"places: [1]\nconditions:"]
)
def test_an_unreadable_order_names_no_files(data: bytes) -> None:
    assert read_order.file_paths(FILE, data) == ()


# --- Several versions of one order -----------------------------------------------------------


def version(start: int, end: int, file: str, **changes: str) -> OrderVersion:
    order = replace_once(
        "in_force: {from: 2026-01-05, until: 2027-01-05}",
        f"in_force: {{from: 2026-{start:02}-01, until: 2026-{end:02}-01}}",
    )
    order = order[: order.index("absences")]
    for key, value in changes.items():
        order = order.replace({"order": "ALM-2026-0042", "person": "P-0042"}[key], value)
    return read_order.read(file, order.encode(), {})


def test_each_version_is_ended_by_the_next() -> None:
    first, second, third = version(1, 9, "a"), version(3, 5, "b"), version(7, 12, "c")
    ended = read_order.versions([third, first, second])
    assert [item.file for item in ended] == ["a", "b", "c"]
    assert [(item.in_force.start, item.in_force.end) for item in ended] == [
        (first.in_force.start, second.in_force.start),
        (second.in_force.start, second.in_force.end),  # It ended by itself.
        (third.in_force.start, third.in_force.end),
    ]
    assert read_order.versions([first]) == (first,)
    assert read_order.versions([]) == ()


@pytest.mark.parametrize(
    ("other", "key"),
    [
        (version(3, 5, "b", order="X"), "order"),
        (version(3, 5, "b", person="X"), "person"),
        (version(1, 5, "b"), "in_force.from"),
    ],
)
def test_versions_that_cannot_follow_each_other_are_refused(other: OrderVersion, key: str) -> None:
    with pytest.raises(OrderError) as caught:
        read_order.versions([other, version(1, 9, "a")])
    [fault] = caught.value.faults
    assert (fault.file, fault.key) == ("b", key)
    assert "a" in fault.what


# --- The documentation -----------------------------------------------------------------------


def test_the_order_of_the_documentation_is_read() -> None:
    page = (ROOT / "docs" / "specs" / "order_file.md").read_text(encoding="utf-8")
    example, home = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    maps = collection(
        feature("Polygon", [RING], nameRu="Алмалинский район"),
        feature("Point", [76.9, 43.2], amenity="bar"),
    )
    files = dict.fromkeys(read_order.file_paths(FILE, example.encode()), maps)
    assert list(files) == ["almaty_districts.geojson", "venues.geojson"]
    version = read(example, files)
    assert [condition.duty.kind for condition in version.conditions] == [
        "curfew", "residence", "exclusion", "exclusion", "appointment", "curfew",
    ]  # fmt: skip
    assert len(version.absences) == 2
    [plain] = re.findall(r"^  home: .*\n", example, re.MULTILINE)
    calibrated = read(replace_once(plain, home, example), files)
    assert [one.by for one in calibrated.places["home"].calibrations] == ["officer O-7"]
