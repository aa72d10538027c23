"""An officer's day at a browser without a script: decide, undo, confirm, answer, stand in."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from mesure.actions.framework.context import Actor, Context
from mesure.actions.records import incident_body
from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.web.dependencies import Contexts
from tests.actions import raised
from tests.actions.fake_readers import FakeReader
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import DEVICE, NINE, PERSON, Evening, Filled


def browser(office: Office, night: Evening, who: str, contexts: Contexts | None = None) -> Browser:
    browser = Browser(office, contexts=contexts or filled.with_trail(office, night))
    browser.cookies.set("mesure", filled.TOKENS[who])
    return browser


def test_today_shows_what_waits_most_pressing_first(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console")
    assert officer.status == 200
    breach, absence = (
        officer.text.index("absent in the set hours"),
        officer.text.index("Request for"),
    )
    assert breach < absence < officer.text.index("interruption")
    assert "overdue by" in officer.text
    assert f'href="/console/incidents/{there.incident}"' in officer.page


def test_the_evidence_stands_before_the_finding_and_nothing_is_chosen(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    page = officer.open(f"/console/incidents/{there.incident}")
    order = [
        page.index(part) for part in ('class="map"', 'class="strips"', 'id="why"', "<form class")
    ]
    assert order == sorted(order)
    assert "checked" not in page.partition('id="finding"')[2]
    assert "excused" in officer.text  # The earlier one, with its finding.


def test_a_breach_is_found_by_two_and_can_be_taken_back(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, address = browser(office, night, "officer"), f"/console/incidents/{there.incident}"
    officer.open(address)
    officer.send(f"{address}/finding")
    assert officer.status == 422
    assert "Choose what you find." in officer.text
    officer.send(f"{address}/finding", finding="breach", reason="Two paths show the way out.")
    assert "waits for a second officer" in officer.text
    assert "You can take it back until" in officer.text
    officer.send(f"{address}/take-back")
    assert officer.status == 422
    officer.send(f"{address}/take-back", taken_back="I took the wrong evening.")
    assert "I took the wrong evening." in officer.text
    assert "taken back: Amina Bekova" in officer.text
    assert "waits for a second officer" not in officer.text.partition("What happened so far")[0]
    officer.send(f"{address}/finding", finding="breach", reason="Two paths show the way out.")
    supervisor = browser(office, night, "supervisor")
    supervisor.open("/console")
    assert "A finding needs a second officer" in supervisor.text
    supervisor.open(address)
    supervisor.send(f"{address}/second-look", agrees="no")
    assert supervisor.status == 422
    supervisor.send(f"{address}/second-look", agrees="yes")
    assert "Confirmed by Gulnara Ospanova" in supervisor.text
    assert "Recorded." in supervisor.text


def test_what_late_evidence_refuted_meanwhile_can_only_be_turned_down(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, address = browser(office, night, "officer"), f"/console/incidents/{there.incident}"
    officer.open(address)
    officer.send(f"{address}/finding", finding="breach", reason="I saw it.")
    with office.store.read() as reading:
        shown = reading.incident(there.incident)
    assert shown is not None
    plain, after = incident_body.unseal(office.keyring, shown), raised.withdrawn(shown)
    where = after.person, after.id, after.revision
    body = incident_body.seal(office.keyring, *where, plain, office.chance)
    raised.judge(office, replace(after, body=body), sealed=True)
    supervisor = browser(office, night, "supervisor")
    assert "A finding needs a second officer" not in supervisor.open("/console")
    supervisor.open(address)
    refuted = "Late evidence refuted this: nothing can be held against the person any more."
    assert (refuted in supervisor.text, 'value="yes"' in supervisor.page) == (True, False)
    supervisor.send(f"{address}/second-look", agrees="yes")
    assert supervisor.status == 422
    supervisor.send(f"{address}/second-look", agrees="no", disagrees="It was refuted.")
    assert 'value="cannot_tell"' in supervisor.page
    assert 'value="breach"' not in supervisor.page


def test_whoever_proposed_is_not_asked_to_confirm(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, address = browser(office, night, "officer"), f"/console/incidents/{there.incident}"
    officer.open(address)
    officer.send(f"{address}/finding", finding="breach", reason="I saw it.")
    assert "Your second look" not in officer.text
    officer.send(f"{address}/second-look", agrees="yes")
    assert officer.status == 403


def test_an_absence_is_answered_with_a_reason(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console/absences")
    assert "Night shift at the bakery" in officer.text
    address = f"/console/absences/{there.absence}"
    officer.open(address)
    officer.send(address, grants="yes")
    assert officer.status == 422
    officer.send(address, grants="yes", reason="Bring the plan of your shifts.")
    assert "allowed" in officer.text
    assert "Bring the plan of your shifts." in officer.text
    officer.send(f"{address}/end", reason="The bakery has closed.")
    assert "no longer allowed" in officer.text


def test_a_persons_page_has_a_calendar_and_no_fix(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open(f"/console/people/{PERSON}")
    assert officer.status == 200
    assert "not met for a part on 2 days" in officer.text
    assert 'class="day unknown"' in officer.page
    assert 'class="fix' not in officer.page
    assert "The person must be at this place" in officer.text


def test_a_review_is_overdue_when_its_day_is_over_on_the_clock_of_the_order(
    office: Office, night: Evening, there: Filled
) -> None:
    office.now = datetime(2026, 7, 1, 18, 59, tzinfo=UTC)  # A minute to midnight, in Almaty.
    filled.begin_session(office, there.officer.account, "in July")
    officer, overdue = browser(office, night, "officer"), []
    officer.cookies.set("mesure", "in July")
    for _ in range(2):
        officer.open(f"/console/people/{PERSON}")
        overdue.append("overdue" in officer.text.partition("Conditions to be reviewed")[2])
        office.later(minutes=1)
    assert overdue == [False, True]


def test_a_trail_is_seen_only_for_a_ground_that_somebody_else_agreed_to(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, address = browser(office, night, "officer"), f"/console/people/{PERSON}"
    officer.open(address)
    fields = {
        "purpose": "court", "case_number": "1-234/2026", "from_day": "2026-03-11",
        "from_time": "21:00", "until_day": "2026-03-12", "until_time": "02:00",
        "ground_reason": "The court asks about this evening.",
    }  # fmt: skip
    officer.send(f"{address}/grounds", **{**fields, "from_day": "yesterday"})
    assert officer.status == 422
    officer.send(f"{address}/grounds", **fields)
    assert "waits for a supervisor" in officer.text
    assert "/trail/" not in officer.page
    supervisor = browser(office, night, "supervisor")
    supervisor.open(address)
    ground = supervisor.page.partition(f"{address}/grounds/")[2].partition('"')[0]
    supervisor.send(f"{address}/grounds/{ground}", agrees="yes")
    officer.open(f"{address}/trail/{ground}")
    assert officer.status == 200
    assert "to answer a question from the court" in officer.text
    assert "11 March 2026 at 22:10" in officer.text
    radii = re.findall(r"<td[^>]*>(\d+\s\w+)</td>", officer.page)
    assert radii
    officer.send("/language", language="ru")
    officer.open(f"{address}/trail/{ground}")
    assert re.findall(r"<td[^>]*>(\d+\s\w+)</td>", officer.page) == [
        radius.replace("m", "м") for radius in radii
    ]


def test_every_fix_of_a_trail_can_be_turned_to_and_taken_away_as_a_file(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, ground = browser(office, night, "officer"), _ground(office, night)
    address = f"/console/people/{PERSON}/trail/{ground}"
    rows, page = set[str](), 1
    while page:
        officer.open(f"{address}?page={page}")
        rows |= set(re.findall(r"<th scope=\"row\">(.*?)</th>", officer.page))
        counts = re.findall(r"of (\d+) in this time", officer.text)
        assert counts == [str(FIXES_OF_THE_GROUND)]
        page = page + 1 if f"page={page + 1}" in officer.page else 0
    assert len(rows) == FIXES_OF_THE_GROUND
    for form in ("csv", "gpx"):
        hashed = re.findall(r"\b[0-9a-f]{64}\b", officer.open(f"{address}?page=1"))
        download = officer.open(f"{address}.{form}")
        assert sha256(download.encode()).hexdigest() in hashed
        assert download.count("2026-03-11T") + download.count("2026-03-12T") >= FIXES_OF_THE_GROUND
        assert office.last()["facts"]["sha256"] in hashed
    for beyond in ("0", "99", "-1", "x"):
        officer.open(f"{address}?page={beyond}&messages={beyond}")
        assert officer.status == 200
    assert "The strap is open" in officer.text
    assert "The connection to the device was lost" not in officer.text, "it was after that time"


def test_what_the_device_said_is_read_where_there_is_no_fix_too(
    office: Office, night: Evening, there: Filled
) -> None:
    ground = _ground(office, night)

    def many(_pieces: object) -> list[DeviceReport]:
        minutes = (NINE + timedelta(minutes=minute) for minute in range(250))
        return [DeviceReport(DEVICE, at, DeviceReportKind.STATUS, 1, "reduced") for at in minutes]

    def context(actor: Actor, request: str, address: str) -> Context:
        base_context = office.context(actor, address)
        return replace(base_context, request=request, reader=FakeReader(device_reports=many))

    officer = browser(office, night, "officer", context)
    address = f"/console/people/{PERSON}/trail/{ground}"
    officer.open(f"{address}?messages=3")
    assert "There is no fix in this time." in officer.text
    assert "Messages 201 to 250, 250 in all" in officer.text
    assert f"{address}?messages=2#messages" in officer.page
    assert "Later messages" not in officer.text


FIXES_OF_THE_GROUND = 5 * 60


def _ground(office: Office, night: Evening) -> str:
    """Record a ground for five hours of the evening, and have it agreed to."""
    officer, supervisor = (browser(office, night, one) for one in ("officer", "supervisor"))
    address = f"/console/people/{PERSON}"
    officer.open(address)
    officer.send(
        f"{address}/grounds", purpose="court", case_number="1-234/2026", from_day="2026-03-11",
        from_time="21:00", until_day="2026-03-12", until_time="02:00",
        ground_reason="The court asks about this evening.",
    )  # fmt: skip
    supervisor.open(address)
    ground = supervisor.page.partition(f"{address}/grounds/")[2].partition('"')[0]
    supervisor.send(f"{address}/grounds/{ground}", agrees="yes")
    return ground


def test_a_card_is_given_once(office: Office, night: Evening, there: Filled) -> None:
    officer = browser(office, night, "officer")
    officer.open(f"/console/people/{PERSON}")
    officer.send(f"/console/people/{PERSON}/card")
    assert "The code is shown only once." in officer.text


def test_cover_is_entered_and_ended(office: Office, night: Evening, there: Filled) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console/cover")
    assert "Bolat Seitov is covering for Amina Bekova" in officer.text
    officer.send("/console/cover", by=there.second.account)
    assert "Enter the day." in officer.text
    span = {
        "from_day": "2026-04-01", "from_time": "08:00",
        "until_day": "2026-04-05", "until_time": "08:00",
    }  # fmt: skip
    officer.send("/console/cover", by=there.second.account, **span)
    assert officer.text.count("is covering for") == 2
    cover = officer.page.partition('name="id" value="')[2].partition('"')[0]
    officer.send("/console/cover/end", id=cover, kind="cover")
    assert officer.text.count("is covering for") == 1


def test_another_officers_case_stays_closed(office: Office, night: Evening, there: Filled) -> None:
    office.later(days=10)
    stranger = browser(office, night, "second")
    stranger.open(f"/console/people/{PERSON}")
    assert stranger.status in {401, 403, 200}
    assert "Serik" not in stranger.text


def test_the_console_is_not_for_the_person(office: Office, night: Evening, there: Filled) -> None:
    person = browser(office, night, "person")
    person.open("/console")
    assert person.status == 403
    assert "Your account is not one that may do this." in person.text


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_link_from_elsewhere_marks_nothing_as_seen(
    office: Office, night: Evening, there: Filled, headers: dict[str, str]
) -> None:
    officer = browser(office, night, "officer")
    officer.headers_sent = headers
    before = office.size()
    officer.open(f"/console/incidents/{there.incident}")
    assert officer.status == 200
    assert "Serik" not in officer.text
    assert office.size() == before
    officer.headers_sent = {}
    officer.send(f"/console/incidents/{there.incident}")
    assert 'class="map"' in officer.page
    assert "incidents.show" in {entry["action"] for entry in office.log(before)}


def test_asking_for_the_head_of_a_page_marks_nothing_as_seen(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    before = office.size()
    officer._ask("HEAD", f"/console/incidents/{there.incident}")
    assert (officer.status, office.size()) == (200, before)


def test_a_browser_that_guesses_looks_at_nothing(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.headers_sent = {"Sec-Purpose": "prefetch;prerender"}
    before = office.size()
    officer.open("/console")
    assert (officer.status, office.size()) == (503, before)
