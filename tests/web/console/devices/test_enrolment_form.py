"""What was decided, explained and signed is recorded on a page."""

from mesure.actions.devices import enrolment_record
from mesure.actions.devices.enrolment_record import EnrolmentsRequest
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.console.devices.phones import OWN
from tests.web.filled import ORDER_ID, PERSON, Filled


def test_an_enrolment_is_recorded_with_what_was_left_out(
    office: Office, officer: Browser, there: Filled
) -> None:
    page = f"{OWN}/enrolment"
    officer.open(page)
    officer.send(page)
    assert officer.status == 422
    for sentence in ("Enter who decided it", "Enter the day.", "Enter where the signed paper is."):
        assert sentence in officer.text
    fields = {
        "decision": "District court, 17/26", "decided_on": "2026-03-01", "language": "kk",
        "explained_day": "2026-03-02", "explained_time": "10:00", "signature": "signed",
        "paper": "File 17", "topic_conditions": "yes", "topic_device": "yes", "household": "yes",
    }  # fmt: skip
    officer.send(page, **fields | {"language": "other"})
    assert officer.status == 422
    assert "There are no texts in this language." in officer.text
    assert 'value="File 17"' in officer.page
    officer.send(page, **fields)
    assert "It was entered." in officer.text
    assert "Not explained:" in officer.text
    [enrolment] = office.do(
        there.officer, enrolment_record.list_enrolments, EnrolmentsRequest(PERSON)
    )
    assert (enrolment.kept.order, enrolment.kept.language, enrolment.kept.household_told) == (
        ORDER_ID,
        "kk",
        True,
    )
    assert {"conditions", "device"} == {one.value for one in enrolment.kept.explained}
