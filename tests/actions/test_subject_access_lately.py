"""Whatever the house keeps of a person since it has drafts, notices, answers and statistics.

The raw look here opens every sealed row, with the keys of the house too, and asks for nothing but
the id: a new kind of row that names a person and is not handed out is found by it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mesure.actions.accounts import passkeys, printed_cards, sign_in
from mesure.actions.accounts.passkeys import PasskeyResponse
from mesure.actions.bundles import bundle_grounds
from mesure.actions.bundles.bundle_grounds import RequestBundleGround
from mesure.actions.cases import caseload, persons
from mesure.actions.data_rights import erasure, outside_requests, subject_access
from mesure.actions.data_rights.decrypted_rows import RowCipher
from mesure.actions.data_rights.erasure import DuePersons
from mesure.actions.data_rights.outside_requests import DataCategory, RecordOutsideRequest, Urgency
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.devices import enrolment_record
from mesure.actions.devices.enrolment_record import (
    EnrolmentTopic,
    RecordEnrolment,
    SignatureOutcome,
)
from mesure.actions.framework import idempotency  # fmt: skip
from mesure.actions.framework.action import ActionContext, ActionType, EmptyRequest, perform
from mesure.actions.framework.context import PROGRAM, VISITOR
from mesure.actions.framework.public_address import Site
from mesure.actions.incidents import contests, statistics
from mesure.actions.incidents.contests import IncidentStatement
from mesure.actions.notifications import notification_dispatch, webhooks
from mesure.actions.notifications.notification_dispatch import NotifyChanges
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType, WebhooksRequest
from mesure.actions.orders import absences, order_drafts
from mesure.instants import to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.values.tables import TABLES, columns
from tests.actions.authenticator import SoftwareAuthenticator
from tests.actions.test_subject_access import WITHOUT
from tests.service import bundled
from tests.service.bundled import NOW, OFFICER, PERSON, SUPERVISOR, TEXT, Bundled

# What names nobody but tells what was counted; numbers under five persons are not shown.
UNNAMED = {"statistics"}


def outside(case: Bundled) -> None:
    request = RecordOutsideRequest(
        person="P-1", authority="Police of the district", case_number="7-1", reason="A theft.",
        data=(DataCategory.ORDER,), why_no_less="Nothing less serves.", urgency=Urgency.ORDINARY,
        signed_by="Somebody", signed_on=date(2026, 2, 13), document_sha256="ab" * 32,
        genuine_by_call="Called back.", received_at=NOW,
    )  # fmt: skip
    case.office.do(OFFICER, outside_requests.record, request)


def enrolment(case: Bundled) -> None:
    request = RecordEnrolment(
        order="A-1",
        decision="7",
        decided_on=date(2026, 2, 1),
        language="en",
        interpreter=False,
        explained=tuple(EnrolmentTopic),
        household_told=True,
        signature=SignatureOutcome.SIGNED,
        paper="Shelf 7",
        explained_at=NOW,
    )
    case.office.do(OFFICER, enrolment_record.record, request)


def absence(case: Bundled) -> None:
    start = NOW + timedelta(days=1)
    request = absences.RequestAbsence(
        order="A-1", conditions=("C1",), start_at=start, until_at=start + timedelta(hours=2),
        reason="The dentist.",
    )  # fmt: skip
    case.office.do(PERSON, absences.ask, request)


def notices(case: Bundled) -> None:
    office = case.office
    operator = office.account("A-8", Role.OPERATOR)
    hook = AddWebhook(address="https://hooks.example/", events=tuple(WebhookEventType))
    office.do(operator, webhooks.add, hook)
    news = NotifyChanges(time(21), time(8), "UTC")
    office.do(PROGRAM, notification_dispatch.follow, news)
    office.write(lambda rows, _: _from_the_beginning(rows))
    office.do(PERSON, contests.make, IncidentStatement(case.incident().id, "I was at work."))
    office.do(PROGRAM, notification_dispatch.follow, news)


def _from_the_beginning(rows: Any) -> None:
    row = rows.need(notification_dispatch.FOLLOWING, notification_dispatch.WHERE)
    rows.change(row, msgspec.structs.replace(row.value, change=0, number=0))


def answers(case: Bundled) -> None:
    """Answer another program about one person, and about two at once."""
    office = case.office
    request = persons.ChangeDetails("P-1", "Somebody")
    idempotency.perform_once(office.context(OFFICER), persons.change_details, request, "k-1")

    def both(doing: ActionContext, _: WebhooksRequest) -> str:
        doing.case("P-1")
        doing.case("P-2")
        return "a secret of P-2"

    wanted: Any = replace(
        webhooks.list_webhooks,
        sort=ActionType.CHANGE,
        allows=frozenset({Role.SUPERVISOR}),
        gives=str,
    )
    wanted = replace(wanted, begin=lambda _, request: lambda doing: both(doing, request))
    idempotency.perform_once(office.context(SUPERVISOR), wanted, WebhooksRequest(), "k-2")


def sign_ins(case: Bundled) -> None:
    office = case.office
    card = office.do(OFFICER, printed_cards.give, printed_cards.GiveCard("P-1"))
    lawyer = printed_cards.InviteCounsel("P-1", "A lawyer", NOW + timedelta(days=30))
    office.do(PERSON, printed_cards.invite, lawyer)
    office.do(VISITOR, sign_in.by_card, sign_in.CardSignIn(card.code, "274193"))
    site = Site.at("https://mesure.example", "Mesure")
    context = replace(office.context(OFFICER), site=site, signed_in_at=office.now)
    ceremony = perform(context, passkeys.begin, EmptyRequest())
    device = SoftwareAuthenticator(site.origin)
    signed = PasskeyResponse(ceremony.challenge, device.make(ceremony.options), "phone")
    perform(context, passkeys.add, signed)


def fill(case: Bundled) -> None:
    office = case.office
    case.attach()
    office.do(PERSON, contests.say, IncidentStatement(case.incident().id, "I was at work."))
    request = RequestBundleGround(case.incident().id, Purpose.COURT, "ALM-1", "The court asks.")
    office.do(OFFICER, bundle_grounds.ask, request)
    draft = order_drafts.BeginDraft("P-1", TEXT, {"map.geojson": b"{}"})
    office.do(OFFICER, order_drafts.begin, draft)
    office.do(SUPERVISOR, caseload.bar, caseload.BarRequest("P-1", "A-9"))
    for part in (outside, enrolment, absence, notices, answers, sign_ins):
        part(case)
    office.do(PROGRAM, statistics.count, EmptyRequest())


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path) as case:
        case.office.person("P-2", OFFICER)
        case.office.account("A-9", Role.OFFICER)
        fill(case)
        yield case


def rows_naming(case: Bundled, person: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every row that names a person once it is opened, or hangs on one that does."""
    office = case.office
    with office.store.read() as reading:
        orders = {row[0]: row[1] for row in reading.rows("court_order")}
        bodies = RowCipher(office.keyring, office.chance, orders)
        for table in TABLES:
            for row in reading.rows(table):
                opened = bodies.unseal(table, row)
                if any(_has(value, person) for value in opened):
                    yield table, dict(zip(columns(table), opened, strict=True))


