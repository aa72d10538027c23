"""A name that is all that lets a phone in is drawn, or so strong as if it were."""

import base64
from random import Random
from uuid import UUID

import msgspec
import pytest

from mesure.actions.devices import app_enrolment, enrolment_codes, typed_secrets
from mesure.actions.devices.app_enrolment import ChangeUnsignedApp
from mesure.actions.devices.enrolment_codes import DeviceRef, DevicesRequest, UnsignedAppView
from mesure.actions.framework.context import Actor
from mesure.actions.records.app_records import PILOT, AppFamily, lets_in, lookup_key
from mesure.actions.records.record_types import Register
from tests.actions.house import Office
from tests.actions.test_enrolment_codes import enrol_app, operator, pilot

__all__ = ["operator"]


@pytest.mark.parametrize(
    "chosen",
    [
        "correct horse battery staple",
        "MyDogIsCalledRex2019!",
        "probation-service-almaty-phone-0001",
        "пробация-телефон-первый-2026",
        "Tr0ub4dor&3Tr0ub4dor&3",
        "355001234567890-355001234567891",
        "qwertyuiopasdfghjkl123",
    ],
)
def test_what_people_choose_is_weak_however_long_it_is(chosen: str) -> None:
    assert typed_secrets.is_weak(chosen)
    assert typed_secrets.may_be_weak(chosen)


def test_what_was_drawn_is_not_taken_for_chosen(office: Office, operator: Actor) -> None:
    drawing = Random(7)
    drawn = [str(UUID(int=drawing.getrandbits(128), version=4)) for _ in range(500)]
    assert not any(map(typed_secrets.is_weak, drawn))
    shown = enrol_app(office, operator, AppFamily.OSMAND, claimed=drawn[0])
    assert (shown.claimed, app_of(office, operator).is_guessable) == (drawn[0], False)
    secrets = [base64.b32encode(drawing.randbytes(10)).decode().lower() for _ in range(500)]
    assert sum(map(typed_secrets.may_be_weak, secrets)) <= 30, "of what is made here, few are"


def app_of(office: Office, operator: Actor) -> UnsignedAppView:
    app = office.do(operator, enrolment_codes.show, DeviceRef("D-7")).app
    assert app is not None
    return app


def test_a_name_that_was_chosen_before_goes_on_is_seen_and_can_be_renewed(
    office: Office, operator: Actor
) -> None:
    enrol_app(office, operator, AppFamily.OSMAND)
    assert not app_of(office, operator).is_guessable

    def choose(rows: Register, _: object) -> None:
        stored = rows.need(PILOT, "D-7")
        found_by = lookup_key(office.keyring, AppFamily.OSMAND, "AlmatyPhone00001")
        chosen = {"claimed": "AlmatyPhone00001", "found_by": found_by}
        rows.change(stored, msgspec.structs.replace(stored.value, **chosen))

    office.write(choose)
    assert lets_in(pilot(office), "", ""), "it goes on"
    assert app_of(office, operator).is_guessable
    [listed] = office.do(operator, enrolment_codes.list_devices, DevicesRequest())
    assert listed.app is not None
    assert listed.app.is_guessable
    renewal = ChangeUnsignedApp("D-7", "KNOT", renews=True)
    shown = office.do(operator, app_enrolment.change_pilot, renewal)
    assert (len(shown.claimed), pilot(office).claimed) == (16, shown.claimed)
    assert pilot(office).found_by == lookup_key(office.keyring, AppFamily.OSMAND, shown.claimed)
    assert not app_of(office, operator).is_guessable
