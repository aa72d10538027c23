from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import OfIncident, Say
from mesure.actions.incidents.incident_review import Because, Decide, IncidentHead, OfPerson, Which
from mesure.actions.records import incident_records
from mesure.actions.records.record_types import Rows
from mesure.actions.refusals.refusal_reasons import Why
from mesure.incidents.contest import Answer
from mesure.incidents.finding import Cause, Finding, Outcome, Review, Seen, Stage
from mesure.incidents.review_refusal import Refused
from mesure.privacy.access_refusal import Reason
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.scene import CASE, Scene

SHOW = OfIncident(incident="I-1", **CASE)
EXCUSED = Decide("I-1", Outcome.EXCUSED, "The bus broke down.", Cause.REASONABLE_EXCUSE)
BREACH = Decide("I-1", Outcome.BREACH, "She says that she was out.")


@pytest.fixture(autouse=True)
def incident(scene: Scene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))


def head(scene: Scene) -> IncidentHead:
    [one] = scene.do(scene.person, incident_review.listed, OfPerson("P-1"))
    assert isinstance(one, IncidentHead)
    return one


def standing(scene: Scene) -> contests.Standing:
    with scene.office.store.read() as reading:
        rows = Rows(reading, scene.office.keyring)
        return contests.standing(rows, "I-1", timedelta(days=14))


def test_the_evidence_comes_before_the_decision(scene: Scene) -> None:
    assert head(scene).stage is Stage.OPENED
    assert not standing(scene).is_seen
    assert scene.refused(scene.ann, incident_review.find, EXCUSED) is Refused.NOT_SEEN
    shown = scene.do(scene.ann, incident_review.show, SHOW)
    assert b"You were away from home." in bytes(shown.explained)
    assert shown.review.seen[0].by == "ann"
    assert standing(scene).is_seen
    assert scene.do(scene.ann, incident_review.find, EXCUSED) is Stage.FOUND
    assert head(scene).outcome is Outcome.EXCUSED
    assert scene.office.deeds("action", "incidents.find")


def test_the_persons_look_is_no_review(scene: Scene) -> None:
    scene.do(scene.person, incident_review.show, SHOW)
    scene.do(scene.counsel, incident_review.show, SHOW)
    assert head(scene).stage is Stage.OPENED
    inspects = OfIncident(incident="I-1", case_number="INSP-1")
    assert scene.do(scene.inspector, incident_review.show, inspects).review.stage is Stage.OPENED