def _has(value: object, person: str) -> bool:
    data = value if isinstance(value, bytes) else str(value).encode()
    return person.encode() in data


def _known(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    count, names = TABLES[table]
    return tuple(row[name] for name in names[:count])


def test_every_opened_row_that_names_the_person_is_handed_out(case: Bundled) -> None:
    named = [(table, row) for table, row in rows_naming(case, "P-1") if table not in WITHOUT]
    tables = case.office.do(PERSON, subject_access.everything, OwnRecordRequest("P-1")).tables
    there = {(table, _known(table, row)) for table, rows in tables.items() for row in rows}
    missing = [
        (table, _known(table, row))
        for table, row in named
        if (table, _known(table, row)) not in there and row.get("kind") not in UNNAMED
    ]
    assert missing == []
    kinds = {row["kind"] for row in tables["register"]}
    assert kinds >= {
        "absence", "account", "answer", "attachment", "attachment_part", "case", "contest", "deed",
        "details", "enrolment_record", "ground", "order_draft", "order_draft_piece",
        "outside_request", "statement",
    }  # fmt: skip
    assert {row["kind"] for row in tables["outgoing"]} >= {"notice"}


def test_the_scan_is_no_smaller_than_what_is_in_the_file(case: Bundled, tmp_path: Path) -> None:
    """The kinds of rows in the file are those that this page filled; a new one is to be added."""
    with closing(sqlite3.connect(tmp_path / "mesure.db")) as raw:
        kinds = {kind for (kind,) in raw.execute("SELECT DISTINCT kind FROM register")}
    assert {"statistics", "used_state", "webhook", "following", "answer", "order_draft"} <= kinds


def test_statistics_and_what_was_used_of_a_passkey_name_nobody(case: Bundled) -> None:
    for table, row in rows_naming(case, "P-1"):
        if table in {"register", "register_key"}:
            assert row["kind"] not in {"statistics", "used_state", "webhook", "following"}


def test_neither_another_person_nor_a_secret_is_handed_out(case: Bundled) -> None:
    tables = case.office.do(PERSON, subject_access.everything, OwnRecordRequest("P-1")).tables
    assert "P-2" not in str(tables)
    assert "a secret" not in str(tables)
    answers = [row["body"] for row in tables["register"] if row["kind"] == "answer"]
    assert [set(body) for body in answers] == [{"day"}, {"day"}]
    several = [row for row in tables["audit_record"] if row["record"].get("others")]
    assert several
    assert all((row["record"]["persons"], row["salt"]) == (["P-1"], None) for row in several)


def test_whoever_is_erased_leaves_ids_and_what_is_somebody_elses_too(case: Bundled) -> None:
    """The ids stay, so that nothing is kept under them again; a line that names two stays."""
    case.office.keyring.forget("P-1", to_us(NOW))
    case.office.do(PROGRAM, erasure.erase_persons, DuePersons(("P-1",), "ordered"))
    with case.office.store.read() as reading:
        others = {entry.id for entry in reading.entries_with_key("deed", "person", "P-2", "")}
    left = list(rows_naming(case, "P-1"))
    keys = [row for table, row in left if table == "register_key"]
    assert all(row["kind"] == "deed" and row["id"] in others for row in keys)
    records = [row for table, row in left if table == "audit_record"]
    assert all(b"P-2" in row["record"] for row in records)
    ids = {"person", "court_order", "assignment", "bound"}
    assert {table for table, _ in left} <= ids | {"register_key", "audit_record"}
