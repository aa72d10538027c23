"""An office with work in it: a person, an evening, a possible breach, absences, a contest.

The evening is judged by the real judge, so what pages show of it is what they would show.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts import sign_in as sign_in_
from mesure.actions.accounts.sign_in import CardSignIn
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import SetCover
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import AssignDevice
from mesure.actions.framework.context import VISITOR, Actor, Context
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.records import incident_body
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.evaluation.breakdown.evidence_breakdown import NONE
from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage
from mesure.geo.fixes import Fixes, Provider
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.incidents.incident import Incident, IncidentKind
from mesure.instants import to_datetime, to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.record import incident_words
from mesure.record.replay import Replay, ReplayRequest, replay
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    StoredAssessment,
    StoredIncident,
)
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import Device
from tests.actions.fake_readers import FakeReader
from tests.actions.house import Office

PERSON: Final = "P-0042"
ORDER_ID: Final = "ALM-2026-0042"
DEVICE: Final = "tag-7"
PIN: Final = "804217"
ORDER: Final = """\
order: ALM-2026-0042
person: P-0042
court: Almaly district court no. 2
decision: {number: 1-234/2026, date: 2026-01-05}
legal_basis: Criminal Code article 44
time_zone: Asia/Almaty
in_force: {from: 2026-01-05, until: 2027-01-05}
places:
  home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}
  district: {polygon: [[43.240, 76.905], [43.240, 76.956], [43.278, 76.960], [43.279, 76.907]]}
  stadium: {polygon: [[43.2474, 76.9363], [43.248, 76.9395], [43.2461, 76.9401], [43.2456, 76.937]]}
  office: {lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}, review_by: 2026-07-01}
  C2: {residence: {stay_in: district}}
  C3: {exclusion: {keep_out_of: stadium, from: 18:00, until: 24:00, every: [sat, sun]}}
  C4: {appointment: {at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}
"""
NINE: Final = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)  # At nine in the evening, in Almaty.
MORNING_AFTER: Final = datetime(2026, 3, 12, 3, 20, tzinfo=UTC)
MINUTES: Final = 420
HOME: Final = (43.25654, 76.92848)
AWAY: Final = (43.26350, 76.93620)
LEFT, ARRIVED, LEFT_AGAIN, BACK = 118, 131, 205, 219  # Minutes after nine.
SILENT: Final = range(300, 345)
TOKENS: Final = {  # Sessions are begun for these, by who they are.
    "officer": "officer-session", "second": "second-session",
    "supervisor": "supervisor-session", "person": "person-session",
    "counsel": "counsel-session", "inspector": "inspector-session",
    "operator": "operator-session",
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """Who is there, and what waits."""

    officer: Actor
    second: Actor
    supervisor: Actor
    person: Actor
    incident: str
    earlier: str
    silence: str
    absence: str
    card: str
    counsel: Actor
    inspector: Actor
    operator: Actor


@dataclass(frozen=True)
class Evening:
    """A judged evening."""

    judged: Replay

    @property
    def incident(self) -> Incident:
        [incident] = [one for one in self.judged.incidents if one.condition == "C1"]
        return incident

    def reports(self, _pieces: Sequence[TrailMessage]) -> Iterator[DeviceReport]:
        """Yield what the device said of itself: it ran low, was charged, and the strap was open."""
        for minute in range(0, MINUTES, 30):
            at = NINE + timedelta(minutes=minute)
            is_charging = 240 <= minute < 330
            percent = 40 - minute // 10 if minute < 240 else 20 + (minute - 240) // 2
            yield DeviceReport(DEVICE, at, DeviceReportKind.BATTERY, percent)
            yield DeviceReport(DEVICE, at, DeviceReportKind.CHARGING, int(is_charging))
            yield DeviceReport(DEVICE, at, DeviceReportKind.STRAP, int(not 150 <= minute < 180))
            if is_charging:
                yield DeviceReport(DEVICE, at, DeviceReportKind.STILL, (minute - 230) * 60)
        words = {
            DeviceReportKind.ENTERED: "",
            DeviceReportKind.LEFT: "",
            DeviceReportKind.CONNECTION_LOST: "",
            DeviceReportKind.BEACON: "",
            DeviceReportKind.STATUS: "whileInUse, reduced",
            DeviceReportKind.WARNING: "sos",
        }
        for number, (what, text) in enumerate(words.items()):
            yield DeviceReport(DEVICE, NINE + timedelta(minutes=302 + number), what, 1, text)

    def trail(self, _pieces: Sequence[TrailMessage]) -> Iterator[TrailFix]:
        """Yield the fixes of the evening, whatever was asked to be read."""
        yield from _fixes(self.judged.gathered.fixes)


def _fixes(fixes: Fixes) -> Iterator[TrailFix]:
    for at in range(len(fixes)):
        radius95_m, beacon = float(fixes.radius95_m[at]), int(fixes.beacon[at])
        yield TrailFix(
            DEVICE,
            to_datetime(int(fixes.observed_us[at])),
            to_datetime(int(fixes.received_us[at])),
            float(fixes.lat_deg[at]),
            float(fixes.lon_deg[at]),
            None if np.isnan(radius95_m) else radius95_m,
            Provider(int(fixes.provider[at])).name.lower(),
            True,
            None if beacon < 0 else bool(beacon),
            row=int(fixes.row[at]),
        )


def judge_evening(folder: Path) -> Evening:
    """Judge the evening."""
    (folder / "order.yaml").write_text(ORDER, encoding="utf-8")
    (folder / "fixes.csv").write_text("\n".join(_rows()), encoding="utf-8")
    return Evening(replay(ReplayRequest((folder / "order.yaml",), (folder / "fixes.csv",))))


def _rows() -> Iterator[str]:
    yield "time,lat,lon,accuracy_m,beacon,provider"
    for minute in range(MINUTES):
        if minute not in SILENT:
            at = NINE + timedelta(minutes=minute)
            (lat, lon), noise = _where(minute), _noise(minute)
            at_home = (lat, lon) == HOME
            place = f"{lat + noise[0] * 7e-5:.6f},{lon + noise[1] * 9e-5:.6f}"
            yield f"{at:%Y-%m-%dT%H:%M:%SZ},{place},{9 + noise[2] * 4:.0f},{int(at_home)},gps"


def _where(minute: int) -> tuple[float, float]:
    if minute < LEFT or minute >= BACK:
        return HOME
    if minute < ARRIVED:
        return _between(HOME, AWAY, (minute - LEFT) / (ARRIVED - LEFT))
    if minute < LEFT_AGAIN:
        return AWAY
    return _between(AWAY, HOME, (minute - LEFT_AGAIN) / (BACK - LEFT_AGAIN))


def _between(
    start: tuple[float, float], other: tuple[float, float], ratio: float
) -> tuple[float, float]:
    bend = 0.0012 * (0.5 - abs(ratio - 0.5))
    lat = start[0] + (other[0] - start[0]) * ratio + bend
    return lat, start[1] + (other[1] - start[1]) * ratio - bend


def _noise(minute: int) -> tuple[float, float, float]:
    digest = sha256(minute.to_bytes(4, "big")).digest()
    return tuple(byte / 127.5 - 1.0 for byte in digest[:3])  # type: ignore[return-value]


# --- The office ----------------------------------------------------------------------------------


def fill(office: Office, night: Evening) -> Filled:
    """Put everybody and everything into an office."""
    office.now = NINE - timedelta(days=40)
    supervisor = office.account("Gulnara Ospanova", Role.SUPERVISOR)
    officer = office.account("Amina Bekova", Role.OFFICER)
    second = office.account("Bolat Seitov", Role.OFFICER)
    for who, name in ((PERSON, "Serik Akhmetov"), ("P-0107", "Marat Tulegenov")):
        office.do(officer, persons.enter, EnterPerson(who, name, "kk"))
    entered = office.do(officer, court_orders.enter, EnterVersion(ORDER.encode()))
    office.do(supervisor, court_orders.confirm, VersionRef(ORDER_ID, 1, entered.whole_sha256))
    office.store.write(lambda work: work.add_device(Device(DEVICE, office.now, "test")))
    office.do(officer, assignments.give, AssignDevice(DEVICE, PERSON, ORDER_ID))
    card = office.do(officer, printed_cards.give, printed_cards.GiveCard(PERSON))
    signed_in = office.do(VISITOR, sign_in_.by_card, CardSignIn(card.code, PIN))
    person = Actor(signed_in.account, Role.PERSON, PERSON)
    incident, earlier, silence = _judged(office, night)
    office.now = MORNING_AFTER - timedelta(days=16)
    number, purpose = earlier, Purpose.POSSIBLE_BREACH
    request = IncidentRequest(incident=earlier, purpose=purpose, case_number=number)
    office.do(officer, incident_review.show, request)
    why = "The device lay in the car of a neighbour, who confirms it."
    excused = RecordFinding(earlier, FindingOutcome.EXCUSED, why, FindingCause.REASONABLE_EXCUSE)
    office.do(officer, incident_review.find, excused)
    office.now = MORNING_AFTER
    absence = _asked(office, person)
    cover = SetCover(
        officer.account, second.account, office.now - timedelta(hours=1), office.now + timedelta(3)
    )
    office.do(officer, caseload.cover, cover)
    counsel = _counsel(office)
    inspector = office.account("Dana Iskakova", Role.INSPECTOR)
    operator = office.account("Rustem Alimov", Role.OPERATOR)
    contents = Filled(
        officer, second, supervisor, person, incident, earlier, silence, absence, card.code,
        counsel, inspector, operator,
    )  # fmt: skip
    _sessions(office, contents)
    return contents


def _asked(office: Office, person: Actor) -> str:
    start_at = office.now + timedelta(days=2, hours=9)
    request = RequestAbsence(
        order=ORDER_ID, conditions=("C1",), start_at=start_at,
        until_at=start_at + timedelta(hours=6), reason="Night shift at the bakery",
    )  # fmt: skip
    return office.do(person, absences.ask, request)


def _judged(office: Office, night: Evening) -> tuple[str, str, str]:
    """Keep the incidents of the evening, an earlier one and a silence, and forty nights."""
    late = night.incident
    earlier = replace(
        late, id="I-earlier", start=late.start - timedelta(days=17),
        end=(late.end or late.start) - timedelta(days=17), opened_at=late.opened_at - timedelta(17),
    )  # fmt: skip
    incidents = [_kept(office, night, late), _kept(office, night, earlier)]
    incidents.append(replace(_kept(office, night, silence(late)), p_outside_max=None))
    rows = tuple(_nights())

    def judge(work: WriteTransaction) -> None:
        judged = JudgingProgress(PERSON, to_us(office.now), 0, "policy", "engine", unsigned=False)
        owner = work.claim({partition_of(PERSON)}, "test")
        work.judge([JudgingResult(judged, 0, rows, (), tuple(incidents))], owner)

    office.store.write(judge)
    return late.id, earlier.id, "I-silence"


def silence(like: Incident) -> Incident:
    """Return the silence of that evening, under the same condition."""
    start, end = (NINE + timedelta(minutes=at) for at in (SILENT.start, SILENT.stop))
    facts = replace(
        like.facts, fixes_used=0, fixes_on_wrong_side=0, distance_max_m=0.0, independent_s=0.0,
        moving=False, beacon_lost=False, silence_s=2_700.0,
    )  # fmt: skip
    return replace(
        like, id="I-silence", kind=IncidentKind.SILENT, start=start, end=end, opened_at=end,
        p_outside_max=0.0, evidence=(), facts=facts, account=NONE,
    )  # fmt: skip


def _kept(office: Office, night: Evening, incident: Incident) -> StoredIncident:
    zone = night.judged.rules.versions[-1].zone
    plain = incident_words.encode_body(incident, (0, 1), zone)
    body = incident_body.seal(office.keyring, PERSON, incident.id, 1, plain, office.chance)
    return StoredIncident(
        incident.id,
        PERSON,
        ORDER_ID,
        incident.condition,
        incident.kind.value,
        to_us(incident.opened_at),
        to_us(incident.start),
        None if incident.end is None else to_us(incident.end),
        incident.p_outside_max,
        None,
        body,
        1,
    )


def _nights() -> Iterator[StoredAssessment]:
    """Yield forty nights of curfew, most of them met."""
    for number in range(40):
        start = NINE + timedelta(hours=1, days=-number)
        cut = {0: "not_met", 17: "not_met", 5: "unknown", 23: "unknown"}.get(number)
        parts: Iterable[tuple[str, float, float]] = [("met", 0, 8)]
        if cut:
            parts = [("met", 0, 1), (cut, 1, 2.5), ("met", 2.5, 8)]
        for status, first_h, last_h in parts:
            yield StoredAssessment(
                PERSON, ORDER_ID, "C1", status, to_us(start + timedelta(hours=first_h)),
                to_us(start + timedelta(hours=last_h)), bytes(32), "policy", "engine",
                unsigned=False,
            )  # fmt: skip


def _counsel(office: Office) -> Actor:
    """Enter counsel whom the person invited for a month."""
    name, until_at = "Saule Omarova", office.now + timedelta(days=30)
    value = Account(name, Role.COUNSEL, office.now, "test", person=PERSON, until_at=until_at)
    office.write(lambda rows, _: rows.add(ACCOUNT, name, value))
    return Actor(name, Role.COUNSEL, PERSON)


def _sessions(office: Office, contents: Filled) -> None:
    """Begin a session for everybody, under a token that is known."""
    for name, token in TOKENS.items():
        begin_session(office, getattr(contents, name).account, token)


def begin_session(office: Office, account: str, token: str) -> None:
    """Begin a session under a token that is known."""
    from mesure.actions.accounts.sessions import SESSION, SessionRecord
    from mesure.actions.records import tokens

    session = SessionRecord(account, office.now, office.now)
    office.write(lambda rows, _: rows.add(SESSION, tokens.hash_secret(token), session))


def with_trail(office: Office, night: Evening) -> Any:
    """Return how contexts are made in an office whose devices sent this evening."""

    def context(actor: Actor, request: str, address: str) -> Context:
        base_context = office.context(actor, address)
        return replace(base_context, request=request, reader=FakeReader(night.trail, night.reports))

    return context
