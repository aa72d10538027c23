"""An address that names a person reaches nothing of another, whose case is open to the same eyes.

Otherwise an order is read, and ended, under the name of somebody whom it does not bind.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest
from starlette.routing import Route

from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import NoteKind, WriteNote
from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import DataCategory, RecordOutsideRequest, Urgency
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import WriteHandover
from mesure.actions.orders import court_papers, order_drafts
from mesure.actions.orders.court_papers import AttachPaper
from mesure.actions.orders.order_drafts import BeginDraft
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import RecordGround
from mesure.privacy.purposes import Purpose
from mesure.web.console import routes as console
from mesure.web.requests import csrf
from mesure.web.signed_in import NAME
from tests.actions import scene as scenes
from tests.actions.house import Office
from tests.actions.scene import ORDER, OfficeScene
from tests.web import pages_of_actions
from tests.web.console.order_entry.desk import CaseworkBrowser

OTHER_ORDER: Final = ORDER.replace("ALM-1", "ALM-2").replace("P-1", "P-2")
PERIOD: Final = {"from_day": "2026-03-01", "from_time": "10:00",
                 "until_day": "2026-03-02", "until_time": "10:00"}  # fmt: skip
ENDS: Final = {"at_day": "2026-06-01", "at_time": "10:00", "decision": "2-1/2026"}
# What the forms of all these addresses ask for, so that nothing stops them but whose it is.
FIELDS: Final = {
    **PERIOD, **ENDS, "reason": "The court decided so.", "text": "A note.", "kind": "note",
    "happened_day": "2026-02-10", "happened_time": "08:00", "versions": "1", "agrees": "yes",
    "grants": "yes", "answer": "It was given.", "in_order": "yes", "remark": "", "compared": "yes",
    "entries": "1", "how": "vary", "order": "ALM-2", "point": "43.26, 76.92", "radius_m": "60",
    "revision": "1",
}  # fmt: skip
PDF: Final = b"%PDF-1.7 the court's paper"
PERSON_ONLY: Final = {
    "/console/people/{person}", "/console/people/{person}/card", "/console/people/{person}/contact",
    "/console/people/{person}/contact/try", "/console/people/{person}/notes",
    "/console/people/{person}/handover", "/console/people/{person}/grounds",
    "/console/people/{person}/devices", "/console/people/{person}/devices/give",
    "/console/people/{person}/devices/swap", "/console/people/{person}/devices/take-back",
    "/console/people/{person}/devices/enrolment", "/console/people/{person}/devices/sheet",
    "/console/people/{person}/absences/give", "/console/requests/of/{person}",
}  # fmt: skip


@pytest.fixture
def scene(office: Office) -> OfficeScene:
    return scenes.scene(office)


@pytest.fixture
def theirs(scene: OfficeScene) -> dict[str, str]:
    """Enter another person of the same officer, and return what the record has of them."""
    scene.office.person("P-2", scene.ann)
    scene.order()
    scene.order(OTHER_ORDER)
    now = scene.office.now
    note = WriteNote("P-2", NoteKind.NOTE, now, "A note.")
    ground = RecordGround(
        "P-2", Purpose.SUPERVISION, "ALM-2026-2", now - timedelta(days=1), now, "A stay."
    )
    request = RecordOutsideRequest(
        person="P-2", authority="Police", case_number="KZ-7", reason="A theft.",
        data=(DataCategory.TRAIL,), why_no_less="An hour.", urgency=Urgency.DANGER,
        signed_by="The head", signed_on=now.date(), document_sha256="0" * 64,
        genuine_by_call="Called.", received_at=now, start_at=now - timedelta(hours=1),
        until_at=now,
    )  # fmt: skip
    ann = scene.ann
    return {
        "draft": scene.do(ann, order_drafts.begin, BeginDraft("P-2", OTHER_ORDER.encode())),
        "paper": scene.do(ann, court_papers.attach, AttachPaper("ALM-2", 1, "a.pdf", PDF)),
        "note": scene.do(ann, case_notes.write, note),
        "handover": scene.do(ann, handover_notes.write, WriteHandover("P-2", "Read this.")),
        "ground": scene.do(ann, grounds.record, ground),
        "request": scene.do(ann, outside_requests.record, request),
    }


def addresses(office: Office, theirs: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield by which methods each address is asked that names P-1, and something of P-2."""
    for route in pages_of_actions.routes_of(office, [console]):
        assert isinstance(route, Route)
        if "{person}" in route.path and route.path not in PERSON_ONLY:
            address = route.path.format(person="P-1", **theirs)
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, f"{address}?order=ALM-2&number=1&day=2026-03-01"


def test_nothing_of_another_is_shown_or_changed_under_a_person_s_address(
    scene: OfficeScene, theirs: dict[str, str]
) -> None:
    desk = CaseworkBrowser.of(scene, scene.chief)
    token = csrf.token(str(desk.cookies.get(NAME)))
    before = scene.office.deeds("person", "P-2")
    reached = []
    for method, address in addresses(scene.office, theirs):
        if method == "GET":
            desk.ask(method, address)
        else:
            desk.post(address, {**FIELDS, csrf.FIELD: token}, {"paper": ("b.pdf", PDF)})
        if desk.status not in (404, 422) or scene.office.deeds("person", "P-2") != before:
            reached.append((method, address.partition("?")[0], desk.status))
            before = scene.office.deeds("person", "P-2")
    assert reached == [("GET", "/console/orders/of/P-1", 200)], "but the list of their own orders"
