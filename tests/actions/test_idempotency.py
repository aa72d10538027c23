from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import ChangeDetails, EnterPerson
from mesure.actions.data_rights import erasure
from mesure.actions.data_rights.erasure import DuePersons
from mesure.actions.framework import idempotency
from mesure.actions.framework.action import ActionContext, ActionType
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.framework.idempotency import ANSWER, ForgetAnswers
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import (
    AddWebhook,
    NewWebhook,
    WebhookEventType,
    WebhooksRequest,
    WebhookView,
)
from mesure.actions.records.record_types import Register, RegisterReader
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError
from mesure.instants import to_us
from mesure.privacy.roles import Role
from mesure.store.values.register import KEYS_MAX
from tests.actions.house import Office

HOOK = AddWebhook(address="https://hooks.example/", events=(WebhookEventType.INCIDENT_OPENED,))


@pytest.fixture
def operator(office: Office) -> Actor:
    return office.account("O-1", Role.OPERATOR)


def _add(office: Office, actor: Actor, key: str, hook: AddWebhook = HOOK) -> NewWebhook:
    return idempotency.perform_once(office.context(actor), webhooks.add, hook, key)


def _count(office: Office, actor: Actor) -> int:
    return len(office.do(actor, webhooks.list_webhooks, WebhooksRequest()))


def test_what_is_asked_for_again_is_done_once_and_answered_alike(
    office: Office, operator: Actor
) -> None:
    officer = office.account("K-1", Role.OFFICER)
    request = EnterPerson("P-9", "Somebody")
    for _ in range(2):
        context = office.context(officer)
        assert idempotency.perform_once(context, persons.enter, request, "k-1") is None
    assert [one["action"] for one in office.log()].count("persons.enter") == 1


def test_a_secret_that_was_shown_once_is_not_kept_and_does_not_come_out_again(
    office: Office, operator: Actor
) -> None:
    added = _add(office, operator, "k-1")
    with pytest.raises(ActionConflictError, match="shown_once"):
        _add(office, operator, "k-1")
    assert _count(office, operator) == 1
    with office.store.read() as reading:
        [row] = RegisterReader(reading, office.keyring).all(ANSWER)
    assert added.secret.encode() not in row.value.answer


def test_another_key_is_another_request(office: Office, operator: Actor) -> None:
    assert _add(office, operator, "k-1") != _add(office, operator, "k-2")
    assert _count(office, operator) == 2


def test_the_same_key_with_something_else_in_it_is_refused(office: Office, operator: Actor) -> None:
    _add(office, operator, "k-1")
    other = msgspec.structs.replace(HOOK, address="https://other.example/")
    with pytest.raises(ActionConflictError, match="key_used"):
        _add(office, operator, "k-1", other)
    assert _count(office, operator) == 1


def test_nobody_gets_what_another_was_answered(office: Office, operator: Actor) -> None:
    other = office.account("O-2", Role.OPERATOR)
    assert _add(office, operator, "k-1") != _add(office, other, "k-1")


def test_a_refusal_is_entered_and_not_remembered(office: Office, operator: Actor) -> None:
    officer = office.account("K-1", Role.OFFICER)
    for _ in range(2):
        with pytest.raises(NotAllowedError):
            _add(office, officer, "k-1")
    assert [one["facts"].get("refused") for one in office.log()] == ["role", "role"]


def test_answers_are_sealed_and_go_after_a_day(office: Office, operator: Actor) -> None:
    added = _add(office, operator, "k-1")
    with office.store.read() as reading:
        [entry] = reading.entries_of_kind(ANSWER.name)
        assert added.secret.encode() not in entry.body
    day = office.now.date()
    office.later(days=2)
    assert office.do(PROGRAM, idempotency.forget_answers, ForgetAnswers(day)) == 1
    with office.store.read() as reading:
        assert not list(RegisterReader(reading, office.keyring).all(ANSWER))


