from datetime import date, timedelta

import msgspec
import pytest

from mesure.actions.devices import enrolment_record
from mesure.actions.devices.enrolment_record import RecordEnrolment, Signature, Topic
from mesure.actions.refusals.refusal_reasons import Why
from mesure.privacy.access_refusal import Reason
from tests.actions.house import MORNING
from tests.actions.scene import Scene

HOUR = timedelta(hours=1)

RECORDED = RecordEnrolment(
    order="ALM-1",
    decision="12/2026",
    decided_on=date(2026, 2, 9),
    language="kk",
    interpreter=False,
    explained=(Topic.DEVICE, Topic.CONTEST, Topic.DEVICE),
    household_told=True,
    signature=Signature.DECLINED,
    paper="folder 12",
    explained_at=MORNING,
)


def test_an_enrolment_says_what_was_explained_and_what_was_not(scene: Scene) -> None:
    scene.order()
    scene.do(scene.ann, enrolment_record.record, RECORDED)
    [shown] = scene.do(scene.person, enrolment_record.listed, enrolment_record.OfPerson("P-1"))
    assert shown.kept.explained == (Topic.CONTEST, Topic.DEVICE)
    assert set(shown.unexplained) | set(shown.kept.explained) == set(Topic)
    assert (shown.kept.signature, shown.kept.entered_by) == (Signature.DECLINED, "ann")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"language": "xx"}, Why.LANGUAGE),
        ({"paper": " "}, Why.REASON),
        ({"order": "ALM-9"}, Reason.NOT_IN_CHARGE),
        ({"explained_at": RECORDED.explained_at + HOUR}, Why.SPAN),
    ],
)
def test_an_enrolment_that_cannot_be_is_refused(
    scene: Scene, changes: dict[str, object], why: Why | Reason
) -> None:
    scene.order()
    wrong = msgspec.structs.replace(RECORDED, **changes)
    assert scene.refused(scene.ann, enrolment_record.record, wrong) is why


def test_any_language_will_do_with_an_interpreter(scene: Scene) -> None:
    scene.order()
    other = msgspec.structs.replace(RECORDED, language="uz", interpreter=True)
    assert scene.do(scene.ann, enrolment_record.record, other)
