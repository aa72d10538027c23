"""Who asks from outside is written down, answered by somebody else, and looked at again."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.cases import caseload, worklist
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import (
    AnswerOutsideRequest,
    DataCategory,
    MonthQuery,
    OutsideRequestsQuery,
    RecordOutsideRequest,
    ReviewOutsideRequest,
    Urgency,
)
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions.house import MORNING, Office

ASKED = RecordOutsideRequest(
    person="P-1",
    authority="District police, Almaty",
    case_number="2026-77",
    reason="A theft on 9 February at 20:00.",
    data=(DataCategory.TRAIL,),
    why_no_less="Only this hour is asked for.",
    urgency=Urgency.DAYS,
    signed_by="Head of the district",
    signed_on=date(2026, 2, 9),
    document_sha256="ab" * 32,
    genuine_by_call="The head of the district was called back.",
    received_at=MORNING,
    start_at=MORNING - timedelta(hours=13),
    until_at=MORNING - timedelta(hours=12),
)


@pytest.fixture
def people(office: Office) -> dict[str, Actor]:
    officer = office.account("A-1", Role.OFFICER)
    office.person("P-1", officer)
    return {
        "officer": officer,
        "supervisor": office.account("A-2", Role.SUPERVISOR),
        "other": office.account("A-3", Role.SUPERVISOR),
        "inspector": office.account("A-4", Role.INSPECTOR),
        "person": office.account("A-5", Role.PERSON, "P-1"),
    }


def make_request(**changes: Any) -> RecordOutsideRequest:
    return msgspec.structs.replace(ASKED, **changes)


def test_a_request_is_written_down_answered_and_read_by_the_person(
    office: Office, people: dict[str, Actor]
) -> None:
    name = office.do(people["officer"], outside_requests.record, ASKED)
    entry = office.last()
    assert entry["facts"] == {"outside": name, "urgency": "days", "data": ["trail"]}
    assert "theft" not in str(entry)
    granted = AnswerOutsideRequest(name, True, "The hour was given, as a bundle.")
    office.do(people["supervisor"], outside_requests.answer, granted)
    [shown] = office.do(
        people["person"], outside_requests.list_requests, OutsideRequestsQuery(person="P-1")
    )
    assert shown.kept.reason == ASKED.reason
    assert (shown.kept.is_granted, shown.kept.answered_by) == (True, "A-2")
    with pytest.raises(ActionConflictError):
        office.do(people["other"], outside_requests.answer, granted)


@pytest.mark.parametrize("name", ["authority", "reason", "why_no_less", "signed_by"])
def test_what_is_too_long_is_refused_however_it_came(
    office: Office, people: dict[str, Actor], name: str
) -> None:
    is_name = name in {"authority", "signed_by"}
    most = "x" * (outside_requests.NAME_CHARS_MAX if is_name else outside_requests.TEXT_CHARS_MAX)
    with pytest.raises(InvalidInputError):
        office.do(people["officer"], outside_requests.record, make_request(**{name: most + "x"}))
    request = office.do(people["officer"], outside_requests.record, make_request(**{name: most}))
    too_long = "x" * (outside_requests.TEXT_CHARS_MAX + 1)
    answer = AnswerOutsideRequest(request, is_granted=True, answer=too_long)
    with pytest.raises(InvalidInputError):
        office.do(people["supervisor"], outside_requests.answer, answer)
    again = ReviewOutsideRequest(request, is_in_order=True, remark=too_long)
    with pytest.raises(InvalidInputError):
        office.do(people["other"], outside_requests.review, again)


def test_whoever_wrote_it_down_does_not_answer_it(office: Office, people: dict[str, Actor]) -> None:
    name = office.do(people["supervisor"], outside_requests.record, ASKED)
    with pytest.raises(NotAllowedError) as caught:
        office.do(
            people["supervisor"], outside_requests.answer, AnswerOutsideRequest(name, True, "Yes.")
        )
    assert caught.value.reason is AccessRefusal.SAME_EYES
    with pytest.raises(InvalidInputError):
        office.do(people["other"], outside_requests.answer, AnswerOutsideRequest(name, False, " "))


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": " "},
        {"why_no_less": ""},
        {"genuine_by_call": ""},
        {"data": ()},
        {"data": (DataCategory.TRAIL,) * 6},
        {"document_sha256": "none"},
        {"start_at": None},
        {"until_at": MORNING - timedelta(days=1)},
    ],
)
def test_a_request_without_its_parts_is_not_taken(
    office: Office, people: dict[str, Actor], changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInputError):
        office.do(people["officer"], outside_requests.record, make_request(**changes))
    with pytest.raises(NotAllowedError):
        office.do(people["officer"], outside_requests.record, make_request(case_number=" "))
    whole = make_request(data=(DataCategory.ORDER,), start_at=None, until_at=None)
    assert office.do(people["officer"], outside_requests.record, whole)


def test_one_in_ten_is_looked_at_again_by_somebody_who_had_no_part(
    office: Office, people: dict[str, Actor]
) -> None:
    names = [office.do(people["officer"], outside_requests.record, ASKED) for _ in range(21)]
    for name in names[:11]:
        answer = AnswerOutsideRequest(name, False, "No.")
        office.do(people["supervisor"], outside_requests.answer, answer)
    office.later(days=40)
    office.do(people["officer"], outside_requests.record, ASKED)
    month = MonthQuery("2026-02")
    summary = office.do(people["inspector"], outside_requests.sample, month)
    assert (summary.requests, summary.granted, summary.unanswered) == (21, 0, 10)
    assert len(summary.sample) == 2
    assert {one.request for one in summary.sample} <= set(names[:11]), "an answer is looked at"
    assert summary == office.do(people["other"], outside_requests.sample, month)
    first = summary.sample[0].request
    checked = ReviewOutsideRequest(first, False, "The paper bears no date.")
    office.do(people["other"], outside_requests.review, checked)
    with pytest.raises(NotAllowedError):
        office.do(
            people["supervisor"], outside_requests.review, ReviewOutsideRequest(names[0], True)
        )
    shown = office.do(
        people["person"], outside_requests.list_requests, OutsideRequestsQuery(person="P-1")
    )
    [reviewed] = [one for one in shown if one.kept.reviews]
    assert reviewed.kept.reviews[0].remark == "The paper bears no date."
    empty = office.do(people["inspector"], outside_requests.sample, MonthQuery("2025-01"))
    assert (empty.requests, empty.sample) == (0, ())


def test_whoever_looked_at_it_again_does_not_answer_it(
    office: Office, people: dict[str, Actor]
) -> None:
    name = office.do(people["officer"], outside_requests.record, ASKED)
    office.do(people["supervisor"], outside_requests.review, ReviewOutsideRequest(name, True))
    answer = AnswerOutsideRequest(name, True, "Yes.")
    assert office.do(people["supervisor"], worklist.list_items, EmptyRequest()) == ()
    assert office.do(people["other"], worklist.list_items, EmptyRequest())
    with pytest.raises(NotAllowedError) as caught:
        office.do(people["supervisor"], outside_requests.answer, answer)
    assert caught.value.reason is AccessRefusal.SAME_EYES
    office.do(people["other"], outside_requests.answer, answer)


def test_the_register_has_every_request_of_a_month(
    office: Office, people: dict[str, Actor]
) -> None:
    names = [office.do(people["officer"], outside_requests.record, ASKED) for _ in range(3)]
    office.later(days=40)
    office.do(people["officer"], outside_requests.record, ASKED)
    requests = office.do(people["inspector"], outside_requests.list_month, MonthQuery("2026-02"))
    assert sorted(one.request for one in requests) == sorted(names)


@pytest.mark.parametrize("who", ["other", "inspector"])
@pytest.mark.parametrize("action", [outside_requests.list_month, outside_requests.sample])
def test_whoever_is_barred_from_one_case_reads_the_requests_about_all_others(
    office: Office, people: dict[str, Actor], who: str, action: Action[MonthQuery, Any]
) -> None:
    office.person("P-2", people["officer"])
    for person in ("P-1", "P-2"):
        name = office.do(people["officer"], outside_requests.record, make_request(person=person))
        answer = AnswerOutsideRequest(name, False, "No.")
        office.do(people["supervisor"], outside_requests.answer, answer)
    office.do(people["supervisor"], caseload.bar, BarRequest("P-1", people[who].account))
    shown = str(office.do(people[who], action, MonthQuery("2026-02")))
    assert ("P-1" in shown, "P-2" in shown) == (False, True)


def test_a_request_waits_on_a_supervisors_list_until_it_is_answered(
    office: Office, people: dict[str, Actor]
) -> None:
    name = office.do(people["officer"], outside_requests.record, ASKED)
    [waits] = office.do(people["supervisor"], worklist.list_items, EmptyRequest())
    assert (waits.what, waits.id, waits.kind) == (worklist.WorkItemType.OUTSIDE, name, "days")
    assert office.do(people["officer"], worklist.list_items, EmptyRequest()) == ()
    office.do(
        people["supervisor"], outside_requests.answer, AnswerOutsideRequest(name, False, "No.")
    )
    assert office.do(people["other"], worklist.list_items, EmptyRequest()) == ()
