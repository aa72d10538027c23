from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.documents import kept_documents
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.incidents.incident_review import (
    FindingReversal,
    IncidentHead,
    IncidentRef,
    IncidentsRequest,
    RecordFinding,
)
from mesure.actions.records import incident_records
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.incidents.contest import ContestAnswer
from mesure.incidents.finding import (
    EvidenceSighting,
    Finding,
    FindingCause,
    FindingOutcome,
    Review,
    ReviewStage,
)
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions import progress, raised
from tests.actions.scene import CASE, OfficeScene

SHOW = IncidentRequest(incident="I-1", **CASE)
EXCUSED = RecordFinding(
    "I-1", FindingOutcome.EXCUSED, "The bus broke down.", FindingCause.REASONABLE_EXCUSE
)
BREACH = RecordFinding("I-1", FindingOutcome.BREACH, "She says that she was out.")


@pytest.fixture(autouse=True)
def incident(scene: OfficeScene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))


def head(scene: OfficeScene) -> IncidentHead:
    [incident_head] = scene.do(
        scene.person, incident_review.list_incidents, IncidentsRequest("P-1")
    )
    assert isinstance(incident_head, IncidentHead)
    return incident_head


def incident_progress(scene: OfficeScene) -> progress.IncidentProgress:
    with scene.office.store.read() as reading:
        rows = RegisterReader(reading, scene.office.keyring)
        return progress.incident_progress(rows, "I-1", timedelta(days=14))


def test_the_evidence_comes_before_the_decision(scene: OfficeScene) -> None:
    assert head(scene).stage is ReviewStage.OPENED
    assert not incident_progress(scene).is_seen
    assert scene.refusal_reason(scene.ann, incident_review.find, EXCUSED) is ReviewRefusal.NOT_SEEN
    shown = scene.do(scene.ann, incident_review.show, SHOW)
    assert b"You were away from home." in bytes(shown.explained)
    assert shown.review.seen[0].by == "ann"
    assert incident_progress(scene).is_seen
    assert scene.do(scene.ann, incident_review.find, EXCUSED) is ReviewStage.FOUND
    assert head(scene).outcome is FindingOutcome.EXCUSED
    assert scene.office.deeds("action", "incidents.find")


def test_the_persons_look_is_no_review(scene: OfficeScene) -> None:
    scene.do(scene.person, incident_review.show, SHOW)
    scene.do(scene.counsel, incident_review.show, SHOW)
    assert head(scene).stage is ReviewStage.OPENED
    inspects = IncidentRequest(incident="I-1", case_number="INSP-1")
    assert (
        scene.do(scene.inspector, incident_review.show, inspects).review.stage is ReviewStage.OPENED
    )


