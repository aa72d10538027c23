"""One answer to several brief incidents: a finding of each, and nothing that could be a breach."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.cases import worklist
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.incidents import brief_answers, contests, incident_review
from mesure.actions.incidents.brief_answers import AnswerBrief
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.records import brief_rule
from mesure.actions.refusals.refusals import ActionError
from mesure.incidents.brief import BriefAnswer, BriefLengths
from mesure.incidents.finding import FindingOutcome, ReviewStage
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.instants import US_PER_S, to_us
from tests.actions import raised
from tests.actions.scene import CASE, OfficeScene

WHY = "It ended by itself after 49 minutes. It was answered together with another."


def silence(
    scene: OfficeScene,
    name: str,
    minutes: int | None = 49,
    kind: str = "silent",
    brought_minutes: int | None = None,
) -> None:
    start_us = to_us(raised.START)
    end_us = None if minutes is None else start_us + minutes * 60 * US_PER_S
    incident = replace(raised.incident("P-1", name, kind), end_us=end_us)
    if brought_minutes is not None:
        incident = replace(incident, opened_us=start_us + brought_minutes * 60 * US_PER_S)
    raised.judge(scene.office, incident)


def see(scene: OfficeScene, name: str) -> Any:
    return scene.do(scene.ann, incident_review.show, IncidentRequest(incident=name, **CASE))


def answer(name: str) -> AnswerBrief:
    return AnswerBrief(name, BriefAnswer.NETWORK, WHY)


def test_each_incident_has_a_finding_of_its_own_by_the_officer_who_gave_the_answer(
    scene: OfficeScene,
) -> None:
    for name in ("I-1", "I-2"):
        silence(scene, name)
        see(scene, name)
        assert scene.do(scene.ann, brief_answers.answer, answer(name)) is ReviewStage.FOUND
    for name in ("I-1", "I-2"):
        finding = see(scene, name).review.finding
        assert finding is not None
        assert (finding.outcome, finding.decided_by) == (FindingOutcome.NETWORK, "ann")
        assert finding.reason == WHY
    entered = [
        entry["facts"]["incident"]
        for entry in scene.office.log()
        if entry["action"] == "incidents.answer_brief"
    ]
    assert entered == ["I-1", "I-2"]


def test_nobody_answers_what_they_have_not_seen(scene: OfficeScene) -> None:
    silence(scene, "I-1")
    refused = scene.refusal_reason(scene.ann, brief_answers.answer, answer("I-1"))
    assert refused is ReviewRefusal.NOT_SEEN


@pytest.mark.parametrize(
    ("minutes", "kind"), [(120, "silent"), (None, "silent"), (5, "absent"), (0, "help")]
)
def test_what_is_not_brief_needs_an_answer_of_its_own(
    scene: OfficeScene, minutes: int | None, kind: str
) -> None:
    silence(scene, "I-1", minutes, kind)
    see(scene, "I-1")
    refused = scene.refusal_reason(scene.ann, brief_answers.answer, answer("I-1"))
    assert refused is ReviewRefusal.NOT_BRIEF


@pytest.mark.parametrize(("minutes", "is_brief"), [(329, True), (330, False)])
def test_a_silence_is_answered_with_others_by_when_it_ended_after_it_was_brought(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch, minutes: int, is_brief: bool
) -> None:
    lengths = BriefLengths(timedelta(hours=2), timedelta(minutes=90))
    monkeypatch.setattr(brief_rule, "lengths", lambda _day: lengths)
    silence(scene, "I-1", minutes, brought_minutes=240)
    [item] = scene.do(scene.ann, worklist.list_items, EmptyRequest())
    assert item.signals.is_brief == is_brief
    see(scene, "I-1")
    if is_brief:
        assert scene.do(scene.ann, brief_answers.answer, answer("I-1")) is ReviewStage.FOUND
    else:
        refused = scene.refusal_reason(scene.ann, brief_answers.answer, answer("I-1"))
        assert refused is ReviewRefusal.NOT_BRIEF


def test_what_the_person_wrote_about_needs_an_answer_of_its_own(scene: OfficeScene) -> None:
    silence(scene, "I-1")
    see(scene, "I-1")
    scene.do(scene.person, contests.say, IncidentStatement("I-1", "I was in the cellar."))
    refused = scene.refusal_reason(scene.ann, brief_answers.answer, answer("I-1"))
    assert refused is ReviewRefusal.NOT_BRIEF


def test_a_slip_that_was_taken_back_can_be_answered_with_others_again(scene: OfficeScene) -> None:
    silence(scene, "I-1")
    see(scene, "I-1")
    scene.do(scene.ann, brief_answers.answer, answer("I-1"))
    back = incident_review.FindingReversal("I-1", "It was another one.")
    scene.do(scene.ann, incident_review.take_back, back)
    assert scene.do(scene.ann, brief_answers.answer, answer("I-1")) is ReviewStage.FOUND


def test_what_is_found_is_not_found_again(scene: OfficeScene) -> None:
    silence(scene, "I-1")
    see(scene, "I-1")
    scene.do(scene.ann, brief_answers.answer, answer("I-1"))
    refused = scene.refusal_reason(scene.ann, brief_answers.answer, answer("I-1"))
    assert refused is ReviewRefusal.NOT_BRIEF


@pytest.mark.parametrize("outcome", ["breach", "tampering_referred", "excused", "no_breach"])
def test_a_breach_cannot_even_be_asked_for(outcome: str) -> None:
    request = {"incident": "I-1", "answer": outcome, "reason": WHY}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(request, AnswerBrief)


def test_another_officer_cannot_answer(scene: OfficeScene) -> None:
    silence(scene, "I-1")
    with pytest.raises(ActionError):
        scene.do(scene.person, brief_answers.answer, answer("I-1"))