def test_old_answers_are_forgotten_and_fresh_ones_are_kept(office: Office, operator: Actor) -> None:
    _add(office, operator, "k-1")
    assert idempotency.forget_old(office.context(PROGRAM)) == 0
    office.later(days=1)
    _add(office, operator, "k-2")
    assert idempotency.forget_old(office.context(PROGRAM)) == 0
    office.later(days=1)
    assert idempotency.forget_old(office.context(PROGRAM)) == 1
    before = len(office.log())
    assert idempotency.forget_old(office.context(PROGRAM)) == 0
    assert len(office.log()) == before


def test_answers_of_today_are_not_forgotten(office: Office) -> None:
    with pytest.raises(AssertionError):
        office.do(PROGRAM, idempotency.forget_answers, ForgetAnswers(office.now.date()))
    yesterday = (office.now - timedelta(days=1)).date()
    with pytest.raises(AssertionError):
        office.do(PROGRAM, idempotency.forget_answers, ForgetAnswers(yesterday))


# --- About persons -------------------------------------------------------------------------------


def _ask(office: Office, officer: Actor, person: str, key: str = "k-1") -> Any:
    request = ChangeDetails(person, "Somebody")
    return idempotency.perform_once(office.context(officer), persons.change_details, request, key)


def test_an_answer_about_a_person_is_theirs_and_goes_with_them(office: Office) -> None:
    officer = office.account("K-1", Role.OFFICER)
    for person in ("P-1", "P-2"):
        office.person(person, officer)
        _ask(office, officer, person, person)
    with office.store.read() as reading:
        assert {one.person for one in reading.entries_of_kind(ANSWER.name)} == {"P-1", "P-2"}
    office.keyring.forget("P-1", to_us(office.now))
    office.do(PROGRAM, erasure.erase_persons, DuePersons(("P-1",), "ordered"))
    with office.store.read() as reading:
        assert [one.person for one in reading.entries_of_kind(ANSWER.name)] == ["P-2"]


@pytest.mark.parametrize("others", [1, KEYS_MAX + 3])
def test_an_answer_about_many_goes_with_the_first_of_them(office: Office, others: int) -> None:
    chief = office.account("S-1", Role.SUPERVISOR)
    everybody = [office.person(f"P-{number}") for number in range(others + 1)]

    def both(doing: ActionContext) -> tuple[WebhookView, ...]:
        for person in everybody:
            doing.case(person)
        return ()

    wanted = replace(
        webhooks.list_webhooks, sort=ActionType.CHANGE, allows=frozenset({Role.SUPERVISOR})
    )
    wanted = replace(wanted, begin=lambda _context, _asked: both)
    assert idempotency.perform_once(office.context(chief), wanted, WebhooksRequest(), "k-1") == ()
    assert idempotency.perform_once(office.context(chief), wanted, WebhooksRequest(), "k-1") == ()
    office.keyring.forget("P-1", to_us(office.now))
    office.do(PROGRAM, erasure.erase_persons, DuePersons(("P-1",), "ordered"))
    with office.store.read() as reading:
        assert reading.entries_of_kind(ANSWER.name) == ()


def test_answers_about_persons_are_forgotten_without_a_look_at_them(office: Office) -> None:
    officer = office.account("K-1", Role.OFFICER)
    office.person("P-1", officer)
    _ask(office, officer, "P-1")
    office.keyring.forget("P-1", to_us(office.now))  # Nobody can open it any more.
    office.later(days=2)
    assert idempotency.forget_old(office.context(PROGRAM)) == 1
    assert office.last()["persons"] == []


def test_whoever_lost_the_case_hears_no_answer_about_it(office: Office) -> None:
    officer, other = office.account("K-1", Role.OFFICER), office.account("K-2", Role.OFFICER)
    office.person("P-1", officer)
    _ask(office, officer, "P-1")
    office.write(lambda rows, _: _give(rows, other))
    with pytest.raises(NotAllowedError):
        _ask(office, officer, "P-1")


def _give(rows: Register, officer: Actor) -> None:
    row = rows.need(CASE, "P-1")
    rows.change(row, CaseFile("P-1", officer.account))