def test_a_breach_is_seen_by_two(scene: OfficeScene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    assert scene.do(scene.ann, incident_review.find, BREACH) is ReviewStage.PROPOSED
    assert (head(scene).stage, head(scene).outcome) == (ReviewStage.PROPOSED, None)
    refused = scene.refusal_reason(scene.ann, incident_review.confirm, IncidentRef("I-1"))
    assert refused is ReviewRefusal.SAME_EYES
    assert scene.office.last()["facts"]["refused"] == "same_eyes"
    scene.do(scene.chief, incident_review.show, SHOW)
    assert (
        scene.do(scene.chief, incident_review.turn_down, FindingReversal("I-1", "A slip."))
        is ReviewStage.SEEN
    )
    scene.do(scene.ann, incident_review.find, BREACH)
    assert scene.do(scene.chief, incident_review.confirm, IncidentRef("I-1")) is ReviewStage.FOUND
    shown = scene.do(scene.person, incident_review.show, SHOW)
    assert shown.review.finding.confirmed_by == "chief"
    assert len(shown.review.former) == 1


def test_a_slip_is_taken_back(scene: OfficeScene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    scene.do(scene.chief, incident_review.show, SHOW)
    assert (
        scene.refusal_reason(
            scene.chief, incident_review.take_back, FindingReversal("I-1", "A slip.")
        )
        is ReviewRefusal.NOT_YOURS
    )
    assert (
        scene.do(scene.ann, incident_review.take_back, FindingReversal("I-1", "A slip."))
        is ReviewStage.SEEN
    )
    assert (
        scene.refusal_reason(
            scene.ann, incident_review.take_back, FindingReversal("I-1", "A slip.")
        )
        is ReviewRefusal.NOTHING_TO_UNDO
    )
    scene.do(scene.ann, incident_review.find, EXCUSED)
    scene.office.later(minutes=10)
    assert (
        scene.refusal_reason(
            scene.ann, incident_review.take_back, FindingReversal("I-1", "A slip.")
        )
        is ReviewRefusal.TOO_LATE
    )


def test_what_cannot_be_concluded_is_refused(scene: OfficeScene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    wrong = RecordFinding("I-1", FindingOutcome.BREACH, "Because.", FindingCause.EQUIPMENT)
    assert scene.refusal_reason(scene.ann, incident_review.find, wrong) is ReviewRefusal.CAUSE
    assert scene.refusal_reason(
        scene.ann, incident_review.find, RecordFinding("I-1", FindingOutcome.BREACH, " ")
    ) is (ReviewRefusal.REASON)
    assert scene.refusal_reason(
        scene.ann, incident_review.find, RecordFinding("I-9", FindingOutcome.BREACH, "x")
    ) is (AccessRefusal.NOT_IN_CHARGE)
    assert (
        scene.refusal_reason(scene.bob, incident_review.find, BREACH) is AccessRefusal.NOT_IN_CHARGE
    )


# --- Contesting --------------------------------------------------------------------------------


def record_breach(scene: OfficeScene) -> None:
    for officer in (scene.ann, scene.chief):
        scene.do(officer, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, BREACH)
    scene.do(scene.chief, incident_review.confirm, IncidentRef("I-1"))


def show_incident(scene: OfficeScene) -> Any:
    return scene.do(scene.person, contests.show, IncidentRequest(incident="I-1"))


def test_a_contest_pauses_closing_and_is_answered_by_somebody_else(scene: OfficeScene) -> None:
    record_breach(scene)
    assert head(scene).closes_at == scene.office.now + timedelta(days=14)
    scene.do(scene.person, contests.make, IncidentStatement("I-1", "I was at home, asleep."))
    assert (head(scene).closes_at, head(scene).is_contested) == (None, True)
    assert incident_progress(scene).is_contested
    scene.office.later(days=20)
    assert show_incident(scene).contests[0].is_overdue
    second = scene.office.account("second", Role.SUPERVISOR)
    again = RecordFinding(
        "I-1", FindingOutcome.NO_BREACH, "The circle was wide.", FindingCause.LOCATION_ERROR
    )
    refused = scene.refusal_reason(scene.chief, incident_review.decide_again, again)
    assert refused is ReviewRefusal.SAME_EYES
    refused = scene.refusal_reason(second, incident_review.decide_again, again)
    assert refused is ReviewRefusal.NOT_SEEN
    scene.do(second, incident_review.show, SHOW)
    assert scene.do(second, incident_review.decide_again, again) is ReviewStage.FOUND
    [contest] = show_incident(scene).contests
    assert (contest.kept.contest.answer, contest.kept.contest.answered_by) == (
        ContestAnswer.CHANGED,
        "second",
    )
    assert head(scene).closes_at == scene.office.now + timedelta(days=14)
    refused = scene.refusal_reason(second, incident_review.decide_again, again)
    assert refused is ReviewRefusal.NO_CONTEST
    late = IncidentStatement("I-1", "Once more.")
    assert scene.refusal_reason(scene.person, contests.make, late) is ReviewRefusal.ANSWERED_ALREADY


def test_before_a_finding_the_finding_is_the_answer(scene: OfficeScene) -> None:
    contest = scene.do(scene.person, contests.make, IncidentStatement("I-1", "I was at home."))
    scene.do(scene.ann, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    assert show_incident(scene).contests[0].kept.contest.answer is ContestAnswer.DECIDED
    scene.do(scene.ann, incident_review.take_back, FindingReversal("I-1", "A slip."))
    assert show_incident(scene).contests[0].is_open
    scene.do(scene.person, contests.withdraw, contests.ContestRef(contest))
    assert not show_incident(scene).contests[0].is_open
    again = contests.ContestRef(contest)
    assert scene.refusal_reason(scene.person, contests.withdraw, again) is ReviewRefusal.NO_CONTEST


def test_what_late_evidence_refuted_is_not_held_against_the_person(scene: OfficeScene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    raised.judge(scene.office, raised.withdrawn(raised.incident("P-1", "I-1")))
    assert scene.refusal_reason(scene.ann, incident_review.find, BREACH) is ReviewRefusal.WITHDRAWN
    assert scene.do(scene.ann, incident_review.find, EXCUSED) is ReviewStage.FOUND


def test_a_contested_finding_is_not_taken_back_to_find_something_worse(scene: OfficeScene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    contest = scene.do(scene.person, contests.make, IncidentStatement("I-1", "I was at home."))
    slip = FindingReversal("I-1", "A slip.")
    refused = scene.refusal_reason(scene.ann, incident_review.take_back, slip)
    assert (refused, show_incident(scene).contests[0].is_open) == (ReviewRefusal.CONTESTED, True)
    scene.do(scene.person, contests.withdraw, contests.ContestRef(contest))
    assert scene.do(scene.ann, incident_review.take_back, slip) is ReviewStage.SEEN


def test_what_is_said_is_kept_sealed_and_shown(scene: OfficeScene) -> None:
    scene.do(scene.person, contests.say, IncidentStatement("I-1", "I was asleep."))
    scene.do(scene.ann, contests.say, IncidentStatement("I-1", "She told me on the phone: asleep."))
    assert {one.made_by for one in show_incident(scene).statements} == {"A-person", "ann"}
    for text in (" ", "x" + " " * contests.TEXT_CHARS_MAX):
        unsaid = IncidentStatement("I-1", text)
        assert scene.refusal_reason(scene.person, contests.say, unsaid) is ActionRefusal.REASON
    other = scene.office.account("other", Role.PERSON, "P-2")
    refused = scene.refusal_reason(other, contests.say, IncidentStatement("I-1", "Mine."))
    assert refused is AccessRefusal.ANOTHER_PERSON
    with scene.office.store.read() as reading:
        rows = reading.entries_about("P-1", "statement")
    assert all(b"asleep" not in row.body for row in rows)


def test_only_so_much_is_said(scene: OfficeScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contests, "STATEMENTS_MAX", 1)
    monkeypatch.setattr(contests, "ATTACHMENTS_MAX", 1)
    scene.do(scene.person, contests.say, IncidentStatement("I-1", "I was asleep."))
    more = IncidentStatement("I-1", "Indeed.")
    assert scene.refusal_reason(scene.person, contests.say, more) is ActionRefusal.ENOUGH_SAID
    paper = contests.AttachDocument("I-1", "paper.pdf", b"%PDF-1.7")
    scene.do(scene.person, contests.attach, paper)
    assert scene.refusal_reason(scene.person, contests.attach, paper) is ActionRefusal.ENOUGH_SAID


@pytest.mark.parametrize(
    ("beginning", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ],
)
def test_a_document_comes_back_as_it_came(
    scene: OfficeScene, beginning: bytes, media_type: str
) -> None:
    content = beginning + bytes(range(256)) * 8_300  # More than two parts.
    name = scene.do(scene.person, contests.attach, contests.AttachDocument("I-1", "paper", content))
    request = contests.DocumentRequest(attachment=name, **CASE)
    shown = scene.do(scene.ann, contests.document, request)
    assert (shown.content == content, shown.media_type) == (True, media_type)
    assert scene.office.last()["facts"]["attachment"] == name
    assert show_incident(scene).attachments[0].kept.parts == 3
    assert (
        scene.refusal_reason(scene.bob, contests.document, request) is AccessRefusal.NOT_IN_CHARGE
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("page.html", b"<html>", ActionRefusal.DOCUMENT),
        ("empty.pdf", b"", ActionRefusal.DOCUMENT),
        (" ", b"%PDF-1.7", ActionRefusal.NAME),
        ("large.pdf", b"%PDF-" + bytes(kept_documents.DOCUMENT_BYTES_MAX), ActionRefusal.TOO_LARGE),
    ],
)
def test_nothing_else_is_attached(
    scene: OfficeScene, name: str, content: bytes, why: ActionRefusal
) -> None:
    attach = contests.AttachDocument("I-1", name, content)
    assert scene.refusal_reason(scene.person, contests.attach, attach) is why


# --- What is no breach of anything ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["silent", "strap", "battery", "a kind of tomorrow"])
def test_a_silence_and_what_a_device_says_are_never_found_a_breach(
    scene: OfficeScene, kind: str
) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-2", kind))
    scene.do(scene.ann, incident_review.show, IncidentRequest(incident="I-2", **CASE))
    breach = RecordFinding("I-2", FindingOutcome.BREACH, "She switched it off.")
    assert scene.refusal_reason(scene.ann, incident_review.find, breach) is ReviewRefusal.OUTCOME
    excused = RecordFinding(
        "I-2", FindingOutcome.EXCUSED, "In hospital.", FindingCause.REASONABLE_EXCUSE
    )
    assert scene.do(scene.ann, incident_review.find, excused) is ReviewStage.FOUND


def test_possible_tampering_is_seen_by_two_before_it_is_referred(scene: OfficeScene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-2", "strap"))
    shows = IncidentRequest(incident="I-2", **CASE)
    referred = RecordFinding("I-2", FindingOutcome.TAMPERING_REFERRED, "The strap looks cut.")
    scene.do(scene.ann, incident_review.show, shows)
    assert scene.do(scene.ann, incident_review.find, referred) is ReviewStage.PROPOSED
    scene.do(scene.chief, incident_review.show, shows)
    assert scene.do(scene.chief, incident_review.confirm, IncidentRef("I-2")) is ReviewStage.FOUND


def test_a_breach_of_a_silence_that_is_kept_from_before_is_still_read(scene: OfficeScene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-2", "silent"))
    sightings = (
        EvidenceSighting("ann", scene.office.now),
        EvidenceSighting("chief", scene.office.now),
    )
    before = Finding(FindingOutcome.BREACH, None, "It was off.", scene.office.now, "ann")
    review = Review(ReviewStage.PROPOSED, sightings, before)
    scene.office.write(lambda rows, _: rows.add(incident_records.REVIEW, "I-2", review, "P-1"))
    shown = scene.do(scene.person, incident_review.show, IncidentRequest(incident="I-2"))
    assert shown.review.finding.outcome is FindingOutcome.BREACH
    refused = scene.refusal_reason(scene.chief, incident_review.confirm, IncidentRef("I-2"))
    assert refused is ReviewRefusal.OUTCOME
    assert (
        scene.do(scene.chief, incident_review.turn_down, FindingReversal("I-2", "A slip."))
        is ReviewStage.SEEN
    )


# --- What was tried, turned down or taken back ---------------------------------------------------


def test_a_disagreement_and_what_is_taken_back_stay_with_name_time_and_reason(
    scene: OfficeScene,
) -> None:
    for officer in (scene.ann, scene.chief):
        scene.do(officer, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, BREACH)
    empty = scene.refusal_reason(
        scene.chief, incident_review.turn_down, FindingReversal("I-1", " ")
    )
    assert empty is ReviewRefusal.REASON
    scene.do(
        scene.chief, incident_review.turn_down, FindingReversal("I-1", "The circles are wide.")
    )
    scene.do(scene.ann, incident_review.find, EXCUSED)
    refused = scene.refusal_reason(scene.ann, incident_review.take_back, FindingReversal("I-1", ""))
    assert refused is ReviewRefusal.REASON
    scene.do(scene.ann, incident_review.take_back, FindingReversal("I-1", "It was the other bus."))
    down, back = scene.do(scene.person, incident_review.show, SHOW).review.former
    assert (down.end.how.value, down.end.by, down.end.reason) == (
        "turned_down",
        "chief",
        "The circles are wide.",
    )
    assert (back.end.how.value, back.end.by, back.end.at) == ("taken_back", "ann", scene.office.now)
    assert back.end.reason == "It was the other bus."


def test_a_refused_attempt_is_in_the_log_and_in_the_history_of_the_incident(
    scene: OfficeScene,
) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    for action, request in (
        (incident_review.find, RecordFinding("I-1", FindingOutcome.BREACH, " ")),
        (incident_review.confirm, IncidentRef("I-1")),
    ):
        reason = scene.refusal_reason(scene.ann, action, request)
        facts = scene.office.last()["facts"]
        assert (facts["refused"], facts["incident"]) == (reason.value, "I-1")
        assert scene.office.last()["persons"] == ["P-1"]
    assert (
        scene.refusal_reason(scene.bob, incident_review.find, BREACH) is AccessRefusal.NOT_IN_CHARGE
    )
    tried = scene.do(scene.ann, incident_review.show, SHOW).attempts
    assert [(one.by, one.action, one.refused) for one in tried] == [
        ("ann", "incidents.find", "reason"),
        ("ann", "incidents.confirm", "nothing_proposed"),
        ("bob", "incidents.find", "not_in_charge"),
    ]
    made_up = RecordFinding("I-9 <somebody>", FindingOutcome.BREACH, "x")
    refused = scene.refusal_reason(scene.ann, incident_review.find, made_up)
    assert refused is AccessRefusal.NOT_IN_CHARGE
    assert "I-9" not in str(scene.office.log())
