"""What strangers try in vain is entered at first, and counted from then on; nothing else is."""

from dataclasses import replace

import pytest

from mesure.actions.accounts import passkeys
from mesure.actions.accounts.passkeys import PasskeyResponse
from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import DeviceRef, IntroduceDevice, IssueCode
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import VISITOR, Actor, Context
from mesure.actions.framework.public_address import Site
from mesure.actions.limits.token_buckets import RateLimit
from mesure.actions.limits.unknown_callers import UnknownCallerCounter
from mesure.actions.refusals.refusals import ActionError
from mesure.privacy.roles import Role
from tests.actions.house import Office
from tests.actions.receiving import key

FEW = RateLimit(burst=3, per_s=0.1)


@pytest.fixture
def operator(office: Office) -> Actor:
    return office.account("op", Role.OPERATOR)


@pytest.fixture
def strangers() -> UnknownCallerCounter:
    return UnknownCallerCounter(FEW)


def context(office: Office, strangers: UnknownCallerCounter) -> Context:
    site = Site.at("https://mesure.example", "Mesure")
    return replace(office.context(VISITOR), site=site, tally=strangers)


def try_passkeys(office: Office, strangers: UnknownCallerCounter, times: int) -> int:
    """Come with a passkey that is none, and return how many entries that made."""
    before = len(office.log())
    for _ in range(times):
        with pytest.raises(ActionError):
            perform(context(office, strangers), passkeys.by_passkey, PasskeyResponse("x", "{}"))
    return len(office.log()) - before


def test_what_is_tried_again_and_again_is_counted(
    office: Office, strangers: UnknownCallerCounter
) -> None:
    assert try_passkeys(office, strangers, 1_000) == 3
    office.later(seconds=11)
    assert try_passkeys(office, strangers, 2) == 1
    assert office.last()["facts"] == {"refused": "link", "more": 997}
    office.later(seconds=11)
    assert try_passkeys(office, strangers, 1) == 1
    assert office.last()["facts"]["more"] == 1


def test_introductions_of_strangers_are_counted_and_that_of_a_device_is_entered(
    office: Office, strangers: UnknownCallerCounter, operator: Actor
) -> None:
    office.do(operator, enrolment_codes.add, DeviceRef("D-7"))
    code = office.do(operator, enrolment_codes.give_code, IssueCode("D-7")).code
    before = len(office.log())

    def introduce_device(name: str, code: str) -> str:
        request = IntroduceDevice(name, "phone", key(1).key, code)
        return perform(context(office, strangers), enrolment_codes.introduce, request).fate.value

    for _ in range(20):
        assert introduce_device("D-7", "WRONG") == introduce_device("D-9", "") == "no_code"
    assert len(office.log()) - before == 3
    assert introduce_device("D-7", code) == "enrolled"
    assert office.last()["facts"]["device"] == "D-7"


def test_what_somebody_who_signed_in_is_refused_is_entered_each_time(
    office: Office, strangers: UnknownCallerCounter, operator: Actor
) -> None:
    before = len(office.log())
    for _ in range(10):
        operator_context = replace(office.context(operator), tally=strangers)
        with pytest.raises(ActionError):
            perform(operator_context, passkeys.by_passkey, PasskeyResponse("x", "{}"))
    assert len(office.log()) - before == 10
