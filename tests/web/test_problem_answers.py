"""What is refused on a page is said and entered alike, whether there is such a thing or not."""

import re

import pytest

from mesure.actions.accounts.sessions import SESSION, SessionRecord
from mesure.actions.records import tokens
from mesure.privacy.roles import Role
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.filled import ORDER_ID, PERSON, Filled

OTHER = "P-0107"


def stranger(office: Office, role: Role) -> Browser:
    """Return the browser of somebody who has signed in, and has no business with the case."""
    name = f"Other {role}"
    office.account(name, role, OTHER if role in (Role.PERSON, Role.COUNSEL) else None)
    token = f"token-of-{role}"
    session = SessionRecord(name, office.now, office.now)
    office.write(lambda rows, _: rows.add(SESSION, tokens.hash_secret(token), session))
    browser = Browser(office)
    browser.cookies.set("mesure", token)
    return browser


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.PERSON, "/portal/notices/{incident}"),
        (Role.COUNSEL, "/counsel/incidents/{incident}"),
        (Role.OFFICER, "/console/incidents/{incident}"),
        (Role.OFFICER, "/console/absences/{absence}"),
        (Role.OFFICER, "/console/people/{person}"),
        (Role.OFFICER, "/api/v1/orders/{order}?purpose=supervision&case_number=1"),
        (Role.PERSON, "/api/v1/orders/{order}"),
    ],
)
def test_nobody_learns_from_an_address_what_there_is(
    role: Role, address: str, office: Office, there: Filled
) -> None:
    browser = stranger(office, role)
    names = {
        "incident": there.incident, "absence": there.absence, "person": PERSON, "order": ORDER_ID
    }  # fmt: skip
    answers, entered = [], []
    for named in (names, dict.fromkeys(names, "X-none")):
        before = office.size()
        browser.open(address.format(**named))
        answers.append((browser.status, re.sub(r"[0-9a-f]{16,}|R-\w+", "", browser.text)))
        lines = office.log(before)
        assert "refused" in lines[-1]["facts"]
        # Of a page about an incident its name is the number of the case.
        facts = [line["facts"].get("refused") for line in lines]
        entered.append([(line["action"], line["by"], *facts) for line in lines])
    assert answers[0] == answers[1]
    assert answers[0][0] == (403 if role is Role.OFFICER else 404)
    assert entered[0] == entered[1]
