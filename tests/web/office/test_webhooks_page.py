"""An operator has an address told of events, tries it, and removes it."""

import base64

import pytest

from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import WebhooksRequest
from mesure.instants import to_us
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.filled import Filled
from tests.web.office.test_accounts_page import browser_of

ADDRESS = "/office/webhooks"
HOOK = "https://hooks.example/mesure"


@pytest.fixture
def operator(office: Office, there: Filled) -> Browser:
    return browser_of(office, "operator")


def _add(office: Office, there: Filled, operator: Browser) -> str:
    operator.open(ADDRESS)
    operator.send(ADDRESS, receiver=HOOK, event_1="incident.opened")
    [hook] = office.do(there.operator, webhooks.list_webhooks, WebhooksRequest())
    return hook.webhook


def test_a_secret_is_shown_once(office: Office, there: Filled, operator: Browser) -> None:
    operator.open(ADDRESS)
    assert "No webhook is registered." in operator.text
    _add(office, there, operator)
    secret = operator.page.partition("whsec_")[2].partition("<")[0]
    assert len(base64.b64decode(secret)) == 32
    operator.open(ADDRESS)
    assert secret not in operator.page
    assert HOOK in operator.text
    assert "nothing waits" in operator.text
    assert "a possible breach was raised" in operator.text
    assert "Rustem Alimov" in operator.text


def _finish(office: Office, outcome: str) -> None:
    with office.store.read() as reading:
        [row] = reading.due("webhook", to_us(office.now), 10)
    office.store.write(lambda work: work.finish("webhook", row.key, outcome))


@pytest.mark.parametrize(
    ("outcome", "phrase"),
    [
        ("webhook", "The receiver took the test event."),
        ("given_up: gone", "The receiver refused the test event for good."),
    ],
)
def test_what_became_of_a_test_event_is_told(
    office: Office, there: Filled, operator: Browser, outcome: str, phrase: str
) -> None:
    hook = _add(office, there, operator)
    operator.open(ADDRESS)
    operator.send(f"{ADDRESS}/{hook}/try")
    assert "The test event is being sent." in operator.text
    assert "1 event waits" in operator.text
    _finish(office, outcome)
    trial = f"{office.now:%Y%m%dT%H%M}"
    operator.open(f"{ADDRESS}?of={hook}&sent={trial}")
    assert phrase in operator.text
    assert "nothing waits" in operator.text


def test_a_receiver_that_takes_nothing_is_seen(
    office: Office, there: Filled, operator: Browser
) -> None:
    hook = _add(office, there, operator)
    operator.open(ADDRESS)
    operator.send(f"{ADDRESS}/{hook}/try")
    with office.store.read() as reading:
        [row] = reading.due("webhook", to_us(office.now), 10)
    later_us = row.due_us + 3_600_000_000
    office.store.write(lambda work: work.again("webhook", row.key, later_us, "status_500"))
    trial = f"{office.now:%Y%m%dT%H%M}"
    operator.open(f"{ADDRESS}?of={hook}&sent={trial}")
    assert "1 event waits; tried 1 time: status_500" in operator.text
    assert "The receiver did not take the test event yet." in operator.text


def test_what_is_wrong_stands_at_its_field(operator: Browser) -> None:
    operator.open(ADDRESS)
    operator.send(ADDRESS, receiver="")
    assert operator.status == 422
    assert "Enter the address of the receiver." in operator.text
    assert "Tick at least one event." in operator.text
    operator.send(ADDRESS, receiver="http://hooks.example", event_1="incident.opened")
    assert 'id="receiver-fault"' in operator.page
    assert 'value="incident.opened" checked' in operator.page


def test_a_webhook_is_removed_after_it_was_asked_once_more(
    office: Office, there: Filled, operator: Browser
) -> None:
    hook = _add(office, there, operator)
    operator.open(ADDRESS)
    operator.send(f"{ADDRESS}/{hook}/remove")
    assert "Its secret is gone." in operator.text
    operator.send(f"{ADDRESS}/{hook}/remove", sure="yes")
    assert "It was removed." in operator.text
    operator.send(f"{ADDRESS}/{hook}/remove")
    assert operator.status == 404


def test_a_supervisor_reads_and_changes_nothing(office: Office, there: Filled) -> None:
    chief = browser_of(office, "supervisor")
    chief.open(ADDRESS)
    assert "An operator adds and removes webhooks." in chief.text
    chief.send(ADDRESS, receiver=HOOK, event_1="incident.opened")
    assert chief.status == 403
