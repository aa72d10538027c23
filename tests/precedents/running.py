"""A precedent, run: from files to what `mesure replay` prints, and how that differs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_faults import FixesError
from mesure.orders.model import order as order_
from mesure.orders.text.order_faults import OrderError
from mesure.record import as_json
from mesure.record.replay import Replay, ReplayRequest, replay
from tests.precedents.case import Case, Refusal
from tests.precedents.values import Fields, items, text
from tests.precedents.wire import FORMATS

PLAIN_ORDER = """\
order: TEST-0001
person: P-0001
time_zone: Etc/UTC
in_force: {from: 2026-01-01, until: 2027-01-01}
places: {home: {lat_deg: 43.25, lon_deg: 76.95, radius_m: 60}}
conditions: {C1: {curfew: {at: home, from: 22:00, until: 06:00}}}
"""


def differences(case: Case, folder: Path) -> list[str]:
    """Return how what is said differs from what must be said, in sentences; none where it holds."""
    try:
        return [
            f"{name}: {difference}"
            for name in case.formats
            for difference in _compare(case, run(case, name, folder))
        ]
    except (OrderError, FixesError) as refused:
        return [f"it is refused: {refused}"]


def run(case: Case, format_name: str, folder: Path) -> Replay:
    """Return the replay of a precedent, its evidence written in a format."""
    orders = _write(folder, {f"order_{n}.yaml": one for n, one in enumerate(case.orders)})
    _write(folder, case.files)
    file_name, encode = FORMATS[format_name]
    fixes = folder / file_name
    fixes.write_bytes(encode(case.rows))
    device_class = DeviceClass(case.device_class)
    return replay(ReplayRequest(orders, (fixes,), until=case.until, device_class=device_class))


def _write(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    paths = tuple(folder / name for name in files)
    for path, content in zip(paths, files.values(), strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


# --- What differs ----------------------------------------------------------------------------


def _compare(case: Case, done: Replay) -> Iterator[str]:
    report = as_json.to_object(done)
    expected = case.expected
    span = {"from": "start", "until": "end"}
    stood = span | {"stood_from": "stood_from", "stood_until": "stood_until"}
    yield from _lists(case, "assessment", expected.assessments, report["assessments"], span)
    yield from _lists(case, "superseded", expected.superseded, report["superseded"], stood)
    moments = {"start": "start", "end": "end", "opened": "opened_at", "withdrawn": "withdrawn_at"}
    yield from _lists(case, "incident", expected.incidents, report["incidents"], moments)
    if report["fixes"]["kept_unused"] != expected.kept_unused:
        yield f"kept unused are {report['fixes']['kept_unused']}, not {expected.kept_unused}"
    if expected.reviews_overdue:
        yield from _reviews(expected.reviews_overdue, done)


def _lists(
    case: Case,
    what: str,
    expected: Sequence[Fields],
    actual: Sequence[dict[str, Any]],
    moments: Mapping[str, str],
) -> Iterator[str]:
    for expectation, other in zip_longest(expected, actual):
        if expectation is None:
            yield f"{what} too many: {_shown(case, other)}"
        elif other is None:
            yield f"{what} missing: {expectation}"
        elif not _same(case, expectation, other, moments):
            yield f"{what} {expectation} is {_shown(case, other)}"
        else:
            yield from _words(expectation, other)


def _same(
    case: Case, expectation: Fields, other: dict[str, Any], moments: Mapping[str, str]
) -> bool:
    plain = all(
        expectation[key] == other[key]
        for key in ("condition", "status", "kind")
        if key in expectation
    )
    withdrawn = ("withdrawn" in expectation) == ("withdrawn_at" in other)
    timed = all(
        _near(case, text(expectation[key]), other.get(name))
        for key, name in moments.items()
        if key in expectation
    )
    return plain and withdrawn and timed


def _near(case: Case, written: str, actual: str | None) -> bool:
    if written == "open" or actual is None:
        return written == "open" and actual is None
    apart = case.clock.instant(written) - datetime.fromisoformat(actual)
    return abs(apart.total_seconds()) <= case.expected.tolerance_s


def _words(expectation: Fields, other: dict[str, Any]) -> Iterator[str]:
    """Yield what an explanation should say and does not, or says and should not."""
    explanation = other.get("explanation", {}).get("en", "")
    for words in items(expectation.get("says", "")):
        if text(words) not in explanation:
            yield f"“{words}” is not said in: {explanation}"
    for words in items(expectation.get("never_says", "")):
        if text(words) in explanation:
            yield f"“{words}” is said in: {explanation}"


def _shown(case: Case, entry: dict[str, Any]) -> dict[str, Any]:
    left_out = ("explanation", "evidence", "id", "p_outside_max")
    return {
        key: case.clock.local_time(datetime.fromisoformat(value))
        if isinstance(value, str) and value.endswith("Z")
        else value
        for key, value in entry.items()
        if key not in left_out
    }


def _reviews(expected: Fields, done: Replay) -> Iterator[str]:
    as_of = date.fromisoformat(text(expected["as_of"]))
    overdue = [one.id for one in order_.overdue_reviews(done.rules.versions[-1], as_of)]
    if overdue != items(expected["conditions"]):
        yield f"overdue on {as_of} are {overdue}"


# --- What is refused -------------------------------------------------------------------------


def fault_differences(refusal: Refusal, folder: Path) -> list[str]:
    """Return which of the faults that must be named are not, and which are named beside them."""
    order = refusal.order or PLAIN_ORDER
    [path] = _write(folder, {"order.yaml": order})
    _write(folder, refusal.files)
    fixes = folder / "fixes.csv"
    fixes.write_text(refusal.fixes or "time,lat,lon\n", encoding="utf-8")
    try:
        replay(ReplayRequest((path,), (fixes,)))
    except OrderError as error:
        actual_faults = [(fault.line, fault.key, str(fault)) for fault in error.faults]
    except FixesError as error:
        actual_faults = [(error.line, "", str(error))]
    else:
        return ["nothing is refused"]
    return [
        f"{expectation} is {other}"
        for expectation, other in zip_longest(refusal.faults, actual_faults)
        if expectation is None or other is None or not _is_named(expectation, other)
    ]


def _is_named(expected: Fields, fault: tuple[int | None, str, str]) -> bool:
    line, key, sentence = fault
    return (
        expected.get("line", str(line)) == str(line)
        and expected.get("key", key) == key
        and all(text(words) in sentence for words in items(expected["says"]))
    )
