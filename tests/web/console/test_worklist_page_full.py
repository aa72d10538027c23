"""A desk on which two hundred things wait: what its page weighs on the way to a browser.

What a browser loads of the service beside a page is counted in `tests/browser/test_budget.py`.
"""

import re
from datetime import timedelta
from typing import Final

import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.web.languages import COOKIE
from tests.actions.house import Office
from tests.web import silences
from tests.web.browsing import Browser
from tests.web.console.desk.test_digest_page import browser
from tests.web.filled import NINE, Evening, Filled

ITEMS: Final = 200
PEOPLE: Final = 30
LISTED: Final = 200  # People of a list, where it is long.
BYTES_MAX: Final = 200_000  # Without the map, which it does not load.
LASTED: Final = timedelta(hours=7)  # So none is answered in the digest.


def fill(office: Office, night: Evening, there: Filled) -> None:
    """Let silences wait, of as many people as an officer has, each apart from the others."""
    for number in range(PEOPLE):
        details = EnterPerson(f"T-{number:04}", f"Person {number:03}", "en")
        office.do(there.officer, persons.enter, details)
    for number in range(ITEMS):
        start = NINE - timedelta(days=number // PEOPLE, minutes=number)
        name, person = f"F-{number}", f"T-{number % PEOPLE:04}"
        silences.add(office, night, name, "C1", (start, LASTED), person)


def fill_people(office: Office, there: Filled) -> None:
    """Enter people until the officer has two hundred."""
    for number in range(PEOPLE, LISTED):
        details = EnterPerson(f"T-{number:04}", f"Person {number:03}", "en")
        office.do(there.officer, persons.enter, details)


@pytest.mark.parametrize("language", ["en", "kk"])  # A letter of the second takes two bytes.
def test_two_hundred_things_weigh_less_than_200_kb(
    office: Office, night: Evening, there: Filled, language: str
) -> None:
    fill(office, night, there)
    officer = browser(office, night, "officer")
    officer.cookies.set(COOKIE, language)
    page = officer.open("/console")
    assert f'<html lang="{language}"' in page
    assert page.count('<a class="line" href="/console/incidents/F-') == ITEMS
    weighed = len(officer.content) + _beside(officer, page)
    assert weighed <= BYTES_MAX, f"{weighed:,} bytes"


def _beside(officer: Browser, page: str) -> int:
    """Return how many bytes sheets, signs and scripts of a page have, squeezed as sent."""
    names = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(names) >= 3
    officer.headers_sent = {"Accept-Encoding": "gzip"}
    sizes = []
    for name in names:
        officer.open(name)
        sizes.append(int(officer.headers["content-length"]))
    return sum(sizes)
