"""What else an office may have: lists of venues, an order that names one, outside requests."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import (
    AnswerOutsideRequest,
    DataCategory,
    RecordOutsideRequest,
    ReviewOutsideRequest,
    Urgency,
)
from mesure.actions.framework.context import Actor
from mesure.actions.orders import court_orders, venue_review
from mesure.actions.orders.court_orders import EndOrder, EnterVersion, VersionRef
from mesure.actions.orders.venue_review import DecideVenues, ImportVenues, VenueInput, VenueListRef
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import AnswerGround, RecordGround
from mesure.incidents import device_problems
from mesure.privacy.purposes import Purpose
from tests.actions.house import Office
from tests.web import telling
from tests.web.filled import MINUTES, NINE, PERSON, Filled
from tests.web.incident_records import Record

SECOND_ORDER: Final = """\
order: ALM-2026-0043
person: P-0042
court: Almaly district court no. 2
decision: {number: 1-240/2026, date: 2026-01-05}
time_zone: Asia/Almaty
in_force: {from: 2026-03-01, until: 2027-01-05}
places:
  home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}
conditions:
  V1: {exclusion: {venue_category: nightlife, venues: v.geojson, venue_radius_m: 25}}
"""
NAMES: Final = ("Den", "Cave", "Roof", "Harbour", "The Long Name of a Bar by the River")


@dataclass(frozen=True)
class Venued:
    """What there is then."""

    approved: str  # A list that binds,
    undecided: str  # and the next one, with what is new and what is gone.
    request: str
    month: str
    ground: str  # Why the evening's trail may be seen.
    device_event: str


def fill(office: Office, there: Filled) -> Venued:
    """Put them into a filled office."""
    approved = _imported(office, there.officer, NAMES[:4], date(2026, 2, 1))
    chosen = tuple(_venue(name).id for name in NAMES[:3])
    office.do(there.officer, venue_review.decide, DecideVenues(approved, chosen, True))
    rest = (_venue(NAMES[3]).id,)
    office.do(
        there.officer, venue_review.decide, DecideVenues(approved, rest, False, "closed down")
    )
    office.do(there.officer, venue_review.approve, VenueListRef(approved))
    file = office.do(there.officer, venue_review.file, VenueListRef(approved))
    version = EnterVersion(SECOND_ORDER.encode(), {"v.geojson": file.data})
    entered = office.do(there.officer, court_orders.enter, version)
    version_ref = VersionRef("ALM-2026-0043", 1, entered.whole_sha256)
    office.do(there.supervisor, court_orders.confirm, version_ref)
    end = EndOrder("ALM-2026-0043", datetime(2026, 11, 30, 19, tzinfo=UTC), "1-255/2026", "Appeal")
    office.do(there.officer, court_orders.end, end)
    undecided = _imported(office, there.officer, NAMES[1:], date(2026, 3, 1))
    return Venued(
        approved,
        undecided,
        _request(office, there),
        f"{office.now:%Y-%m}",
        _ground(office, there),
        device_event(office),
    )


def _venue(name: str) -> VenueInput:
    number = NAMES.index(name)
    place = {"type": "Point", "coordinates": [76.924 + number / 500, 43.2571]}
    return VenueInput(f"node/{number}", name, {"amenity": "bar"}, json.dumps(place))


def _imported(office: Office, officer: Actor, names: tuple[str, ...], day: date) -> str:
    venues = tuple(map(_venue, names))
    request = ImportVenues("nightlife", day, "almaty.osm.pbf", "00" * 32, venues)
    return office.do(officer, venue_review.import_list, request).list


def _request(office: Office, there: Filled) -> str:
    request = RecordOutsideRequest(
        person=PERSON,
        authority="Almaly police, department 3",
        case_number="KZ-7/2026",
        reason="A theft at the market is looked into.",
        data=(DataCategory.TRAIL,),
        why_no_less="Only this hour is asked for.",
        urgency=Urgency.DANGER,
        signed_by="Head of the department",
        signed_on=date(2026, 3, 11),
        document_sha256="ab" * 32,
        genuine_by_call="The department was called back.",
        received_at=office.now,
        start_at=datetime(2026, 3, 11, 15, tzinfo=UTC),
        until_at=datetime(2026, 3, 11, 16, tzinfo=UTC),
    )
    earlier = office.do(there.officer, outside_requests.record, request)
    office.do(
        there.supervisor, outside_requests.answer, AnswerOutsideRequest(earlier, True, "Given.")
    )
    chief = office.account("Aliya Nurlanova", there.supervisor.role)
    office.do(
        chief, outside_requests.review, ReviewOutsideRequest(earlier, False, "It bears no date.")
    )
    office.now += timedelta(seconds=1)
    return office.do(there.officer, outside_requests.record, request)


def _ground(office: Office, there: Filled) -> str:
    """Record why the whole evening may be seen, and let somebody else agree."""
    request = RecordGround(
        person=PERSON,
        purpose=Purpose.SUPERVISION,
        case_number="S-3/2026",
        start_at=NINE,
        until_at=NINE + timedelta(minutes=MINUTES),
        reason="The way home that evening is talked about with the person.",
    )
    recorded = office.do(there.officer, grounds.record, request)
    office.do(there.supervisor, grounds.answer, AnswerGround(recorded, True))
    return recorded


def device_event(office: Office) -> str:
    """Keep that the strap was open, as the device said."""
    notice = telling.notice(device_problems.DeviceProblemKind.STRAP, 0)
    telling.keep(office, [Record(notice.id, notice=notice)])
    return notice.id
