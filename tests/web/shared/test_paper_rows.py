"""The person, counsel and an inspector read the court's paper behind an order."""

import re

import pytest

from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import AttachPaper, CourtPaperRef
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import ORDER_ID, PERSON, Filled

DAYS = "first_day=2026-03-01&last_day=2026-03-02"
INSPECTED = f"/inspector/looks?search=1&case_number=I-7&{DAYS}&person={PERSON}"
PICTURE = b"\xff\xd8\xff\xe0 a page"


@pytest.fixture
def paper(office: Office, there: Filled) -> str:
    request = AttachPaper(ORDER_ID, 1, "decision 7.jpg", PICTURE)
    return str(office.do(there.officer, court_papers.attach, request))


def browser(office: Office, who: str) -> Browser:
    opened = Browser(office)
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.mark.parametrize(
    ("who", "page", "address"),
    [
        ("person", "/portal", "/portal/papers"),
        ("counsel", "/counsel/order", "/counsel/papers"),
        ("inspector", INSPECTED, "/inspector/papers"),
    ],
)
def test_whoever_may_read_the_order_reads_the_paper(
    office: Office, there: Filled, paper: str, who: str, page: str, address: str
) -> None:
    reader = browser(office, who)
    reader.open(page)
    assert "decision 7.jpg" in reader.text
    link = re.search(rf'href="({address}/{paper}[^"]*)"', reader.page)
    assert link is not None
    reader.open(link[1])
    assert (reader.status, reader.content) == (200, PICTURE)
    assert reader.headers["content-disposition"].startswith("attachment;")
    office.do(there.officer, court_papers.take_back, CourtPaperRef(paper))
    reader.open(page)
    assert "decision 7.jpg" not in reader.text
    assert "A paper was attached here and taken back" in reader.text
    reader.open(link[1])
    assert reader.status == 404


def test_without_a_paper_the_pages_say_nothing_of_one(office: Office, there: Filled) -> None:
    for who, page in (("person", "/portal"), ("counsel", "/counsel/order")):
        reader = browser(office, who)
        reader.open(page)
        assert "The court’s paper" not in reader.text


def test_an_inspector_opens_none_without_the_number_of_the_inspection(
    office: Office, paper: str
) -> None:
    reader = browser(office, "inspector")
    reader.open(f"/inspector/papers/{paper}")
    assert reader.status == 403
