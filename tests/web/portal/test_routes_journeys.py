"""A person at an old phone without a script: read, ask, answer, contest."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from zipfile import ZipFile

import pytest

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import InviteCounsel
from mesure.actions.accounts.sessions import Session
from mesure.actions.cases import persons
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.framework.context import VISITOR
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import TEXT_CHARS_MAX, IncidentRequest
from mesure.actions.incidents.incident_review import IncidentRef, RecordFinding
from mesure.actions.trails import trail_access
from mesure.formats.stored.device_reports import DeviceReportKind
from mesure.incidents.finding import FindingOutcome
from mesure.orders.clock import durations
from mesure.orders.reading import read_order
from mesure.privacy.purposes import Purpose
from mesure.reports.downloads.own_data_page import FILE
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, PIN, Evening, Filled

PDF = b"%PDF-1.7 a letter"


def test_a_card_and_a_pin_open_the_record(office: Office, there: Filled) -> None:
    browser = Browser(office)
    browser.open("/portal")
    assert browser.address == "/sign-in/card"
    browser.send("/sign-in/card", card=there.card.lower(), pin="000111", next="/portal/kept")
    assert browser.status == 403
    browser.send("/sign-in/card", card=there.card.lower(), pin=PIN, next="/portal/kept")
    assert browser.address == "/portal/kept"


def test_the_first_page_says_what_is_asked_and_who_is_in_charge(person: Browser) -> None:
    person.open("/portal")
    assert person.status == 200
    for phrase in ("What is asked of you", "22:00 – 06:00", "Be at home", "Bolat Seitov"):
        assert phrase in person.text
    assert "You can say what happened." in person.text


def test_the_map_shows_places_and_no_fix(person: Browser) -> None:
    person.open("/portal/map")
    assert 'class="map"' in person.page
    assert 'class="fix' not in person.page
    assert "Keep out of “stadium”" in person.text


def test_an_absence_is_asked_for_and_taken_back(person: Browser) -> None:
    person.open("/portal/absences/ask")
    person.send("/portal/absences/ask")
    assert person.status == 422
    assert person.text.count("Enter the day.") >= 2
    fields = {
        "condition": "ALM-2026-0042 C1", "reason": "My brother marries.",
        "from_day": "2026-03-20", "from_time": "18:00",
        "until_day": "2026-03-21", "until_time": "10:00",
    }  # fmt: skip
    person.send("/portal/absences/ask", **{**fields, "until_day": "2026-03-19"})
    assert person.status == 422
    person.send("/portal/absences/ask", **fields)
    assert "It was sent." in person.text
    assert "My brother marries." in person.text
    section = person.page.partition("My brother marries.")[2].partition("/take-back")[0]
    person.send(section.rpartition('action="')[2] + "/take-back")
    assert "taken back" in person.text


@pytest.mark.parametrize("way", ["notify", "emergency"])
def test_the_other_two_ways_are_open(person: Browser, way: str) -> None:
    person.open(f"/portal/absences/{way}")
    assert person.status == 200
    day = "2026-03-12" if way == "emergency" else "2026-03-13"
    person.send(
        f"/portal/absences/{way}", condition="ALM-2026-0042 all", reason="My mother fell.",
        from_day=day, from_time="02:00", until_day=day, until_time="09:00",
    )  # fmt: skip
    assert "It was sent." in person.text


def test_there_is_no_fourth_way(person: Browser) -> None:
    person.open("/portal/absences/nothing")
    assert person.status == 404


def test_the_person_answers_a_possible_breach(person: Browser, there: Filled) -> None:
    person.open("/portal/notices")
    assert "not looked at yet" in person.text, "the officer reads the same"
    address = f"/portal/notices/{there.incident}"
    assert address in person.page
    person.open(address)
    assert "It is not a finding: only a person can make one." in person.text
    assert 'class="map"' in person.page
    person.send(address, kind="account", words=" ")
    assert "Write what you want to say." in person.text
    person.send(address, kind="account", words="My mother fell. I drove her to hospital.")
    assert "I drove her to hospital." in person.text
    assert "Your account of what happened" in person.text
    person.send(address, kind="contest", words="The map is wrong.")
    assert "You contest it, before any finding" in person.text
    contest = person.page.partition("/contests/")[2].partition("/")[0]
    person.send(f"{address}/contests/{contest}/take-back")
    assert "You took it back." in person.text


@pytest.mark.parametrize("kind", ["account", "contest"])
def test_words_of_the_person_are_taken_whole_or_not_at_all(
    person: Browser, there: Filled, kind: str
) -> None:
    address = f"/portal/notices/{there.incident}"
    words = "x " * (TEXT_CHARS_MAX // 2) + "I was in hospital."
    person.open(address)
    person.send(address, kind=kind, words=words)
    assert person.status == 422, "the end of it would be lost"
    assert "it is too long" in person.text
    assert words in person.page, "nothing that was typed is lost"
    person.send(address, kind=kind, words=words[-TEXT_CHARS_MAX:])
    assert person.status == 200
    assert "I was in hospital." in person.text


def test_a_document_is_attached_and_handed_back_as_it_came(person: Browser, there: Filled) -> None:
    address = f"/portal/notices/{there.incident}"
    person.open(address)
    person.send(address, kind="account")
    assert "Write what you want to say." in person.text
    person.attach(address, ("letter.pdf", b"no document"), kind="account")
    assert person.status == 422
    person.attach(address, ("letter.pdf", PDF), kind="account")
    name = person.page.partition("/portal/documents/")[2].partition('"')[0]
    person.open(f"/portal/documents/{name}")
    assert person.page == PDF.decode()
    assert person.headers["content-disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''letter.pdf"
    )
    assert person.headers["x-content-type-options"] == "nosniff"


def test_a_finding_is_read_and_contested(office: Office, person: Browser, there: Filled) -> None:
    name, purpose = there.incident, Purpose.POSSIBLE_BREACH
    for who in (there.officer, there.supervisor):
        request = IncidentRequest(incident=name, purpose=purpose, case_number=name)
        office.do(who, incident_review.show, request)
    office.do(
        there.officer,
        incident_review.find,
        RecordFinding(name, FindingOutcome.BREACH, "Two paths show it."),
    )
    address = f"/portal/notices/{name}"
    person.open(address)
    assert "What the officer found" not in person.text  # It is only proposed.
    office.do(there.supervisor, incident_review.confirm, IncidentRef(name))
    person.open(address)
    assert "Two paths show it." in person.text
    person.send(address, kind="contest", words="It was the car of my neighbour.")
    assert "Somebody else decides again" in person.text


def test_the_person_reads_who_looked_and_what_is_kept(person: Browser, there: Filled) -> None:
    person.open("/portal/looks")
    assert "opened a possible breach, a silence or an event of the device" in person.text
    assert "Amina Bekova, officer" in person.text
    person.open("/portal/kept")
    assert "to carry out the order, and to answer a court" in person.text
    assert "an incident is not closed yet" in person.text


def test_a_page_of_looks_is_one_look_however_many_there_are(
    person: Browser, office: Office, there: Filled
) -> None:
    request = PersonRequest(person=PERSON, purpose=Purpose.SUPERVISION, case_number="1-118")
    for _ in range(2 * trail_access.PAGE):
        office.do(there.officer, persons.show, request)
    start = office.size()
    person.open("/portal/looks")
    assert "opened the record" in person.text
    pages = [one for one in office.log(start) if one["action"] == "looks.list"]
    assert len(pages) == 1


def test_the_person_reads_how_each_night_was_judged(person: Browser) -> None:
    person.open("/portal/more")
    assert 'href="/portal/nights"' in person.page
    person.open("/portal/nights")
    assert "Be at home (C1)" in person.text
    not_met, met = durations.whole("1 h 30 min"), durations.whole("6 h 30 min")
    assert f"</time>: not met {not_met}, met {met}" in person.page
    assert "Nothing has been judged yet." in person.text  # Of the others; they are not "met".


@pytest.mark.parametrize(
    "page", ["more", "nights", "device", "help", "looks", "kept", "notices", "sign-ins"]
)
def test_every_page_opens(person: Browser, page: str) -> None:
    person.open(f"/portal/{page}")
    assert person.status == 200


def test_counsel_reads_the_same_and_changes_nothing(
    office: Office, night: Evening, there: Filled
) -> None:
    until_at = office.now + timedelta(days=30)
    card = office.do(
        there.person, printed_cards.invite, InviteCounsel(PERSON, "Saule Omarova", until_at)
    )
    counsel = Browser(office, contexts=filled.with_trail(office, night))
    counsel.open("/sign-in/card")
    counsel.send("/sign-in/card", card=card.code, pin=PIN)
    assert counsel.address == "/counsel"
    for page in ("map", "absences", f"notices/{there.incident}", "device", "looks", "kept", "help"):
        counsel.open(f"/portal/{page}")
        assert counsel.status == 200, page
        assert "<form class" not in counsel.page.partition("<main")[2], page
    counsel.send(f"/portal/notices/{there.incident}", kind="account", words="He was at home.")
    assert counsel.status == 403
    office.later(days=31)
    counsel.open("/portal")
    assert counsel.address == "/sign-in/card"


def test_the_app_can_be_put_on_the_first_screen(person: Browser) -> None:
    assert '"start_url":"/portal"' in person.open("/portal/manifest.json").replace(" ", "")
    assert "fetch" in person.open("/portal/worker.js")
    assert person.headers["service-worker-allowed"] == "/portal"


def test_the_portal_is_not_for_officers(office: Office, there: Filled) -> None:
    officer = Browser(office)
    officer.cookies.set("mesure", filled.TOKENS["officer"])
    officer.open("/portal")
    assert officer.status == 403


def test_the_person_has_everything_as_one_file(person: Browser) -> None:
    person.open("/portal/kept")
    assert "all of it as one file" in person.text
    person.send("/portal/kept")
    assert person.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(person.content)) as archive:
        first, *others = archive.namelist()
        page, *contents = (archive.read(name).decode() for name in archive.namelist())
    assert (first, others[0], others[-1]) == ("README.html", "orders/1/order/order.yaml", FILE)
    assert re.findall(r'<th scope="row"><a href="([^"]+)">', page) == [first, *others]
    [*orders, data] = contents
    tables = json.loads(data)
    named = set(re.findall(r"[\w./-]+\.(?:json|yaml|html|pdf)", page))
    assert named <= {first, *others}, "the page names no file that is not there"
    assert f"mesure replay --order {others[0]} --fixes {FILE}" in unescape(page)
    assert read_order.read(others[0], orders[0].encode(), {}).person == PERSON
    assert "Everything that is kept about you" in page
    assert sha256(data.encode()).hexdigest() in page
    assert "no word for" not in page
    for name, rows in tables.items():
        assert re.search(rf"<p>{name}: [^<]+ \({len(rows)}\)\.</p>", page), name
    assert tables["person"][0]["id"] == PERSON
    assert "Serik Akhmetov" in data
    words = {one["told"]: one["words"] for one in tables["told"]}
    assert set(words) == {one.value for one in DeviceReportKind}
    assert words["connection_lost"] == "The connection to the device was lost"
    assert {one["said"] for one in tables["told"] if one["told"] == "warning"} == {"sos"}


def test_the_person_reads_what_the_device_said_of_itself(person: Browser, there: Filled) -> None:
    for address in ("/portal/device", f"/portal/notices/{there.incident}"):
        person.open(address)
        for phrase in (
            "The strap is open",
            "The battery is at",
            "The connection to the device was",
        ):
            assert phrase in person.text, address
        assert "whileInUse, reduced" in person.text
    person.office.later(days=2)
    assert "It heard a beacon" not in person.open("/portal/device")


def test_a_browser_keeps_pages_no_longer_than_the_session_lasts_without_a_sign(
    person: Browser, there: Filled
) -> None:
    office = person.office
    procedure = office.context(there.person).procedure
    person.open("/portal")
    assert int(person.headers["Mesure-Session-Seconds"]) == procedure.session_idle.total_seconds()
    office.later(minutes=25)
    person.open("/portal")
    assert int(person.headers["Mesure-Session-Seconds"]) <= procedure.session_idle.total_seconds()
    assert person.address == "/portal"


def test_near_its_end_a_session_lasts_no_longer_than_to_its_end() -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    until, idle = began + timedelta(hours=12), timedelta(minutes=30)
    session = Session(VISITOR, "", "en", began, until, None, began + idle)
    assert session.time_left(began) == idle
    late = replace(session, idle_until_at=until + timedelta(minutes=25))
    assert late.time_left(until - timedelta(minutes=5)) == timedelta(minutes=5)
    assert replace(session, idle_until_at=None).time_left(began) == timedelta(hours=12)
