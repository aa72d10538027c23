"""Two nodes over one database and one folder of keys agree at once on who is gone or barred."""

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.cases.persons import EnterPerson, PersonRequest, PersonView
from mesure.actions.framework import action
from mesure.actions.framework.context import PROGRAM, Actor, Context
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.notification_dispatch import ESCALATED
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType, WebhookRef
from mesure.actions.records import incident_body
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import ActionError
from mesure.machine import clock, texts
from mesure.privacy.purposes import Purpose
from mesure.privacy.quiet_hours import QuietHours
from mesure.privacy.roles import Role
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import erase
from mesure.service.maintenance.erase import EraseRequest
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.service.outgoing.webhook_delivery import NetworkPolicy, WebhookSender
from mesure.store.values.effects import JudgingProgress, JudgingResult
from mesure.store.values.faults import ErasedError
from mesure.store.values.partitions import partition_of
from mesure_lab.demonstration import moving_in
from mesure_lab.demonstration.moving_in import DemoOffice
from tests.actions import raised
from tests.service import installations
from tests.service.sinks import HookSink, hook_sink
from tests.store.databases import PostgresServer

PERSON = "P-1"
EVENTS = 6


class TwoNodes(NamedTuple):
    """Two nodes, and who works there."""

    first: Installation
    second: Installation
    office: DemoOffice


