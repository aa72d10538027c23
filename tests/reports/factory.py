"""A fictional fortnight in Almaty, made up for tests: nobody lived it.

Nights at home, a late return, a night of drifting fixes with wide circles, a silent night and an
authorised absence. The numbers are what a judge might say; they are not computed.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from mesure.evaluation.assessment import Assessment, Status, SupersededAssessment
from mesure.evaluation.breakdown.evidence_breakdown import NONE, EvidenceBreakdown, Term, TermSource
from mesure.geo.fixes import F64, Fixes
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.orders.values.places import Circle, Corridor, Place, Polygon
from mesure.orders.values.span import Span
from mesure.orders.wording.order_sentences import OrderSection
from mesure.reports.replay.replay_report import (
    ReplayReport,
    ReportedCondition,
    ReportedIncident,
    ReportedZone,
    ReportSources,
)

ALMATY = ZoneInfo("Asia/Almaty")
LANGUAGES = ("en", "fr", "ru", "kk")
START = datetime(2026, 2, 1, 19, tzinfo=UTC)  # Midnight in Almaty.
UNTIL = START + timedelta(days=14, hours=9)
HOME = (43.25654, 76.92848)
M_PER_DEG_LAT, M_PER_DEG_LON = 111_100.0, 81_080.0
FOR_EVER = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


class English:
    """A catalogue in which nothing is translated."""

    def __init__(self, language: str = "en") -> None:
        self._language = language

    @property
    def language(self) -> str:
        return self._language

    def text(self, source: str) -> str:
        return source

    def plural(self, singular: str, many: str, count: int) -> str:
        return singular if count == 1 else many

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        return f"{self.day(instant, zone)} at {self.clock(instant, zone)}"

    def clock(self, instant: datetime, zone: ZoneInfo) -> str:
        return f"{instant.astimezone(zone):%H:%M}"

    def day(self, instant: datetime, zone: ZoneInfo) -> str:
        return instant.astimezone(zone).date().isoformat()

    def weekday(self, weekday: int) -> str:
        return ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][
            weekday
        ]

    def items(self, items: list[str]) -> str:
        return ", ".join(items)


def at(day: int, hour: float) -> datetime:
    """Return an instant by the day of the fortnight (from 0) and the hour on the wall."""
    return START + timedelta(days=day, hours=hour)


def columns(
    instants: list[datetime], east_m: F64, north_m: F64, radius95_m: F64, first_row: int = 0
) -> Fixes:
    """Return fixes at places given in metres from home."""
    count = len(instants)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    observed = [(instant - epoch) // timedelta(microseconds=1) for instant in instants]
    return Fixes(
        observed_us=np.array(observed, dtype=np.int64),
        received_us=np.array(observed, dtype=np.int64) + 3_000_000,
        lat_deg=HOME[0] + np.asarray(north_m, dtype=np.float64) / M_PER_DEG_LAT,
        lon_deg=HOME[1] + np.asarray(east_m, dtype=np.float64) / M_PER_DEG_LON,
        radius95_m=np.asarray(radius95_m, dtype=np.float64),
        speed_mps=np.full(count, np.nan),
        motion=np.full(count, -1, dtype=np.int8),
        beacon=np.full(count, -1, dtype=np.int8),
        provider=np.full(count, 1, dtype=np.int8),
        row=np.arange(first_row, first_row + count, dtype=np.int64),
    )


def no_fixes() -> Fixes:
    """Return columns without a fix."""
    return columns([], np.zeros(0), np.zeros(0), np.zeros(0))


def _way(hours: float) -> tuple[float, float]:
    """Return where the person is at an hour of an ordinary day, in metres from home."""
    if 9.0 <= hours < 9.5:
        return (hours - 9.0) * 5200.0, (hours - 9.0) * 1500.0
    if 9.5 <= hours < 18.0:
        return 2600.0, 750.0
    if 18.0 <= hours < 18.5:
        return (18.5 - hours) * 5200.0, (18.5 - hours) * 1500.0
    return 0.0, 0.0


def _place(day: int, hours: float) -> tuple[float, float] | None:
    if (day == 11 and hours >= 20.0) or (day == 12 and hours < 1.5):
        since = hours - 20.0 if day == 11 else hours + 4.0
        share = min(1.0, since / 0.5, max(0.0, (5.5 - since) / 0.6))
        return -900.0 * share, 1400.0 * share
    if (day == 8 and hours >= 21.5) or (day == 9 and hours < 6.0):
        return None
    if 4 <= day < 6:
        return 15_000.0, 9_000.0
    return _way(hours)


def fixes() -> Fixes:
    """Return the fixes of the fortnight, one every two minutes unless the device was silent."""
    dice = np.random.default_rng(20_260_201)
    instants: list[datetime] = []
    places: list[tuple[float, float, float]] = []
    for step in range(int((UNTIL - START) / timedelta(minutes=2))):
        day, hours = step // 720, (step % 720) / 30.0
        place = _place(day, hours)
        if place is None:
            continue
        wide = (day == 6 and hours >= 22.0) or (day == 7 and hours < 3.0)
        spread_m = 90.0 if wide else 7.0
        east_m, north_m = place[0] + dice.normal(0, spread_m), place[1] + dice.normal(0, spread_m)
        instants.append(START + timedelta(minutes=2 * step))
        places.append((east_m, north_m, 260.0 if wide else 18.0 + 10.0 * dice.random()))
    table = np.array(places)
    return columns(instants, table[:, 0], table[:, 1], table[:, 2])


def _nights() -> tuple[Span, ...]:
    every = [Span(at(day, 22), min(at(day + 1, 6), UNTIL)) for day in range(14)]
    return (Span(at(0, 0), at(0, 6)), *(n for n in every if n.start not in (at(4, 22), at(5, 22))))


def _curfew() -> list[Assessment]:
    assessments = []
    for night in _nights():
        cuts = [(night.start, Status.MET)]
        if night.start == at(11, 22):
            cuts = [(night.start, Status.NOT_MET), (at(12, 1.3), Status.MET)]
        elif night.start == at(8, 22):
            cuts = [(night.start, Status.UNKNOWN)]
        elif night.start == at(6, 22):
            cuts = [
                (night.start, Status.MET),
                (at(6, 23.2), Status.UNKNOWN),
                (at(7, 1.1), Status.MET),
            ]
        ends = [instant for instant, _ in cuts[1:]] + [night.end]
        assessments += [
            Assessment("C1", status, Span(start, end))
            for (start, status), end in zip(cuts, ends, strict=True)
        ]
    return assessments


def _residence() -> list[Assessment]:
    cuts = [
        (at(0, 0), at(4, 0), Status.MET),
        (at(6, 0), at(8, 22), Status.MET),
        (at(8, 22), at(9, 6), Status.UNKNOWN),
        (at(9, 6), UNTIL, Status.MET),
    ]
    return [Assessment("C2", status, Span(start, end)) for start, end, status in cuts]


def _conditions() -> tuple[ReportedCondition, ...]:
    weekend = tuple(
        Span(at(day, 18), at(day, 24)) for day in range(14) if at(day, 12).weekday() in (5, 6)
    )
    mondays = (Span(at(0, 10), at(0, 10.5)), Span(at(7, 10), at(7, 10.5)))
    lines = {
        "C1": "Be at home from 22:00 to 06:00 every day.",
        "C2": "Stay within district.",
        "C3": "Keep out of stadium from 18:00 to 24:00 on Saturday and Sunday.",
        "C4": "Be at office on Monday from 10:00 to 10:30, for 10 minutes.",
    }
    always = (Span(at(0, 0), at(4, 0)), Span(at(6, 0), UNTIL))
    kinds = ("curfew", "residence", "exclusion", "appointment")
    return tuple(
        ReportedCondition(name, kind, dict.fromkeys(LANGUAGES, lines[name]), binding)
        for (name, binding), kind in zip(
            {"C1": _nights(), "C2": always, "C3": weekend, "C4": mondays}.items(),
            kinds,
            strict=True,
        )
    )


def ring(*corners_m: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Return corners given in metres east and north of home."""
    return tuple(
        (HOME[0] + north / M_PER_DEG_LAT, HOME[1] + east / M_PER_DEG_LON)
        for east, north in corners_m
    )


