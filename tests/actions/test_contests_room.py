"""Documents of one person have limited room, and a refused person is told what else to do."""

from dataclasses import replace

import pytest

from mesure.actions.documents import kept_documents
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import AttachDocument
from mesure.actions.records.procedure import STANDARD
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.machine import texts
from mesure.privacy.purposes import Purpose
from tests.actions import raised
from tests.actions.scene import OfficeScene

PAPER = b"%PDF-1.7 " + b"x" * 91


def attach(scene: OfficeScene, actor: Actor, incident: str, room: int) -> str:
    procedure = replace(STANDARD, documents_bytes_max=room)
    context = replace(scene.office.context(actor), procedure=procedure)
    return perform(context, contests.attach, AttachDocument(incident, "paper.pdf", PAPER))


def test_documents_of_all_incidents_count_and_the_last_that_fits_is_taken(
    scene: OfficeScene,
) -> None:
    for incident in ("I-1", "I-2"):
        raised.judge(scene.office, raised.incident("P-1", incident))
    attach(scene, scene.person, "I-1", 300)
    attach(scene, scene.ann, "I-2", 300)
    attach(scene, scene.person, "I-2", 300)
    with pytest.raises(ActionConflictError) as caught:
        attach(scene, scene.person, "I-1", 300)
    assert caught.value.reason is ActionRefusal.DOCUMENTS_FULL
    for language in texts.LANGUAGES:
        assert caught.value.sentence(texts.catalogue(language))
    assert "on paper" in caught.value.sentence(texts.catalogue("en"))
    entered = [one for one in scene.office.log() if one["action"] == "contests.attach"]
    refused = [one["facts"].get("refused") for one in entered]
    assert refused == [None, None, None, "documents_full"]


def test_somebody_elses_documents_do_not_count(scene: OfficeScene) -> None:
    scene.office.person("P-9", scene.ann)
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    raised.judge(scene.office, raised.incident("P-9", "I-9"))
    attach(scene, scene.ann, "I-9", 150)
    attach(scene, scene.person, "I-1", 150)


def test_the_default_is_twenty_documents_of_the_largest_size() -> None:
    assert STANDARD.documents_bytes_max == 20 * kept_documents.DOCUMENT_BYTES_MAX


def test_what_was_taken_back_leaves_its_room(scene: OfficeScene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    first = attach(scene, scene.person, "I-1", 150)
    with pytest.raises(ActionConflictError):
        attach(scene, scene.person, "I-1", 150)
    scene.do(scene.person, contests.take_back_document, contests.DocumentRef(first))
    attach(scene, scene.person, "I-1", 150)


@pytest.mark.parametrize("name", ["letter.bat", "letter.pdf.hta", "letter.lnk", "letter. .", "a/b"])
def test_a_document_is_handed_on_with_the_ending_of_what_it_is(
    scene: OfficeScene, name: str
) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    request = contests.AttachDocument("I-1", name, b"%PDF-1.7 <script>")
    attached = scene.do(scene.person, contests.attach, request)
    document = scene.do(
        scene.ann,
        contests.document,
        contests.DocumentRequest(attachment=attached, purpose=Purpose.CONTEST, case_number="ALM-1"),
    )
    stem, _, ending = document.name.rpartition(".")
    assert (ending, "." in stem, "/" in stem) == ("pdf", False, False)
    page = scene.do(scene.person, contests.show, contests.IncidentRequest(incident="I-1"))
    assert [one.kept.name for one in page.attachments] == [document.name]