@pytest.fixture
def nodes(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[TwoNodes]:
    with ExitStack() as stack:
        settings = {"database_url": postgres_server.make("together"), "keys": tmp_path / "keys"}
        settings["cluster"] = True
        first = stack.enter_context(installations.begin(tmp_path / "first", **settings))
        own = installations.settings(tmp_path / "second", **settings)
        installation.folder_of(own).make()
        second = stack.enter_context(installation.open_installation(own))
        office = DemoOffice(first, clock.now)
        entered = EnterPerson(PERSON, "Aigerim")
        action.perform(context(first, office.officer), persons.enter, entered)
        yield TwoNodes(first, second, office)


def context(node: Installation, actor: Actor) -> Context:
    return moving_in.context_of(node, actor, clock.now())


def page_of(node: Installation, actor: Actor) -> PersonView:
    request = PersonRequest(person=PERSON, purpose=Purpose.SUPERVISION, case_number="ALM-1")
    return action.perform(context(node, actor), persons.show, request)


def test_who_is_erased_on_one_node_is_gone_on_the_other_at_once(nodes: TwoNodes) -> None:
    officer = nodes.office.officer
    for node in (nodes.first, nodes.second, nodes.second):  # Its keys are in memory by now.
        assert page_of(node, officer).name == "Aigerim"
    key = nodes.second.keyring.find_key(PERSON)
    assert key is not None
    request = EraseRequest(person=PERSON, is_everything=True)
    assert sum(step.things for step in erase.steps(nodes.first, request)) > 0
    assert nodes.second.keyring.find_key(PERSON) is None
    with pytest.raises(ErasedError):
        nodes.second.keyring.key_of(PERSON)
    with pytest.raises(ActionError):
        page_of(nodes.second, officer)


def test_who_is_barred_on_one_node_is_barred_on_the_other_at_once(nodes: TwoNodes) -> None:
    officer, supervisor = nodes.office.officer, nodes.office.supervisor
    assert page_of(nodes.second, officer).name == "Aigerim"
    request = BarRequest(PERSON, officer.account)
    action.perform(context(nodes.first, supervisor), caseload.bar, request)
    with pytest.raises(ActionError):
        page_of(nodes.second, officer)


# --- What leaves the house -----------------------------------------------------------------------


@pytest.fixture
def hooks() -> Iterator[HookSink]:
    with hook_sink() as sink:
        yield sink


def enqueue_events(nodes: TwoNodes, hooks: HookSink) -> None:
    """Register an address, and have events sent there."""
    opened = OpenAccount("Operator", Role.OPERATOR)
    supervisor = context(nodes.first, nodes.office.supervisor)
    account = action.perform(supervisor, staff_accounts.open_account, opened).account
    operator = Actor(account, Role.OPERATOR)
    for number in range(EVENTS):
        address = f"{hooks.address}/{number}"
        request = AddWebhook(address=address, events=(WebhookEventType.INCIDENT_OPENED,))
        added = action.perform(context(nodes.first, operator), webhooks.add, request)
        for node in (nodes.first, nodes.second):  # In one minute it is one event.
            action.perform(context(node, operator), webhooks.try_webhook, WebhookRef(added.webhook))


def notifier(node: Installation, later: timedelta = timedelta(0)) -> Notifier:
    hour = ZoneInfo("UTC")
    ways = DeliveryChannels(hooks=WebhookSender(NetworkPolicy(private=True, loopback=True)))
    quiet = QuietHours(time(21), time(8), hour)
    return Notifier(
        lambda: moving_in.context_of(node, PROGRAM, clock.now() + later),
        ways,
        "https://a.example",
        quiet,
        texts.catalogue,
    )


def count_deliveries(hooks: HookSink) -> Counter[str]:
    return Counter(heard.headers["webhook-id"] for heard in hooks.requests)


def test_the_next_leader_tells_only_what_the_one_before_did_not(
    nodes: TwoNodes, hooks: HookSink
) -> None:
    enqueue_events(nodes, hooks)
    leader = notifier(nodes.first)
    leader.turn()
    leader.settle()
    successor = notifier(nodes.second)
    successor.turn()
    successor.settle()
    assert set(count_deliveries(hooks).values()) == {1}
    assert len(count_deliveries(hooks)) == EVENTS


def test_two_that_both_think_they_lead_tell_it_under_the_same_id(
    nodes: TwoNodes, hooks: HookSink
) -> None:
    """As a leader does that wakes up after another took over: its receiver knows what it is."""
    enqueue_events(nodes, hooks)
    both = [notifier(nodes.first), notifier(nodes.second)]
    for leader in both:
        leader.turn()
    for leader in both:
        leader.settle()
    assert len(count_deliveries(hooks)) == EVENTS
    assert max(count_deliveries(hooks).values()) <= 2
    with nodes.first.store.read() as reading:
        assert reading.due(webhooks.OUTGOING, clock.now_us() + 1, EVENTS) == ()


# --- What nobody opens ---------------------------------------------------------------------------


def raise_breach(node: Installation) -> None:
    now_us = clock.now_us()
    body = incident_body.seal(node.keyring, PERSON, "I-1", 1, raised.EXPLAINED, secrets.token_bytes)
    breach = replace(raised.incident(PERSON, "I-1"), opened_us=now_us, body=body)
    judged = JudgingProgress(PERSON, now_us, 0, "policy", "engine", unsigned=False)
    result = JudgingResult(judged, since_us=0, incidents=(breach,))
    node.store.write(lambda work: work.judge([result], work.claim({partition_of(PERSON)}, "test")))


def at_once(nodes: TwoNodes, later: timedelta = timedelta(0)) -> None:
    """Have both nodes do at the same time what a leader does now and then."""
    with ThreadPoolExecutor(2) as pool:
        both = [notifier(node, later) for node in (nodes.first, nodes.second)]
        list(pool.map(Notifier.turn, both))


def steps(nodes: TwoNodes) -> list[int]:
    with nodes.second.store.read() as reading:
        escalations = RegisterReader(reading, nodes.second.keyring).all(ESCALATED)
        return [one.value.step for one in escalations]


def test_two_that_both_think_they_lead_bring_on_once_what_nobody_opens(nodes: TwoNodes) -> None:
    """Whether it was done is asked in the change itself, of which there is one at a time."""
    at_once(nodes)  # What changes is followed from now on.
    raise_breach(nodes.first)
    at_once(nodes)
    assert steps(nodes) == []  # There still is time to open it.
    at_once(nodes, timedelta(days=7))
    assert steps(nodes) == [1]
    at_once(nodes, timedelta(days=7))
    assert steps(nodes) == [1]
    at_once(nodes, timedelta(days=14))
    assert sorted(steps(nodes)) == [1, 2]
