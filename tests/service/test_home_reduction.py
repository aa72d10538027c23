"""A home is reduced in a store: sealed messages are written anew, and judged as before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.data_rights import erase_homes, retained_data
from mesure.actions.data_rights.retained_data import IncidentClosure, RetentionContext
from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.judging import judge_store
from mesure.actions.orders import binding_order
from mesure.actions.records.procedure import default_retention
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation import pipeline, rules
from mesure.formats.stored import reduced_messages, stored_messages
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.instants import to_datetime, to_us
from mesure.orders.values.span import Span
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.service.maintenance.home_reduction import HomeReducer
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text
from mesure.store.values.faults import UnavailableError
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    ReceivedMessage,
    StoredOrderVersion,
)
from mesure.store.values.register import RegisterRow
from tests.actions import house
from tests.actions.house import Office
from tests.evaluation import scenes
from tests.formats import test_reduce_messages
from tests.formats.test_reduce_messages import POLICY, VERSION

START = datetime(2026, 2, 1, tzinfo=UTC)
TEXT = scenes.order(scenes.CURFEW, scenes.RESIDENCE).encode()


@dataclass
class Home:
    office: Office

    def reducer(self, *, is_dry: bool = False, closed: bool = True) -> HomeReducer:
        def standings(*_: object) -> Callable[[object], IncidentClosure]:
            return lambda _: IncidentClosure(0 if closed else None, is_contested=False)

        means = RetentionContext(default_retention(), standings, self.office.now)
        return HomeReducer(self.office.store, self.office.keyring, means, POLICY, is_dry=is_dry)

    def forms(self) -> list[str]:
        with self.office.store.read() as reading:
            return [one.form for one in reading.messages("P-1", *retained_data.EVER_US)]

    def judge_again(self) -> object:
        """Return what is judged of what is kept now."""
        with self.office.store.read() as reading:
            [duty] = judge_store.duties(reading, self.office.keyring, "P-1")
            messages = [
                StoredMessage(
                    message.place.sequence,
                    message.device,
                    message.form,
                    message.received_us,
                    judge_store.open_message(self.office.keyring, message),
                )
                for message in reading.messages("P-1", *retained_data.EVER_US)
            ]
        policy = POLICY.at(START.date(), duty.device_class)
        ready = rules.prepare(duty.versions, policy, self.office.now)
        until_us = to_us(self.office.now)
        hearing = stored_messages.hear(messages, duty.spans, duty.classes, policy, until_us)
        statement = pipeline.replay(ready, hearing.to_judge, until_us)
        return statement.assessments, statement.superseded, statement.episodes


def enter(office: Office) -> None:
    office.person("P-1")
    key = office.keyring.key_of("P-1")

    def change(work: WriteTransaction) -> None:
        plain = order_text.pack(TEXT, {})
        body = sealing.seal(key, plain, binding_order.seal_context("P-1", "A-1", 1), office.chance)
        digests = sha256(TEXT).digest(), sha256(plain).digest()
        work.add_order(Order("A-1", "P-1", START, "test"))
        in_force = Span(VERSION.in_force.start, VERSION.in_force.end)
        work.add_version(
            StoredOrderVersion("A-1", 1, *digests, body, in_force, START, "test", START, "test")
        )
        work.add_device(Device("D-1", START, "test"))
        work.keep_assignment(Assignment("D-1", "P-1", "A-1", START, None))
        rows = Register(work, office.keyring, office.chance, START)
        rows.add(ENROLLED, "D-1", EnrolledDevice("phone", START, "test"))
        for message in test_reduce_messages.night():
            bound = sealing.message_seal_context("P-1", "D-1", message.sequence)
            sealed = sealing.seal(key, message.body, bound, office.chance)
            first_us = message.received_us - 3_300_000_000
            share = MessageShare("P-1", first_us, message.received_us, sealed)
            digest = sha256(message.body).digest()
            work.append(
                [
                    ReceivedMessage(
                        "D-1", message.sequence, SIGNED, message.received_us, digest, (share,)
                    )
                ]
            )

    office.store.write(change)


@contextmanager
def open_home(folder: Path) -> Iterator[Home]:
    with house.office(folder) as office:
        enter(office)
        office.now = START + timedelta(days=20)
        yield Home(office)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path) as home:
        yield home


def test_presence_is_left_and_nothing_that_is_judged_changes(home: Home) -> None:
    before, size = home.judge_again(), len(home.forms())
    dry = list(home.reducer(is_dry=True).steps("P-1"))
    assert set(home.forms()) == {SIGNED}
    steps = list(home.reducer().steps("P-1"))
    assert steps == dry
    assert {step.sort for step in steps} == {RetentionKind.HOME_DETAIL}
    assert [step.persons for step in steps] == [1, 0]  # A day each.
    assert sum(step.things for step in steps) > 380
    forms = home.forms()
    assert len(forms) == size
    assert forms.count(reduced_messages.FORM) > 28
    assert home.judge_again() == before
    record = home.office.last()
    assert record["action"] == "erasure.homes"
    assert (record["persons"], record["facts"]["fixes"]) == ([], steps[-1].things)


def test_what_was_gone_through_is_not_gone_through_again(home: Home) -> None:
    list(home.reducer().steps("P-1"))
    size = len(home.office.log())
    assert list(home.reducer().steps("P-1")) == []
    assert len(home.office.log()) == size


def come_late(home: Home, number: int, counter: int) -> None:
    """Receive now what a device says of a night long ago."""
    come(home, test_reduce_messages.night()[number], counter, to_us(home.office.now))


def come(home: Home, message: StoredMessage, counter: int, received_us: int) -> None:
    bound = sealing.message_seal_context("P-1", "D-1", counter)
    key = home.office.keyring.key_of("P-1")
    sealed = sealing.seal(key, message.body, bound, home.office.chance)
    span_us = message.received_us - 3_300_000_000, message.received_us
    share = MessageShare("P-1", min(span_us[0], received_us), span_us[1], sealed)
    digest = sha256(b"%d" % counter).digest()
    record = ReceivedMessage("D-1", counter, SIGNED, received_us, digest, (share,))
    home.office.store.write(lambda work: work.append([record]))


def test_what_comes_later_than_its_day_was_gone_through_is_reduced_as_well(home: Home) -> None:
    """A device that was off for more than six days: it stayed as it came, for two months."""
    list(home.reducer().steps("P-1"))
    home.office.later(days=1)
    before, size = home.judge_again(), home.forms().count(SIGNED)
    for number, counter in ((3, 9_000), (len(test_reduce_messages.night()) - 3, 9_001)):
        come_late(home, number, counter)
    dry = list(home.reducer(is_dry=True).steps("P-1"))
    assert home.forms().count(SIGNED) == size + 2
    assert list(home.reducer().steps("P-1")) == dry
    assert home.forms().count(SIGNED) == size
    assert home.judge_again() == before
    log = len(home.office.log())
    assert list(home.reducer().steps("P-1")) == []
    assert len(home.office.log()) == log


def test_what_a_device_says_of_a_time_to_come_is_reduced_with_the_day_of_its_receipt(
    home: Home,
) -> None:
    """By a clock that is ahead it stayed as it came until that time was over, for two months."""
    received_us = test_reduce_messages.night()[-1].received_us + 3_600_000_000
    at_home = scenes.stay("22T05:00", "22T06:00", 30.0, every_s=300)
    come(home, test_reduce_messages.message(9_000, at_home), 9_000, received_us)
    home.office.now = to_datetime(received_us) + timedelta(days=6, hours=12)
    list(home.reducer().steps("P-1"))
    with home.office.store.read() as reading:
        logged = [*reading.messages("P-1", *retained_data.EVER_US)]
    [form] = [one.form for one in logged if one.share.last_us > one.received_us]
    assert form == reduced_messages.FORM


def test_a_run_that_is_broken_off_leaves_what_came_late_to_the_next(home: Home) -> None:
    list(home.reducer().steps("P-1"))
    size = home.forms().count(SIGNED)
    for number, counter in ((3, 9_000), (len(test_reduce_messages.night()) - 3, 9_001)):
        come_late(home, number, counter)
    reducer, reduce = home.reducer(), HomeReducer._reduce
    tried: list[object] = []

    def once(*request: Any) -> Any:
        tried.append(request)
        if len(tried) > 1:
            raise UnavailableError("The disk is full.")
        return reduce(*request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HomeReducer, "_reduce", once)
        with pytest.raises(UnavailableError):
            list(reducer.steps("P-1"))
    assert home.forms().count(SIGNED) == size + 1
    list(home.reducer().steps("P-1"))
    assert home.forms().count(SIGNED) == size


def test_what_a_clock_ahead_went_through_is_gone_through_again(home: Home) -> None:
    now = home.office.now
    home.office.now = now + timedelta(days=300)
    list(home.reducer().steps("P-1"))
    size = home.forms().count(SIGNED)
    home.office.now = now
    come_late(home, 3, 9_000)
    list(home.reducer().steps("P-1"))
    assert home.forms().count(SIGNED) == size


def test_a_row_of_an_earlier_version_leads_through_all_of_it_once_more(home: Home) -> None:
    list(home.reducer().steps("P-1"))
    size = home.forms().count(SIGNED)
    come_late(home, 3, 9_000)
    with home.office.store.read() as reading:
        entry = reading.entry(erase_homes.CURSOR, "P-1")
    assert entry is not None
    until_us, _, _ = entry.body.partition(b" ")
    former = RegisterRow(erase_homes.CURSOR, "P-1", entry.revision + 1, None, until_us, 0)
    home.office.store.write(lambda work: work.put(former))
    list(home.reducer().steps("P-1"))
    assert home.forms().count(SIGNED) == size


def test_within_the_buffer_nothing_is_touched(home: Home) -> None:
    home.office.now = START + timedelta(days=14)
    assert list(home.reducer().steps("P-1")) == []
    assert set(home.forms()) == {SIGNED}


def test_somebody_without_messages_or_order_is_passed_over(home: Home) -> None:
    home.office.person("P-2")
    assert list(home.reducer().steps("P-2")) == []
