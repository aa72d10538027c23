"""A precedent, read: what the order says, what the device reported, what must be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.precedents import order_text, values
from tests.precedents.clock import Clock
from tests.precedents.evidence import Point, Row, Scene
from tests.precedents.values import CaseError, Fields, Value, fields, items, number, text

FOLDER = Path(__file__).parent

HEAD = ("precedent", "teaches", "law", "protects", "agreed_by")
STORY = (
    "known_limit", "order", "varied", "files", "spots", "night_of", "day", "device_class",
    "truth", "evidence", "in_formats", "row_order", "until", "expect",
)  # fmt: skip
EXPECT = (
    "tolerance_s", "assessments", "incidents", "superseded", "kept_unused", "sentence",
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
    sentence: str
    reviews_overdue: Fields


@dataclass(frozen=True)
class Case:
    """An order, the evidence, and what must be said."""

    head: Head
    orders: tuple[str, ...]
    files: Mapping[str, str]
    clock: Clock
    device_class: str
    rows: tuple[Row, ...]
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


def _head(path: Path, given: Fields) -> Head:
    return Head(
        path,
        text(given["precedent"]),
        text(given["teaches"]),
        text(given["law"]),
        tuple(text(rule) for rule in items(given["protects"])),
        tuple(text(role) for role in items(given["agreed_by"])),
        text(given.get("known_limit", "")),
    )


def head(path: Path) -> Head:
    """Return what the precedent of a file says of itself."""
    return _head(path, values.load(path.name, path.read_bytes()))


def read(path: Path) -> Case:
    """Return the precedent of a file."""
    return of(path, values.load(path.name, path.read_bytes()))


def of(path: Path, whole: Fields) -> Case:
    """Return the precedent that the keys of a file make."""
    given = fields(whole, needed=(*HEAD, "order", "truth", "evidence", "expect"), allowed=STORY)
    if ("night_of" in given) == ("day" in given):
        raise CaseError(f"{path.name} needs one of “night_of” and “day”.")
    is_night = "night_of" in given
    order = fields(given["order"], needed=("time_zone", "places"), allowed=order_text.ORDER_KEYS)
    zone = ZoneInfo(text(order["time_zone"]))
    clock = Clock(
        zone, date.fromisoformat(text(given["night_of" if is_night else "day"])), is_night
    )
    device_class = text(given.get("device_class", "phone"))
    scene = Scene(clock, _spots(order, given), device_class)
    _check_truth(given["truth"], scene)
    rows = scene.rows(given["evidence"])
    if text(given.get("row_order", "as_written")) == "newest_first":
        rows.reverse()
    return Case(
        _head(path, given),
        tuple(order_text.texts(order, given.get("varied", ""), clock.day)),
        _files(given),
        clock,
        device_class,
        tuple(rows),
        tuple(text(one) for one in items(given.get("in_formats", "csv"))),
        clock.instant(text(given["until"])) if "until" in given else None,
        _expected(given["expect"]),
    )


def _spots(order: Fields, given: Fields) -> dict[str, Point]:
    """Return the middle of every circle of the order, and the spots that only the story knows."""
    found: dict[str, Point] = {}
    for name, place in values.named(order["places"]).items():
        if isinstance(place, dict) and "lat_deg" in place:
            found[name] = (number(place["lat_deg"]), number(place["lon_deg"]))
    for name, pair in values.named(given.get("spots", {})).items():
        lat_deg, lon_deg = items(pair)
        found[name] = (number(lat_deg), number(lon_deg))
    return found


def _check_truth(truth: Value, scene: Scene) -> None:
    """See that the truth names times and spots that exist; it is not looked at otherwise."""
    for item in items(truth):
        given = fields(item, needed=("from", "until"), allowed=("at", "path", "moved", "doing"))
        start, end = (scene.clock.instant(text(given[key])) for key in ("from", "until"))
        stops = [given["at"]] if "at" in given else items(given.get("path", ""))
        if not stops and "doing" not in given:
            raise CaseError(f"{given!r} needs “at”, “path” or “doing”.")
        for stop in stops:
            scene.spot(stop)
        if not start < end:
            raise CaseError(f"{given!r} ends before it begins.")


def _files(given: Fields) -> dict[str, str]:
    found = {}
    for name, content in values.named(given.get("files", {})).items():
        if not isinstance(content, str):
            raise CaseError(f"The file {name!r} is no text.")
        found[name] = content
    return found


def _expected(value: Value) -> Expected:
    given = fields(value, needed=("assessments", "incidents"), allowed=EXPECT)
    span = ("condition", "from", "until", "status")
    incident = ("opened", "withdrawn", "says", "never_says")
    stood = ("stood_from", "stood_until")
    review = ("as_of", "conditions")
    overdue = given.get("reviews_overdue", {})
    return Expected(
        number(given.get("tolerance_s", "0")),
        tuple(fields(one, span) for one in items(given["assessments"])),
        tuple(
            fields(one, ("condition", "kind", "start", "end"), incident)
            for one in items(given["incidents"])
        ),
        tuple(fields(one, span, stood) for one in items(given.get("superseded", ""))),
        {
            reason: int(number(n))
            for reason, n in values.named(given.get("kept_unused", {})).items()
        },
        text(given.get("sentence", "")),
        fields(overdue, needed=review) if overdue else {},
    )


def read_refusal(path: Path) -> Refusal:
    """Return the precedent of a file whose input must be refused."""
    given = fields(
        values.load(path.name, path.read_bytes()), needed=(*HEAD, "refused"), allowed=REFUSED
    )
    written = {key: given.get(key, "") for key in ("order_file", "fixes_file")}
    if not any(written.values()):
        raise CaseError(f"{path.name} needs “order_file” or “fixes_file”.")
    faults = tuple(
        fields(one, needed=("says",), allowed=("line", "key", "remedy"))
        for one in items(given["refused"])
    )
    order, fixes = (str(value) for value in written.values())
    return Refusal(_head(path, given), order, fixes, _files(given), faults)