def _zones() -> tuple[ReportedZone, ...]:
    district = Polygon(
        ring((-2600, -1900), (900, -2300), (3600, -900), (3400, 1700), (900, 2500), (-2300, 2100)),
        (ring((1300, -900), (1900, -900), (1900, -400), (1300, -400)),),
    )
    stadium = Polygon(ring((-500, -1500), (-150, -1450), (-100, -1750), (-480, -1800)))
    way = Corridor(ring((0, 0), (1300, 420), (2600, 750)), 120.0)
    office = Circle(*ring((2600, 750))[0], 80.0)
    return (
        ReportedZone(Place("district", (district,)), False, frozenset({"C2"}), FOR_EVER),
        ReportedZone(Place("stadium", (stadium,)), True, frozenset({"C3"}), FOR_EVER),
        ReportedZone(Place("way to work", (way,)), False, frozenset({"C9"}), FOR_EVER),
        ReportedZone(Place("office", (office,)), False, frozenset({"C4"}), FOR_EVER),
        ReportedZone(Place("home", (Circle(*HOME, 60.0),)), False, frozenset({"C1"}), FOR_EVER),
    )


def facts(**changes: object) -> IncidentFacts:
    """Return the facts of the late return, with changes."""
    late = IncidentFacts(
        duty="curfew",
        place="home",
        window=Span(at(11, 22), at(12, 6)),
        fixes_used=99,
        fixes_on_wrong_side=97,
        fixes_unused=(("duplicate", 2), ("stale", 1)),
        distance_max_m=1604.3,
        radius95_median_m=23.2,
        independent_s=6_840.0,
        moving=True,
        beacon_lost=False,
        silence_s=14_400.0,
        present_s=0.0,
        present_s_min=600.0,
        absences=(),
        unsigned=True,
    )
    return replace(late, **changes)  # type: ignore[arg-type]


