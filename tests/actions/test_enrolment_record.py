from datetime import date, timedelta

import msgspec
import pytest

from mesure.actions.devices import enrolment_record
from mesure.actions.devices.enrolment_record import (
    EnrolmentTopic,
    RecordEnrolment,
    SignatureOutcome,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.privacy.access_refusal import AccessRefusal
from tests.actions.house import MORNING
from tests.actions.scene import OfficeScene

HOUR = timedelta(hours=1)

RECORDED = RecordEnrolment(
    order="ALM-1",
    decision="12/2026",
    decided_on=date(2026, 2, 9),
    language="kk",
    interpreter=False,
    explained=(EnrolmentTopic.DEVICE, EnrolmentTopic.CONTEST, EnrolmentTopic.DEVICE),
    household_told=True,
    signature=SignatureOutcome.DECLINED,
    paper="folder 12",
    explained_at=MORNING,
)


def test_an_enrolment_says_what_was_explained_and_what_was_not(scene: OfficeScene) -> None:
    scene.order()
    scene.do(scene.ann, enrolment_record.record, RECORDED)
    [shown] = scene.do(
        scene.person, enrolment_record.list_enrolments, enrolment_record.EnrolmentsRequest("P-1")
    )
    assert shown.kept.explained == (EnrolmentTopic.CONTEST, EnrolmentTopic.DEVICE)
    assert set(shown.unexplained) | set(shown.kept.explained) == set(EnrolmentTopic)
    assert (shown.kept.signature, shown.kept.entered_by) == (SignatureOutcome.DECLINED, "ann")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"language": "xx"}, ActionRefusal.LANGUAGE),
        ({"paper": " "}, ActionRefusal.REASON),
        ({"paper": "x" + " " * 500}, ActionRefusal.REASON),
        ({"order": "ALM-9"}, AccessRefusal.NOT_IN_CHARGE),
        ({"explained_at": RECORDED.explained_at + HOUR}, ActionRefusal.FUTURE),
    ],
)
def test_an_enrolment_that_cannot_be_is_refused(
    scene: OfficeScene, changes: dict[str, object], why: ActionRefusal | AccessRefusal
) -> None:
    scene.order()
    wrong = msgspec.structs.replace(RECORDED, **changes)
    assert scene.refusal_reason(scene.ann, enrolment_record.record, wrong) is why


def test_any_language_will_do_with_an_interpreter(scene: OfficeScene) -> None:
    scene.order()
    other = msgspec.structs.replace(RECORDED, language="uz", interpreter=True)
    assert scene.do(scene.ann, enrolment_record.record, other)