def test_a_breach_is_seen_by_two(scene: Scene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    assert scene.do(scene.ann, incident_review.find, BREACH) is Stage.PROPOSED
    assert (head(scene).stage, head(scene).outcome) == (Stage.PROPOSED, None)
    assert scene.refused(scene.ann, incident_review.confirm, Which("I-1")) is Refused.SAME_EYES
    assert scene.office.last()["facts"]["refused"] == "same_eyes"
    scene.do(scene.chief, incident_review.show, SHOW)
    assert scene.do(scene.chief, incident_review.turn_down, Because("I-1", "A slip.")) is Stage.SEEN
    scene.do(scene.ann, incident_review.find, BREACH)
    assert scene.do(scene.chief, incident_review.confirm, Which("I-1")) is Stage.FOUND
    shown = scene.do(scene.person, incident_review.show, SHOW)
    assert shown.review.finding.confirmed_by == "chief"
    assert len(shown.review.former) == 1


def test_a_slip_is_taken_back(scene: Scene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    scene.do(scene.chief, incident_review.show, SHOW)
    assert (
        scene.refused(scene.chief, incident_review.take_back, Because("I-1", "A slip."))
        is Refused.NOT_YOURS
    )
    assert scene.do(scene.ann, incident_review.take_back, Because("I-1", "A slip.")) is Stage.SEEN
    assert (
        scene.refused(scene.ann, incident_review.take_back, Because("I-1", "A slip."))
        is Refused.NOTHING_TO_UNDO
    )
    scene.do(scene.ann, incident_review.find, EXCUSED)
    scene.office.later(minutes=10)
    assert (
        scene.refused(scene.ann, incident_review.take_back, Because("I-1", "A slip."))
        is Refused.TOO_LATE
    )


def test_what_cannot_be_concluded_is_refused(scene: Scene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    wrong = Decide("I-1", Outcome.BREACH, "Because.", Cause.EQUIPMENT)
    assert scene.refused(scene.ann, incident_review.find, wrong) is Refused.CAUSE
    assert scene.refused(scene.ann, incident_review.find, Decide("I-1", Outcome.BREACH, " ")) is (
        Refused.REASON
    )
    assert scene.refused(scene.ann, incident_review.find, Decide("I-9", Outcome.BREACH, "x")) is (
        Reason.NOT_IN_CHARGE
    )
    assert scene.refused(scene.bob, incident_review.find, BREACH) is Reason.NOT_IN_CHARGE


# --- Contesting --------------------------------------------------------------------------------


def found(scene: Scene) -> None:
    for officer in (scene.ann, scene.chief):
        scene.do(officer, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, BREACH)
    scene.do(scene.chief, incident_review.confirm, Which("I-1"))


def said(scene: Scene) -> Any:
    return scene.do(scene.person, contests.show, OfIncident(incident="I-1"))


def test_a_contest_pauses_closing_and_is_answered_by_somebody_else(scene: Scene) -> None:
    found(scene)
    assert head(scene).closes_at == scene.office.now + timedelta(days=14)
    scene.do(scene.person, contests.make, Say("I-1", "I was at home, asleep."))
    assert (head(scene).closes_at, head(scene).is_contested) == (None, True)
    assert standing(scene).is_contested
    scene.office.later(days=20)
    assert said(scene).contests[0].is_overdue
    second = scene.office.account("second", Role.SUPERVISOR)
    again = Decide("I-1", Outcome.NO_BREACH, "The circle was wide.", Cause.LOCATION_ERROR)
    assert scene.refused(scene.chief, incident_review.decide_again, again) is Refused.SAME_EYES
    assert scene.refused(second, incident_review.decide_again, again) is Refused.NOT_SEEN
    scene.do(second, incident_review.show, SHOW)
    assert scene.do(second, incident_review.decide_again, again) is Stage.FOUND
    [contest] = said(scene).contests
    assert (contest.kept.contest.answer, contest.kept.contest.answered_by) == (
        Answer.CHANGED,
        "second",
    )
    assert head(scene).closes_at == scene.office.now + timedelta(days=14)
    assert scene.refused(second, incident_review.decide_again, again) is Refused.NO_CONTEST
    late = Say("I-1", "Once more.")
    assert scene.refused(scene.person, contests.make, late) is Refused.ANSWERED_ALREADY


def test_before_a_finding_the_finding_is_the_answer(scene: Scene) -> None:
    contest = scene.do(scene.person, contests.make, Say("I-1", "I was at home."))
    scene.do(scene.ann, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    assert said(scene).contests[0].kept.contest.answer is Answer.DECIDED
    scene.do(scene.ann, incident_review.take_back, Because("I-1", "A slip."))
    assert said(scene).contests[0].is_open
    scene.do(scene.person, contests.withdraw, contests.OfContest(contest))
    assert not said(scene).contests[0].is_open
    again = contests.OfContest(contest)
    assert scene.refused(scene.person, contests.withdraw, again) is Refused.NO_CONTEST


def test_what_is_said_is_kept_sealed_and_shown(scene: Scene) -> None:
    scene.do(scene.person, contests.say, Say("I-1", "I was asleep."))
    scene.do(scene.ann, contests.say, Say("I-1", "She told me on the phone: asleep."))
    assert {one.made_by for one in said(scene).statements} == {"A-person", "ann"}
    assert scene.refused(scene.person, contests.say, Say("I-1", " ")) is Why.REASON
    other = scene.office.account("other", Role.PERSON, "P-2")
    assert scene.refused(other, contests.say, Say("I-1", "Mine.")) is Reason.ANOTHER_PERSON
    with scene.office.store.read() as reading:
        rows = reading.entries_about("P-1", "statement")
    assert all(b"asleep" not in row.body for row in rows)


def test_only_so_much_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contests, "STATEMENTS_MAX", 1)
    monkeypatch.setattr(contests, "ATTACHMENTS_MAX", 1)
    scene.do(scene.person, contests.say, Say("I-1", "I was asleep."))
    more = Say("I-1", "Indeed.")
    assert scene.refused(scene.person, contests.say, more) is Why.ENOUGH_SAID
    paper = contests.Attach("I-1", "paper.pdf", b"%PDF-1.7")
    scene.do(scene.person, contests.attach, paper)
    assert scene.refused(scene.person, contests.attach, paper) is Why.ENOUGH_SAID


@pytest.mark.parametrize(
    ("beginning", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ],
)
def test_a_document_comes_back_as_it_came(scene: Scene, beginning: bytes, media_type: str) -> None:
    content = beginning + bytes(range(256)) * 8_300  # More than two parts.
    name = scene.do(scene.person, contests.attach, contests.Attach("I-1", "paper", content))
    asked = contests.AttachmentAsked(attachment=name, **CASE)
    shown = scene.do(scene.ann, contests.document, asked)
    assert (shown.content == content, shown.media_type) == (True, media_type)
    assert scene.office.last()["facts"]["attachment"] == name
    assert said(scene).attachments[0].kept.parts == 3
    assert scene.refused(scene.bob, contests.document, asked) is Reason.NOT_IN_CHARGE


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("page.html", b"<html>", Why.DOCUMENT),
        ("empty.pdf", b"", Why.DOCUMENT),
        (" ", b"%PDF-1.7", Why.NAME),
        ("large.pdf", b"%PDF-" + bytes(contests.ATTACHMENT_BYTES_MAX), Why.TOO_LARGE),
    ],
)
def test_nothing_else_is_attached(scene: Scene, name: str, content: bytes, why: Why) -> None:
    attach = contests.Attach("I-1", name, content)
    assert scene.refused(scene.person, contests.attach, attach) is why


# --- What is no breach of anything ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["silent", "strap", "battery", "a kind of tomorrow"])
def test_a_silence_and_what_a_device_says_are_never_found_a_breach(scene: Scene, kind: str) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-2", kind))
    scene.do(scene.ann, incident_review.show, OfIncident(incident="I-2", **CASE))
    breach = Decide("I-2", Outcome.BREACH, "She switched it off.")
    assert scene.refused(scene.ann, incident_review.find, breach) is Refused.OUTCOME
    excused = Decide("I-2", Outcome.EXCUSED, "In hospital.", Cause.REASONABLE_EXCUSE)
    assert scene.do(scene.ann, incident_review.find, excused) is Stage.FOUND


def test_possible_tampering_is_seen_by_two_before_it_is_referred(scene: Scene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-2", "strap"))
    shows = OfIncident(incident="I-2", **CASE)
    referred = Decide("I-2", Outcome.TAMPERING_REFERRED, "The strap looks cut.")
    scene.do(scene.ann, incident_review.show, shows)
    assert scene.do(scene.ann, incident_review.find, referred) is Stage.PROPOSED
    scene.do(scene.chief, incident_review.show, shows)
    assert scene.do(scene.chief, incident_review.confirm, Which("I-2")) is Stage.FOUND


def test_a_breach_of_a_silence_that_is_kept_from_before_is_still_read(scene: Scene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-2", "silent"))
    seen = (Seen("ann", scene.office.now), Seen("chief", scene.office.now))
    before = Finding(Outcome.BREACH, None, "It was off.", scene.office.now, "ann")
    kept = Review(Stage.PROPOSED, seen, before)
    scene.office.write(lambda rows, _: rows.add(incident_records.REVIEW, "I-2", kept, "P-1"))
    shown = scene.do(scene.person, incident_review.show, OfIncident(incident="I-2"))
    assert shown.review.finding.outcome is Outcome.BREACH
    assert scene.refused(scene.chief, incident_review.confirm, Which("I-2")) is Refused.OUTCOME
    assert scene.do(scene.chief, incident_review.turn_down, Because("I-2", "A slip.")) is Stage.SEEN


# --- What was tried, turned down or taken back ---------------------------------------------------


def test_a_disagreement_and_what_is_taken_back_stay_with_name_time_and_reason(
    scene: Scene,
) -> None:
    for officer in (scene.ann, scene.chief):
        scene.do(officer, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, BREACH)
    empty = scene.refused(scene.chief, incident_review.turn_down, Because("I-1", " "))
    assert empty is Refused.REASON
    scene.do(scene.chief, incident_review.turn_down, Because("I-1", "The circles are wide."))
    scene.do(scene.ann, incident_review.find, EXCUSED)
    assert scene.refused(scene.ann, incident_review.take_back, Because("I-1", "")) is Refused.REASON
    scene.do(scene.ann, incident_review.take_back, Because("I-1", "It was the other bus."))
    down, back = scene.do(scene.person, incident_review.show, SHOW).review.former
    assert (down.end.how.value, down.end.by, down.end.reason) == (
        "turned_down",
        "chief",
        "The circles are wide.",
    )
    assert (back.end.how.value, back.end.by, back.end.at) == ("taken_back", "ann", scene.office.now)
    assert back.end.reason == "It was the other bus."


def test_a_refused_attempt_is_in_the_log_and_in_the_history_of_the_incident(scene: Scene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    for action, asked in (
        (incident_review.find, Decide("I-1", Outcome.BREACH, " ")),
        (incident_review.confirm, Which("I-1")),
    ):
        reason = scene.refused(scene.ann, action, asked)
        facts = scene.office.last()["facts"]
        assert (facts["refused"], facts["incident"]) == (reason.value, "I-1")
        assert scene.office.last()["persons"] == ["P-1"]
    assert scene.refused(scene.bob, incident_review.find, BREACH) is Reason.NOT_IN_CHARGE
    tried = scene.do(scene.ann, incident_review.show, SHOW).attempts
    assert [(one.by, one.action, one.refused) for one in tried] == [
        ("ann", "incidents.find", "reason"),
        ("ann", "incidents.confirm", "nothing_proposed"),
        ("bob", "incidents.find", "not_in_charge"),
    ]
    made_up = Decide("I-9 <somebody>", Outcome.BREACH, "x")
    assert scene.refused(scene.ann, incident_review.find, made_up) is Reason.NOT_IN_CHARGE
    assert "I-9" not in str(scene.office.log())