EXPLANATION = (
    "The order asked for being at home from 22:00 to 06:00. From 22:00 to 01:18 the device was, "
    "with a chance of up to 99.8 %, outside the boundary of home.\n"
    "99 fixes of that time were used; 97 of them lie beyond the boundary, the farthest by 1,604 m, "
    "with confidence circles of about 23 m. They make 114 minutes of independent evidence.\n"
    "Not used: 2 fixes that were already there, 1 that arrived too late.\n"
    "What else could explain it: the device was carried by somebody else, or lay elsewhere. What "
    "would change the conclusion: an authorised absence, or a witness that the person was at home."
)


def incident(**changes: object) -> Incident:
    """Return the late return, with changes."""
    used = fixes_cached()
    inside = (used.observed_us >= micros(at(11, 22))) & (used.observed_us < micros(at(12, 1.3)))
    late = Incident(
        id="ALM-2026-0042/C1/2026-02-12T17:00:00Z",
        condition="C1",
        kind=IncidentKind.ABSENT,
        opened_at=at(11, 22.1),
        start=at(11, 22),
        end=at(12, 1.3),
        p_outside_max=0.998,
        evidence=tuple(int(row) for row in used.row[inside]),
        facts=facts(),
        account=ACCOUNT,
    )
    return replace(late, **changes)  # type: ignore[arg-type]


def micros(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


TERMS = (
    Term(TermSource.START, -6.9, 0),
    Term(TermSource.DRIFT, 0.4, 1_200),
    Term(TermSource.POSITIONS, 9.6, 17),
)
ACCOUNT = EvidenceBreakdown(
    0, 100, 102, (micros(at(11, 21.9)), micros(at(11, 22))), TERMS, 17, 1.7, ()
)
_CACHE: list[Fixes] = []


def fixes_cached() -> Fixes:
    """Return the fixes of the fortnight, made once."""
    if not _CACHE:
        _CACHE.append(fixes())
    return _CACHE[0]


def silence() -> Incident:
    """Return the silent night."""
    return incident(
        id="ALM-2026-0042/C1/2026-02-09T17:00:00Z",
        kind=IncidentKind.SILENT,
        opened_at=at(9, 1.5),
        start=at(8, 22),
        end=at(9, 6),
        evidence=(),
        account=NONE,
        facts=facts(
            window=Span(at(8, 22), at(9, 6)),
            fixes_used=0,
            fixes_on_wrong_side=0,
            fixes_unused=(),
            distance_max_m=0.0,
            radius95_median_m=float("nan"),
            independent_s=0.0,
            moving=False,
        ),
    )


def leftover_fixes() -> dict[str, Fixes]:
    """Return some rows that were kept and not used."""
    same = [at(day, 12) for day in range(7)]
    return {
        "duplicate": columns(same, np.zeros(7), np.zeros(7), np.full(7, 15.0), 20_000),
        "stale": columns([at(1, 3), at(2, 3)], np.zeros(2), np.zeros(2), np.full(2, 15.0), 20_007),
        "out_of_range": replace(
            columns([at(3, 3)], np.zeros(1), np.zeros(1), np.full(1, 15.0), 20_009),
            observed_us=np.array([np.iinfo(np.int64).min]),
        ),
    }


def as_reported(each: Incident, explanation: str = EXPLANATION) -> ReportedIncident:
    """Return an incident with the same words in every language, but for a mark of the language."""
    return ReportedIncident(each, {tag: f"[{tag}] {explanation}" for tag in LANGUAGES})


def report(**changes: object) -> ReplayReport:
    """Return what a replay of the fortnight found, with changes."""
    passage = OrderSection(
        "Conditions", ("C1: be at home from 22:00 to 06:00 every day.", "C2: ...")
    )
    whole = ReplayReport(
        order="ALM-2026-0042",
        person="P-0042",
        court="Almaly district court no. 2",
        zone=ALMATY,
        sources=ReportSources(
            "0.1.0", "2026-11-25", "2026b", ("a" * 64,), ("b" * 64, "c" * 64), "d" * 64
        ),
        unsigned=True,
        until=UNTIL,
        used=fixes_cached(),
        unused=leftover_fixes(),
        clock_corrected=1_040,
        asks=0,
        conditions=_conditions(),
        zones=_zones(),
        assessments=(
            *_curfew(),
            *_residence(),
            *(Assessment("C3", Status.MET, span) for span in _conditions()[2].binding),
            *(Assessment("C4", Status.MET, span) for span in _conditions()[3].binding),
        ),
        superseded=(
            SupersededAssessment(
                Assessment("C1", Status.UNKNOWN, Span(at(2, 1), at(2, 2))), at(2, 1.5), at(2, 2.5)
            ),
        ),
        incidents=(as_reported(silence(), "The device reported nothing."), as_reported(incident())),
        read_back=dict.fromkeys(LANGUAGES, (passage,)),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def empty_report() -> ReplayReport:
    """Return what a replay of an order without conditions and a file without fixes found."""
    return report(
        used=no_fixes(),
        unused={},
        clock_corrected=0,
        asks=3,
        conditions=(),
        zones=(),
        assessments=(),
        superseded=(),
        incidents=(),
        read_back={},
    )
