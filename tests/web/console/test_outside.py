"""Police ask for somebody's data: written down whole, answered by two, looked at again, read."""

from hashlib import sha256

from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.console.test_routes_journeys import browser
from tests.web.filled import PERSON, Evening, Filled

ADDRESS = f"/console/requests/of/{PERSON}"
PAPER = ("request.pdf", b"%PDF-1.7 a paper")
FIELDS = {
    "authority": "Almaly police, department 3",
    "case_number": "KZ-7/2026",
    "reason": "A theft at the market is looked into.",
    "data_trail": "on",
    "why_no_less": "Only this hour is asked for.",
    "from_day": "2026-03-11",
    "from_time": "20:00",
    "until_day": "2026-03-11",
    "until_time": "21:00",
    "urgency": "danger",
    "signed_by": "Head of the department",
    "signed_on": "2026-03-11",
    "genuine": "The department was called back.",
    "received_day": "2026-03-12",
    "received_time": "08:00",
}


def write_request(officer: Browser) -> str:
    """Write a request down, and return where it stands."""
    officer.open(ADDRESS)
    officer.attach(ADDRESS, PAPER, **FIELDS)
    assert officer.status == 200
    assert "It is written down." in officer.text
    name = officer.page.partition(f'href="{ADDRESS}/')[2].partition('"')[0]
    return f"{ADDRESS}/{name}"


def test_a_request_is_answered_by_another_and_read_by_the_person(
    office: Office, night: Evening, there: Filled, person: Browser
) -> None:
    officer = browser(office, night, "officer")
    address = write_request(officer)
    officer.open(address)
    assert "It waits for a supervisor who had no part in it." in officer.text
    assert sha256(PAPER[1]).hexdigest() in officer.page
    chief = browser(office, night, "supervisor")
    chief.open("/console")
    assert f'href="{address}"' in chief.page
    assert "danger to life" in chief.text
    chief.open(address)
    chief.send(address, grants="yes")
    assert chief.status == 422
    chief.send(address, grants="yes", answer="The hour was given, as a bundle.")
    assert "granted" in chief.text
    assert address not in chief.open("/console")
    person.open("/portal/looks")
    assert "Almaly police, department 3" in person.text
    assert "The hour was given, as a bundle." in person.text


def test_what_is_missing_is_said_and_the_paper_is_read_once(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open(ADDRESS)
    officer.send(ADDRESS)
    assert officer.status == 422
    for sentence in ("Choose the file of the paper.", "Tick what is asked for", "Fill this in."):
        assert sentence in officer.text
    bare = {name: value for name, value in FIELDS.items() if not name.startswith(("from", "until"))}
    officer.attach(ADDRESS, PAPER, **bare)
    assert officer.status == 422  # A trail is of a span of time.
    known = sha256(PAPER[1]).hexdigest()
    assert f'name="document_sha256" value="{known}"' in officer.page
    officer.send(ADDRESS, **FIELDS, document_sha256=known)
    assert "It is written down." in officer.text
    no_trail = {**bare, "data_trail": "", "data_order": "on", "signed_on": "yesterday"}
    officer.send(ADDRESS, **no_trail, document_sha256=known)
    assert officer.status == 422
    officer.send(ADDRESS, **{**no_trail, "signed_on": "2026-03-11"}, document_sha256=known)
    assert "It is written down." in officer.text


def test_one_in_ten_is_looked_at_again_by_somebody_without_a_part(
    office: Office, night: Evening, there: Filled
) -> None:
    address = write_request(browser(office, night, "officer"))
    chief = browser(office, night, "supervisor")
    chief.open("/console/requests?month=2026-03")
    assert chief.text.count("KZ-7/2026") == 1  # Among all; there is no answer to look at yet.
    chief.open(address)
    assert "If you look at it again before it is answered, you cannot answer it." in chief.text
    chief.send(f"{address}/review", in_order="no")
    assert "Say what is not in order." in chief.text
    chief.send(f"{address}/review", in_order="no", remark="The paper bears no date.")
    assert "The paper bears no date." in chief.text
    chief.open("/console/requests?month=2026-03")
    assert "looked at again" in chief.text
    chief.open("/console/requests?month=13")
    assert "March 2026" in chief.text
    chief.send(address, grants="no", answer="It does not say why.")
    assert chief.status in {403, 422}  # The one who looked at it again has had a part.
    chief.open(address)
    assert "It waits for a supervisor who had no part in it." in chief.text
    address = write_request(browser(office, night, "officer"))
    chief.open(address)
    chief.send(address, grants="no", answer="It does not say why.")
    chief.open(address)
    assert f'action="{address}/review"' not in chief.page  # So has the one who answered.


def test_the_register_is_for_supervisors_and_no_request_is_made_up(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console/requests")
    assert officer.status == 403
    officer.open(f"{ADDRESS}/R-none")
    assert officer.status == 404
