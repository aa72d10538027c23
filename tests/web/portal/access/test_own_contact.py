"""The person says themselves how they are reached, and reads what is wrong at its field."""

from dataclasses import replace

import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.records.procedure import STANDARD
from tests.actions.house import Office
from tests.actions.scene import CASE
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Filled

ADDRESS = "/portal/contact"


def test_they_keep_it_and_their_officer_sees_it(
    office: Office, there: Filled, person: Browser
) -> None:
    person.open("/portal/more")
    assert f'href="{ADDRESS}"' in person.page
    person.open(ADDRESS)
    person.send(ADDRESS, phone="+7 701 000 00 00", email="e@post.example")
    assert "It was kept." in person.text
    assert 'value="e@post.example"' in person.page
    shown = office.do(there.officer, persons.show, PersonRequest(person=PERSON, **CASE))
    assert (shown.phone, shown.email) == ("+7 701 000 00 00", "e@post.example")
    person.send(ADDRESS, phone="", email="")
    shown = office.do(there.officer, persons.show, PersonRequest(person=PERSON, **CASE))
    assert (shown.phone, shown.email) == (None, None)


@pytest.mark.parametrize(
    ("phone", "email", "sentence"),
    [("", "nobody at home", "This is not an e-mail"), ("call me", "", "This is not a phone")],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    person: Browser, phone: str, email: str, sentence: str
) -> None:
    person.open(ADDRESS)
    person.send(ADDRESS, phone=phone, email=email)
    assert person.status == 422
    assert sentence in person.text
    assert f'value="{phone or email}"' in person.page


def test_a_test_message_is_sent_to_themselves(
    office: Office, there: Filled, person: Browser
) -> None:
    office.procedure = replace(STANDARD, has_mail=True)
    person.open(ADDRESS)
    person.send(ADDRESS, phone="", email="e@post.example")
    person.send(f"{ADDRESS}/try")
    assert person.status == 200
    assert "The test message is being sent." in person.text


def test_counsel_changes_nothing_there(office: Office, there: Filled) -> None:
    counsel = Browser(office)
    counsel.cookies.set("mesure", filled.TOKENS["counsel"])
    counsel.open(ADDRESS)
    assert counsel.status == 403
