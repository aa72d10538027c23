"""A document of one's own is taken back on the page, as long as nobody has decided with it."""

import pytest

from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.privacy.purposes import Purpose
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.filled import Filled

PDF = b"%PDF-1.7 a letter"


@pytest.fixture
def take_back_address(person: Browser, there: Filled) -> str:
    """Attach a document, and return the address at which it is taken back."""
    address = f"/portal/notices/{there.incident}"
    person.open(address)
    person.attach(address, ("letter.pdf", PDF), kind="account")
    name = person.page.rpartition("/portal/documents/")[2].partition('"')[0]
    return f"{address}/documents/{name}/take-back"


WORDS = "My mother fell. I drove her to hospital."


@pytest.mark.parametrize("kind", ["account", "contest"])
def test_words_and_a_document_are_sent_together(person: Browser, there: Filled, kind: str) -> None:
    person.open(address := f"/portal/notices/{there.incident}")
    person.attach(address, ("letter.pdf", PDF), kind=kind, words=WORDS)
    assert person.status == 200
    assert WORDS in person.text
    assert "letter.pdf" in person.text
    assert ("You contest it, before any finding" in person.text) is (kind == "contest")


def test_words_stay_in_their_field_while_their_document_is_not_taken(
    person: Browser, there: Filled
) -> None:
    person.open(address := f"/portal/notices/{there.incident}")
    person.attach(address, ("letter.pdf", b"no document"), kind="contest", words=WORDS)
    assert person.status == 422
    assert f">{WORDS}</textarea>" in person.page
    assert "You contest it" not in person.text


def test_a_document_is_kept_while_words_of_a_contest_are_missing(
    person: Browser, there: Filled
) -> None:
    person.open(address := f"/portal/notices/{there.incident}")
    person.attach(address, ("letter.pdf", PDF), kind="contest")
    assert person.status == 422
    assert "Write what you want to say." in person.text
    assert "letter.pdf" in person.text
    assert "You contest it" not in person.text


def test_the_page_has_one_form_for_words_and_a_document(person: Browser, there: Filled) -> None:
    person.open(f"/portal/notices/{there.incident}")
    form = person.page.partition('<textarea id="words"')[2].partition("</form>")[0]
    assert 'type="file"' in form, "what stands in another form is lost when this one is sent"


def test_it_is_taken_back_and_the_officer_reads_that_it_was(
    person: Browser, take_back_address: str, office: Office, there: Filled
) -> None:
    assert "Take this document back" in person.text
    person.send(take_back_address)
    assert person.status == 200
    assert "You took it back before anybody decided with it." in person.text
    assert "letter.pdf" not in person.text
    assert take_back_address not in person.page
    request = IncidentRequest(incident=there.incident, purpose=Purpose.SUPERVISION, case_number="1")
    submissions = office.do(there.officer, contests.show, request)
    assert any(one.kept.taken_back_at is not None for one in submissions.attachments)


def test_after_a_decision_it_stays_and_the_page_says_why(
    person: Browser, take_back_address: str, office: Office, there: Filled
) -> None:
    name = there.incident
    request = IncidentRequest(incident=name, purpose=Purpose.POSSIBLE_BREACH, case_number=name)
    office.do(there.officer, incident_review.show, request)
    excused = RecordFinding(
        name, FindingOutcome.EXCUSED, "The letter says so.", FindingCause.REASONABLE_EXCUSE
    )
    office.do(there.officer, incident_review.find, excused)
    person.send(take_back_address)
    assert person.status == 422
    assert "Somebody has decided with this document. It stays." in person.text
    assert "letter.pdf" in person.text
