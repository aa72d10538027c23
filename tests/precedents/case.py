"""A precedent, read: what the order says, what the device reported, what must be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.precedents import order_text, values
from tests.precedents.clock import PrecedentClock
from tests.precedents.evidence import Point, PrecedentScene, ReportedFix
from tests.precedents.values import CaseError, Fields, Value, fields, items, number, text

FOLDER = Path(__file__).parent

HEAD = ("precedent", "teaches", "law", "protects", "agreed_by")
STORY = (
    "known_limit", "order", "varied", "files", "spots", "night_of", "day", "device_class",
    "truth", "evidence", "in_formats", "row_order", "until", "expect",
)  # fmt: skip
EXPECT = (
    "tolerance_s", "assessments", "incidents", "superseded", "kept_unused",
    "reviews_overdue",
)  # fmt: skip
REFUSED = ("order_file", "fixes_file", "files", "refused")


@dataclass(frozen=True)
class Head:
    """What a precedent says of itself."""

    path: Path
    holding: str
    teaches: str
    law: str
    protects: tuple[str, ...]  # Names of rules in `rules.RULES`.
    agreed_by: tuple[str, ...]
    known_limit: str  # Why the outcome is not what justice would have; mostly empty.

    @property
    def name(self) -> str:
        """Return the name of the file, which is the holding."""
        return self.path.stem


@dataclass(frozen=True)
class Expected:
    """What must be said: complete lists, in the order in which a replay has them."""

    tolerance_s: float
    assessments: tuple[Fields, ...]
    incidents: tuple[Fields, ...]
    superseded: tuple[Fields, ...]
    kept_unused: dict[str, int]
    reviews_overdue: Fields


@dataclass(frozen=True)
class Case:
    """An order, the evidence, and what must be said."""

    head: Head
    orders: tuple[str, ...]
    files: Mapping[str, str]
    clock: PrecedentClock
    device_class: str
    rows: tuple[ReportedFix, ...]
    formats: tuple[str, ...]
    until: datetime | None
    expected: Expected


@dataclass(frozen=True)
class Refusal:
    """Input that must be refused, and the faults that must be named."""

    head: Head
    order: str
    fixes: str
    files: Mapping[str, str]
    faults: tuple[Fields, ...]


def paths() -> list[Path]:
    """Return every precedent that is judged, in the order of its number."""
    return sorted(FOLDER.glob("*.yaml"))


def refusal_paths() -> list[Path]:
    """Return every precedent whose input is refused."""
    return sorted((FOLDER / "must_be_refused").glob("*.yaml"))


def _head(path: Path, precedent: Fields) -> Head:
    return Head(
        path,
        text(precedent["precedent"]),
        text(precedent["teaches"]),
        text(precedent["law"]),
        tuple(text(rule) for rule in items(precedent["protects"])),
        tuple(text(role) for role in items(precedent["agreed_by"])),
        text(precedent.get("known_limit", "")),
    )


def head(path: Path) -> Head:
    """Return what the precedent of a file says of itself."""
    return _head(path, values.load(path.name, path.read_bytes()))


def read(path: Path) -> Case:
    """Return the precedent of a file."""
    return of(path, values.load(path.name, path.read_bytes()))


def of(path: Path, whole: Fields) -> Case:
    """Return the precedent that the keys of a file make."""
    precedent = fields(whole, needed=(*HEAD, "order", "truth", "evidence", "expect"), allowed=STORY)
    if ("night_of" in precedent) == ("day" in precedent):
        raise CaseError(f"{path.name} needs one of “night_of” and “day”.")
    is_night = "night_of" in precedent
    order = fields(
        precedent["order"], needed=("time_zone", "places"), allowed=order_text.ORDER_KEYS
    )
    zone = ZoneInfo(text(order["time_zone"]))
    clock = PrecedentClock(
        zone, date.fromisoformat(text(precedent["night_of" if is_night else "day"])), is_night
    )
    device_class = text(precedent.get("device_class", "phone"))
    scene = PrecedentScene(clock, _spots(order, precedent), device_class)
    _check_truth(precedent["truth"], scene)
    rows = scene.rows(precedent["evidence"])
    if text(precedent.get("row_order", "as_written")) == "newest_first":
        rows.reverse()
    return Case(
        _head(path, precedent),
        tuple(order_text.texts(order, precedent.get("varied", ""), clock.day)),
        _files(precedent),
        clock,
        device_class,
        tuple(rows),
        tuple(text(one) for one in items(precedent.get("in_formats", "csv"))),
        clock.instant(text(precedent["until"])) if "until" in precedent else None,
        _expected(precedent["expect"]),
    )


def _spots(order: Fields, precedent: Fields) -> dict[str, Point]:
    """Return the middle of every circle of the order, and the spots that only the story knows."""
    spots: dict[str, Point] = {}
    for name, place in values.any_fields(order["places"]).items():
        if isinstance(place, dict) and "lat_deg" in place:
            spots[name] = (number(place["lat_deg"]), number(place["lon_deg"]))
    for name, pair in values.any_fields(precedent.get("spots", {})).items():
        lat_deg, lon_deg = items(pair)
        spots[name] = (number(lat_deg), number(lon_deg))
    return spots


def _check_truth(truth: Value, scene: PrecedentScene) -> None:
    """See that the truth names times and spots that exist; it is not looked at otherwise."""
    for item in items(truth):
        entry = fields(item, needed=("from", "until"), allowed=("at", "path", "moved", "doing"))
        start, end = (scene.clock.instant(text(entry[key])) for key in ("from", "until"))
        stops = [entry["at"]] if "at" in entry else items(entry.get("path", ""))
        if not stops and "doing" not in entry:
            raise CaseError(f"{entry!r} needs “at”, “path” or “doing”.")
        for stop in stops:
            scene.spot(stop)
        if not start < end:
            raise CaseError(f"{entry!r} ends before it begins.")


def _files(precedent: Fields) -> dict[str, str]:
    files = {}
    for name, content in values.any_fields(precedent.get("files", {})).items():
        if not isinstance(content, str):
            raise CaseError(f"The file {name!r} is no text.")
        files[name] = content
    return files


def _expected(value: Value) -> Expected:
    expected = fields(value, needed=("assessments", "incidents"), allowed=EXPECT)
    span = ("condition", "from", "until", "status")
    incident = ("opened", "withdrawn", "says", "never_says")
    stood = ("stood_from", "stood_until")
    review = ("as_of", "conditions")
    overdue = expected.get("reviews_overdue", {})
    return Expected(
        number(expected.get("tolerance_s", "0")),
        tuple(fields(one, span) for one in items(expected["assessments"])),
        tuple(
            fields(entry, ("condition", "kind", "start", "end"), incident)
            for entry in items(expected["incidents"])
        ),
        tuple(fields(one, span, stood) for one in items(expected.get("superseded", ""))),
        {
            reason: int(number(n))
            for reason, n in values.any_fields(expected.get("kept_unused", {})).items()
        },
        fields(overdue, needed=review) if overdue else {},
    )


def read_refusal(path: Path) -> Refusal:
    """Return the precedent of a file whose input must be refused."""
    precedent = fields(
        values.load(path.name, path.read_bytes()), needed=(*HEAD, "refused"), allowed=REFUSED
    )
    written = {key: precedent.get(key, "") for key in ("order_file", "fixes_file")}
    if not any(written.values()):
        raise CaseError(f"{path.name} needs “order_file” or “fixes_file”.")
    faults = tuple(
        fields(fault, needed=("says",), allowed=("line", "key", "remedy"))
        for fault in items(precedent["refused"])
    )
    order, fixes = (str(value) for value in written.values())
    return Refusal(_head(path, precedent), order, fixes, _files(precedent), faults)
