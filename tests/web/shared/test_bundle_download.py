"""The evidence is handed over as one file: for a purpose, or to the person whose it is."""

import re
from dataclasses import dataclass, field, replace

from mesure.actions.bundles.bundle_papers import BUNDLE_PAPERS
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import show
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import AttachPaper
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.web import website
from mesure.web.dependencies import FileDownload
from tests.actions.house import Office
from tests.web import browsing, filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

FILE = b"PK of a test"


@dataclass
class Made:
    """Makes bundles of nothing, and remembers who asked for what."""

    requests: list[IncidentRequest] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)

    refuses: AccessRefusal | None = None

    def __call__(self, context: Context, request: IncidentRequest, language: str) -> FileDownload:
        self.languages.append(language)
        perform(context, show, request)
        if self.refuses is not None:
            raise NotAllowedError(self.refuses, "P-1")
        self.requests.append(request)
        return FileDownload(len(FILE), [FILE])


def browser(office: Office, night: Evening, who: str, bundles: Made | None) -> Browser:
    contexts = filled.with_trail(office, night)
    browser = Browser(office, contexts=contexts)
    browser._app = website.build(replace(browsing.parts_of(office, contexts), bundles=bundles))
    browser.cookies.set("mesure", filled.TOKENS[who])
    return browser


def test_an_officer_says_for_what_and_gets_the_file(
    office: Office, night: Evening, there: Filled
) -> None:
    bundles = Made()
    officer = browser(office, night, "officer", bundles)
    address = f"/console/incidents/{there.incident}"
    officer.open(address)
    assert "The person and their lawyer get the same file" in officer.text
    officer.send(f"{address}/bundle")
    assert officer.status == 422
    assert "Choose for what." in officer.text
    assert "Enter the number of the case." in officer.text
    officer.send(f"{address}/bundle", purpose="danger", case_number="1" * 61)
    assert officer.status == 422
    assert "too long for the number" in officer.text
    assert bundles.requests == []
    assert officer.send(f"{address}/bundle", purpose="court", case_number="1-234") == FILE.decode()
    assert officer.headers["content-type"] == "application/zip"
    name = f'attachment; filename="evidence_{there.incident}.zip"'
    assert officer.headers["content-disposition"] == name
    [request] = bundles.requests
    assert bundles.languages == ["en"]
    assert (request.purpose, request.case_number) == (Purpose.COURT, "1-234")


def test_an_officer_without_a_ground_records_one_and_a_supervisor_agrees(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer", Made(refuses=AccessRefusal.NO_GROUND))
    address = f"/console/incidents/{there.incident}"
    officer.open(address)
    officer.send(f"{address}/bundle", purpose="court", case_number="1-234")
    assert officer.status == 422
    assert "a supervisor agrees first" in officer.text
    sent = {"purpose": "court", "case_number": "1-234", "bundle_reason": "The court asks."}
    officer.send(f"{address}/bundle", **sent)
    assert officer.status == 200
    assert "waits for a supervisor" in officer.text
    officer.send(f"{address}/bundle", **sent)
    assert officer.status == 422
    assert "There is something under this name already." in officer.text
    chief = browser(office, night, "supervisor", Made())
    chief.open(f"/console/people/{there.person.person}")
    assert "For the evidence of one incident as a file" in chief.text
    assert "The court asks." in chief.text
    assert "Look at this part of the trail" not in chief.text
    [ground] = re.findall(r"/grounds/(G-[a-z0-9]+)", chief.page)
    chief.send(f"/console/people/{there.person.person}/grounds/{ground}", agrees="yes")
    assert "valid now" in chief.text
    assert "Look at this part of the trail" not in chief.text


def test_the_courts_paper_goes_into_it_when_the_officer_ticks_it(
    office: Office, night: Evening, there: Filled
) -> None:
    bundles = Made()
    officer = browser(office, night, "officer", bundles)
    address = f"/console/incidents/{there.incident}"
    officer.open(address)
    assert "With the court’s paper." in officer.text
    sent = {"purpose": "court", "case_number": "1-234", "papers": "yes"}
    officer.send(f"{address}/bundle", **sent)
    assert officer.status == 422
    assert "No paper of the court is attached to this order." in officer.text
    assert bundles.requests == []
    paper = AttachPaper(filled.ORDER_ID, 1, "order.pdf", b"%PDF-1.7 the court orders")
    office.do(there.officer, court_papers.attach, paper)
    assert officer.send(f"{address}/bundle", **sent) == FILE.decode()
    papers: list[object] = []
    office.write(lambda rows, _: papers.append(rows.get(BUNDLE_PAPERS, there.incident)))
    assert papers != [None]


def test_another_refusal_stays_one(office: Office, night: Evening, there: Filled) -> None:
    officer = browser(office, night, "officer", Made(refuses=AccessRefusal.BARRED))
    officer.open(f"/console/incidents/{there.incident}")
    officer.send(
        f"/console/incidents/{there.incident}/bundle", purpose="court", case_number="1-234"
    )
    assert officer.status == 403


def test_the_person_gets_it_without_a_word(office: Office, night: Evening, there: Filled) -> None:
    person = browser(office, night, "person", Made())
    address = f"/portal/notices/{there.incident}"
    person.open(address)
    assert "The officer and the court get the same file" in person.text
    assert person.send(f"{address}/bundle") == FILE.decode()


def test_where_none_is_made_nothing_is_offered(
    office: Office, night: Evening, there: Filled
) -> None:
    person, officer = (browser(office, night, who, None) for who in ("person", "officer"))
    for reader, address in (
        (person, f"/portal/notices/{there.incident}"),
        (officer, f"/console/incidents/{there.incident}"),
    ):
        reader.open(address)
        assert "as one file" not in reader.text
        reader.send(f"{address}/bundle", purpose="court", case_number="1-234")
        assert reader.status == 409
