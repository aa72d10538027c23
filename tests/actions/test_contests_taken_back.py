"""A person takes a document back before anybody decides with it; what stays is its hash."""

from hashlib import sha256

from mesure.actions.documents.kept_documents import PART
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import (
    AttachDocument,
    DocumentRef,
    DocumentRequest,
    IncidentRequest,
)
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.records.incident_records import ATTACHMENT
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.scene import CASE, OfficeScene

PAPER = b"%PDF-1.7 a letter of a doctor"


def attach_document(scene: OfficeScene, actor: Actor | None = None) -> str:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    request = AttachDocument("I-1", "doctor.pdf", PAPER)
    name: str = scene.do(actor or scene.person, contests.attach, request)
    return name


def test_its_bytes_and_its_name_go_and_its_hash_stays(scene: OfficeScene) -> None:
    name = attach_document(scene)
    scene.office.later(hours=1)
    scene.do(scene.person, contests.take_back_document, DocumentRef(name))
    [shown] = scene.do(scene.person, contests.show, IncidentRequest(incident="I-1")).attachments
    assert (shown.kept.name, shown.kept.taken_back_at) == ("", scene.office.now)
    assert shown.kept.sha256 == sha256(PAPER).hexdigest()
    request = DocumentRequest(attachment=name, **CASE)
    assert scene.refusal_reason(scene.ann, contests.document, request) is ActionRefusal.ERASED
    with scene.office.store.read() as reading:
        assert reading.entries_about("P-1", PART.name) == ()
        [row] = reading.entries_about("P-1", ATTACHMENT.name)
    assert row.revision == 2
    last = [one for one in scene.office.log() if one["action"] == "contests.take_back_document"]
    assert last[0]["facts"] == {"attachment": name, "incident": "I-1"}
    again = DocumentRef(name)
    refused = scene.refusal_reason(scene.person, contests.take_back_document, again)
    assert refused is ActionRefusal.ERASED


def test_what_was_decided_with_stays(scene: OfficeScene) -> None:
    name = attach_document(scene)
    request = IncidentRequest(incident="I-1", **CASE)
    scene.do(scene.ann, incident_review.show, request)
    excused = RecordFinding(
        "I-1", FindingOutcome.EXCUSED, "The doctor says so.", FindingCause.REASONABLE_EXCUSE
    )
    scene.office.later(hours=1)
    scene.do(scene.ann, incident_review.find, excused)
    back = DocumentRef(name)
    refused = scene.refusal_reason(scene.person, contests.take_back_document, back)
    assert refused is ActionRefusal.DECIDED_WITH
    scene.office.later(hours=1)
    later = scene.do(scene.person, contests.attach, AttachDocument("I-1", "more.pdf", PAPER))
    scene.do(scene.person, contests.take_back_document, DocumentRef(later))


def test_nobody_takes_back_what_another_attached(scene: OfficeScene) -> None:
    name = attach_document(scene, scene.ann)
    request = DocumentRef(name)
    refused = scene.refusal_reason(scene.person, contests.take_back_document, request)
    assert refused is AccessRefusal.NOT_YOURS
    other = scene.office.account("other", Role.PERSON, "P-2")
    refused = scene.refusal_reason(other, contests.take_back_document, request)
    assert refused is AccessRefusal.ANOTHER_PERSON
