"""Who sets a device up sees how it is heard, of the last day, and of nobody who had it before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mesure.actions.devices import app_enrolment, assignments, enrolment_codes, message_log
from mesure.actions.devices.app_enrolment import EnrolUnsignedApp, UnsignedAppCredentials
from mesure.actions.devices.assignments import AssignDevice
from mesure.actions.devices.enrolment_codes import DeviceRef
from mesure.actions.devices.message_log import LATELY, SHOWN_MAX, DeviceMessageLog
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import Actor
from mesure.actions.records.app_records import AppFamily
from mesure.actions.refusals.refusals import ActionConflictError, ActionError, NotAllowedError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest
from mesure.formats.stored.message_reader import MessageReader
from mesure.privacy.roles import Role
from mesure.web.dependencies import default_thresholds
from tests.actions.house import Office
from tests.actions.scene import OfficeScene
from tests.evaluation import scenes
from tests.web import pilot_door

POLICY = scenes.default_policy()


@pytest.fixture
def operator(office: Office) -> Actor:
    return office.account("Olga", Role.OPERATOR)


@pytest.fixture
def phone(office: Office, operator: Actor) -> UnsignedAppCredentials:
    office.do(operator, enrolment_codes.add, DeviceRef("D-7"))
    return office.do(
        operator, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-7", AppFamily.OWNTRACKS)
    )


def send(office: Office, phone: UnsignedAppCredentials, **more: object) -> int:
    location = {"_type": "location", "lat": 43.25, "lon": 76.92, "acc": 8, "tid": "ph"}
    location |= {"tst": int(office.now.timestamp()), **more}
    login, _, device = phone.claimed.partition("/")
    headers = pilot_door.basic(login, phone.password) | {"X-Limit-U": login, "X-Limit-D": device}
    return pilot_door.say(office, "/pilot/owntracks", location, headers).status_code


def read_log(office: Office, actor: Actor, device: str = "D-7") -> DeviceMessageLog:
    context = replace(office.context(actor), reader=MessageReader(default_thresholds()))
    return perform(context, message_log.list_messages, DeviceRef(device))


def test_the_latest_come_first_and_not_too_many(
    office: Office, operator: Actor, phone: UnsignedAppCredentials
) -> None:
    for _ in range(SHOWN_MAX + 2):
        assert send(office, phone) == 200
        office.later(minutes=1)
    log = read_log(office, operator)
    assert len(log.messages) == SHOWN_MAX
    received = [one.received_at for one in log.messages]
    assert received == sorted(received, reverse=True)
    assert received[0] == office.now - timedelta(minutes=1)
    assert not log.is_carried


def test_what_is_older_than_a_day_is_not_shown(
    office: Office, operator: Actor, phone: UnsignedAppCredentials
) -> None:
    send(office, phone)
    send(office, replace_password(phone))
    office.later(seconds=LATELY.total_seconds() + 1)
    log = read_log(office, operator)
    assert (log.messages, log.refused) == ((), ())


def replace_password(phone: UnsignedAppCredentials) -> UnsignedAppCredentials:
    return UnsignedAppCredentials(phone.device, phone.claimed, phone.login, "another")


def test_a_wrong_password_is_told_of_the_phone_whose_name_it_has(
    office: Office, operator: Actor, phone: UnsignedAppCredentials
) -> None:
    assert send(office, replace_password(phone)) == 403
    assert send(office, phone, tst=None) == 200
    log = read_log(office, operator)
    assert {one.reason for one in log.refused} == {"not_enrolled", "no_time"}
    office.do(operator, enrolment_codes.add, DeviceRef("D-8"))
    assert read_log(office, operator, "D-8").refused == ()


def test_whoever_may_not_open_the_case_sees_nothing_of_a_device_that_is_carried(
    office: Office, scene: OfficeScene, operator: Actor, phone: UnsignedAppCredentials
) -> None:
    scene.order()
    scene.do(scene.ann, assignments.give, AssignDevice("D-7", "P-1", "ALM-1"))
    send(office, phone)
    with pytest.raises(NotAllowedError):
        read_log(office, scene.bob)
    assert [one.verdict for one in read_log(office, scene.ann).messages] == ["usable"]
    assert read_log(office, operator).is_carried
    looks = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1")).looks
    mine = [(one.by, one.refused is None) for one in looks if one.action == "devices.messages"]
    assert mine == [(scene.bob.account, False), (scene.ann.account, True), ("Olga", True)]


def test_a_device_that_is_not_there_and_a_house_that_reads_nothing_are_refused(
    office: Office, operator: Actor, phone: UnsignedAppCredentials
) -> None:
    with pytest.raises(ActionError):
        read_log(office, operator, "D-9")
    with pytest.raises(ActionConflictError):
        office.do(operator, message_log.list_messages, DeviceRef("D-7"))
