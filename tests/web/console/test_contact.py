"""An officer changes how a person is reached, reads what is wrong at its field, and tries it."""

from dataclasses import replace

import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import PersonDetails, PersonRequest
from mesure.actions.notifications import notification_texts
from mesure.actions.records.procedure import STANDARD
from mesure.instants import to_us
from tests.actions.house import Office
from tests.actions.scene import CASE
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Filled

ADDRESS = f"/console/people/{PERSON}/contact"


@pytest.fixture
def officer(office: Office, there: Filled) -> Browser:
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS["officer"])
    return browser


def test_contacts_are_changed_and_tried(office: Office, there: Filled, officer: Browser) -> None:
    officer.open(f"/console/people/{PERSON}")
    assert f'href="{ADDRESS}"' in officer.page
    officer.open(ADDRESS)
    fields = {"name": "Ержан Оспанов", "language": "ru", "phone": "+7 701 000 00 00"}
    officer.send(ADDRESS, **fields, email="nobody at home")
    assert officer.status == 422
    assert "This is not an e-mail address." in officer.text
    assert 'value="nobody at home"' in officer.page
    officer.send(ADDRESS, **fields, email="e@post.example")
    assert "It was kept." in officer.text
    request = PersonRequest(person=PERSON, **CASE)
    shown = office.do(there.officer, persons.show, request)
    assert (shown.phone, shown.email, shown.language) == (fields["phone"], "e@post.example", "ru")
    assert "Nothing is set up that sends e-mail or reaches a telephone" in officer.text
    officer.send(f"{ADDRESS}/try")
    assert officer.status == 422
    assert "on its way" not in officer.text
    office.procedure = replace(STANDARD, has_mail=True)
    officer.send(f"{ADDRESS}/try")
    assert "The test message is being sent." in officer.text
    with office.store.read() as reading:
        rows = reading.due("notice", to_us(office.now), 100)
    assert "your_test" in [notification_texts.read(row.body).news for row in rows]


KNOWN = {"name": "Ержан", "language": "ru", "phone": "+7 701 000 00 00", "email": "e@post.example"}


def test_no_detail_is_lost_on_the_way_from_a_form(
    office: Office, there: Filled, officer: Browser
) -> None:
    """All details are said anew each time: what the page leaves out would be gone."""
    details = set(PersonDetails.__struct_fields__)
    sent = {field: KNOWN.get(field, "x") for field in details}
    officer.open(ADDRESS)
    assert all(f'name="{field}"' in officer.page for field in details)
    officer.send(ADDRESS, **sent)
    officer.open("/console/orders/new-person")
    assert all(f'name="{field}"' in officer.page for field in details)
    officer.send("/console/orders/new-person", person="P-78", **sent)
    for person in (PERSON, "P-78"):
        shown = office.do(there.officer, persons.show, PersonRequest(person=person, **CASE))
        assert {field: getattr(shown, field) for field in details} == sent


def test_a_form_that_was_opened_before_overwrites_no_newer_address(
    office: Office, there: Filled, officer: Browser, person: Browser
) -> None:
    """The person changes their number while their officer has the page open, and the reverse."""
    officer.open(ADDRESS)
    person.open("/portal/contact")
    person.send("/portal/contact", phone="+7 701 000 00 01", email="")
    person.open("/portal/contact")
    officer.send(ADDRESS, name="Ержан", language="ru", phone="+7 701 999 99 99", email="")
    assert officer.status == 422
    assert "Somebody has changed this since you read it. Read it again." in officer.text
    assert 'value="+7 701 999 99 99"' in officer.page, "nothing typed is lost"
    officer.send(ADDRESS, name="Ержан", language="ru", phone="+7 701 999 99 99", email="")
    assert officer.status == 422, "it is read again first"
    request = PersonRequest(person=PERSON, **CASE)
    assert office.do(there.officer, persons.show, request).phone == "+7 701 000 00 01"
    officer.open(ADDRESS)
    officer.send(ADDRESS, name="Ержан", language="ru", phone="+7 701 000 00 02", email="")
    assert officer.status == 200
    person.send("/portal/contact", phone="", email="")
    assert person.status == 422
    assert office.do(there.officer, persons.show, request).phone == "+7 701 000 00 02"


def test_where_there_is_no_address_nothing_can_be_tried(officer: Browser) -> None:
    officer.open(ADDRESS)
    officer.send(ADDRESS, name="Ержан Оспанов", language="kk", phone="", email="")
    officer.send(f"{ADDRESS}/try")
    assert officer.status == 422
    assert "There is no address to write to." in officer.text
    assert 'value="Ержан Оспанов"' in officer.page


def test_a_new_person_gets_no_number_that_is_none(officer: Browser) -> None:
    officer.open("/console/orders/new-person")
    fields = {"person": "P-77", "name": "Айгүл", "language": "kk", "phone": "call me"}
    officer.send("/console/orders/new-person", **fields)
    assert officer.status == 422
    assert "This is not a phone number." in officer.text


def test_an_account_without_an_address_is_told_so(officer: Browser) -> None:
    officer.open("/account")
    officer.send("/account/message")
    assert officer.status == 422
    assert "There is no address to write to." in officer.text


@pytest.mark.parametrize(
    ("outcome", "phrase"),
    [
        ("gateway", "The text message service took the test message. Ask the person if it came."),
        ("given_up: address", "The test message was not sent. Tell the operator."),
    ],
)
def test_what_became_of_a_test_message_is_told_on_the_page(
    office: Office, there: Filled, officer: Browser, outcome: str, phrase: str
) -> None:
    office.procedure = replace(STANDARD, has_gateway=True)
    officer.open(ADDRESS)
    fields = {"name": "Serik", "language": "ru", "phone": "+7 701 000 00 00", "email": ""}
    officer.send(ADDRESS, **fields)
    assert "Nothing is set up" not in officer.text
    officer.send(f"{ADDRESS}/try")
    with office.store.read() as reading:
        rows = reading.due("notice", to_us(office.now), 100)
    [key] = [row.key for row in rows if row.key.endswith("your_test")]
    office.store.write(lambda work: work.finish("notice", key, outcome))
    officer.open(f"{ADDRESS}?sent={key.split(':')[1]}")
    assert phrase in officer.text
    assert "data-fresh" not in officer.page


def test_whoever_works_here_enters_their_address_and_tries_it(
    office: Office, officer: Browser
) -> None:
    officer.open("/account")
    assert "Without an address news reaches you only on these pages." in officer.text
    officer.send("/account/email", email="amina at work")
    assert officer.status == 422
    assert 'value="amina at work"' in officer.page
    officer.send("/account/email", email="amina@work.example")
    assert "It was kept." in officer.text
    assert "Nothing is set up that sends e-mail" in officer.text
    office.procedure = replace(STANDARD, has_mail=True)
    officer.open("/account")
    officer.send("/account/message")
    assert "The test message is being sent." in officer.text
