"""Enrolment codes: an officer gives one out, and a device that signs becomes known by it, once.

Somebody who works here adds the device and hands over a code. The device makes its own key, which
never leaves it, and introduces itself with the code. Who carries a device is another matter
(`assignments`).
Decision: docs/decisions/0030-receiving.md
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from mesure.actions.devices import typed_secrets
from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.framework.action import ActionContext, action, look, perform
from mesure.actions.framework.context import Context
from mesure.actions.notifications import notification_rules
from mesure.actions.records import app_records, tokens
from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp
from mesure.actions.records.record_types import RecordType, RegisterReader, Stored
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals import unavailable
from mesure.actions.refusals.device_reasons import DeviceActionRefusal
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotFoundError
from mesure.devices import device_state, enrolment
from mesure.devices.device_state import DeviceState
from mesure.devices.message import public_keys, uplink
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.uplink import Introduction
from mesure.evaluation.policy import DeviceClass
from mesure.instants import to_datetime_or_none, to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role
from mesure.store.values.records import Device

DEVICE_WORK: Final = CASEWORK | {Role.OPERATOR, Role.SERVICE}
HOURS: Final = range(1, 14 * 24 + 1)
PAGE: Final = 100


class EnrolmentCodeRecord(msgspec.Struct, frozen=True):
    """A code that was given out, and how often another was tried in its place."""

    hashed: str
    until_at: datetime
    given_by: str
    tries: int = 0


CODE: Final = RecordType("enrolment_code", EnrolmentCodeRecord)


class DeviceRef(msgspec.Struct, frozen=True):
    """Which device, as the programme calls it."""

    device: str


class IssueCode(msgspec.Struct, frozen=True):
    """For which device a code is given out, and for how long it lasts."""

    device: str
    hours: int = 72


class EnrolmentCode(OneTimeSecret, frozen=True):
    """A code, which is shown this once."""

    device: str
    code: str
    until_at: datetime


class IntroduceDevice(msgspec.Struct, frozen=True):
    """What a device says of itself, signed by the key in it; the receiver has checked that."""

    device: str
    device_class: str
    public_key: bytes
    code: str


class IntroductionOutcome(StrEnum):
    """What became of an introduction."""

    ENROLLED = "enrolled"
    NO_CODE = "no_code"  # There is none for this device, or it is over, or it is not this one.
    REFUSED = "refused"  # The key, the name or the class will not do.


class IntroductionResult(msgspec.Struct, frozen=True):
    """What became of an introduction; `told` is the counter of the device's answer."""

    fate: IntroductionOutcome
    said: str = ""
    told: int = 0
    at_us: int = 0


class DevicesRequest(msgspec.Struct, frozen=True):
    """Devices in order of their names, from behind this one on."""

    after: str = ""
    only_free: bool = False  # Those that can be given to somebody now.


class UnsignedAppView(msgspec.Struct, frozen=True):
    """Which app a phone is enrolled with, without its secrets."""

    family: AppFamily
    speed_unit: str
    hdop_is_m: bool
    signs_in: bool
    encrypts: bool
    is_guessable: bool  # Its name is all that lets it in, and seems to be chosen, not drawn.


class DeviceView(msgspec.Struct, frozen=True):
    """A device as those see it who keep devices running: nothing about who carries it, or where."""

    device: str
    entered_at: datetime
    device_class: str | None  # None: it is not enrolled yet.
    is_signed: bool  # False: an app of a pilot, whose messages nobody signs.
    is_retired: bool
    code_until_at: datetime | None
    heard_at: datetime | None
    battery_percent: int | None
    is_carried: bool  # Whether somebody carries it now; not who.
    app: UnsignedAppView | None  # None: it signs, is not enrolled, or is retired.

    @property
    def is_free(self) -> bool:
        """Tell whether it can be given to somebody: it is enrolled, in service and free."""
        return self.device_class is not None and not self.is_retired and not self.is_carried


# --- Adding a device -----------------------------------------------------------------------------


@action("devices.add", DEVICE_WORK)
def add(doing: ActionContext, request: DeviceRef) -> None:
    """Enter a device that the programme owns or admits."""
    name = request.device
    if not (0 < len(name) <= uplink.DEVICE_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(DeviceActionRefusal.NAME)
    if doing.work.device(name) is not None:
        raise ActionConflictError(ActionRefusal.THERE_ALREADY)
    doing.work.add_device(Device(name, doing.now, doing.actor.account))
    doing.note(device=name)


@action("devices.give_code", DEVICE_WORK)
def give_code(doing: ActionContext, request: IssueCode) -> EnrolmentCode:
    """Make a code with which a device enrols once; an earlier code becomes void."""
    if request.hours not in HOURS:
        raise InvalidInputError(DeviceActionRefusal.LASTS)
    need_device(doing, request.device)
    open_carriers(doing, request.device)
    if is_enrolled(doing.rows, request.device):
        raise ActionConflictError(DeviceActionRefusal.ENROLLED)
    code = tokens.code(doing.context.salts)
    until_at = doing.now + timedelta(hours=request.hours)
    new_code = EnrolmentCodeRecord(tokens.hash_secret(code), until_at, doing.actor.account)
    before = doing.rows.get(CODE, request.device)
    if before is None:
        doing.rows.add(CODE, request.device, new_code)
    else:
        doing.rows.change(before, new_code)
    doing.note(device=request.device)
    return EnrolmentCode(request.device, code, until_at)


def need_device(doing: ActionContext, device: str) -> Device:
    """Return a device that must have been added."""
    stored_device = doing.work.device(device)
    if stored_device is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return stored_device


def open_carriers(doing: ActionContext, device: str) -> None:
    """Open the case of a device's present carrier, for an officer who is to change something.

    An officer who may not act on a case cannot silence its device either. Operators and programs
    keep devices running for everybody, and open no case; but the carrier reads what they did.
    """
    for assignment in doing.work.assignments(device):
        if not assignment.holds_at(doing.now):
            continue
        if doing.actor.role in CASEWORK:
            doing.case(assignment.person, erased_too=True)
        else:
            doing.concerns(assignment.person)


def _tell_carriers(doing: ActionContext, device: str) -> None:
    """Tell the person who carries a device, and their officer, that it is used no more."""
    is_erased = doing.context.keyring.is_erased
    for assignment in doing.work.assignments(device):
        if assignment.holds_at(doing.now) and not is_erased(assignment.person):
            notification_rules.of_retired(doing, device, assignment.person)


def is_enrolled(rows: RegisterReader, device: str) -> bool:
    """Tell whether a device is enrolled, in whichever way."""
    return rows.get(ENROLLED, device) is not None or rows.get(PILOT, device) is not None


# --- The device introduces itself ----------------------------------------------------------------


@action("devices.introduce", {Role.VISITOR})
def introduce(doing: ActionContext, request: IntroduceDevice) -> IntroductionResult:
    """Enrol a device that has the code which was given out for it."""
    doing.note(key=public_keys.name(request.public_key).hex())
    enrolled = doing.rows.get(ENROLLED, request.device)
    if enrolled is not None:
        return _again(doing, request)
    code = doing.rows.get(CODE, request.device)
    if code is None or not _counts(doing, code, request.code):
        return _said(doing, IntroductionOutcome.NO_CODE)
    introduction = Introduction(
        request.device, request.device_class, request.public_key, request.code
    )
    others = doing.work.enrolments_with_keys([public_keys.name(request.public_key)])
    new_enrolment = enrolment.enrol(others, introduction, doing.now)
    if isinstance(new_enrolment, DeviceRefusal):
        return _said(doing, IntroductionOutcome.REFUSED, new_enrolment.said)
    if request.device_class not in set(DeviceClass):
        return _said(doing, IntroductionOutcome.REFUSED, "there is no such class of devices")
    doing.work.keep_enrolment(new_enrolment)
    doing.rows.drop(CODE, request.device)
    doing.rows.add(
        ENROLLED,
        request.device,
        EnrolledDevice(request.device_class, doing.now, code.value.given_by),
    )
    doing.work.mark_carriers(request.device)  # It may have been handed over before.
    doing.note(device=request.device, code_given_by=code.value.given_by)
    return _said(doing, IntroductionOutcome.ENROLLED, counter=_told(doing, request.device))


def hear(context: Context, request: IntroduceDevice) -> IntroductionResult:
    """Hear a device introduce itself; raise `StoreUnavailableError` where nothing can be kept."""
    with unavailable.convert_errors():
        return perform(context, introduce, request)


def _counts(doing: ActionContext, stored_code: Stored[EnrolmentCodeRecord], code: str) -> bool:
    """Tell whether a code is the one that was given out, and in time.

    No number of wrong ones makes it void, or any stranger could: it has 80 random bits, and how
    often strangers may try has limits by address.
    """
    is_open = doing.now < stored_code.value.until_at
    return is_open and tokens.is_same(
        tokens.hash_secret(tokens.normalise_code(code)), stored_code.value.hashed
    )


def _again(doing: ActionContext, request: IntroduceDevice) -> IntroductionResult:
    """Answer a device again that did not receive that it was enrolled; anybody else is refused."""
    known_enrolment = doing.work.enrolments_with_keys([public_keys.name(request.public_key)]).get(
        request.device
    )
    doing.note(device=request.device)
    if known_enrolment is None or known_enrolment.keys[-1].public_key != request.public_key:
        return _said(doing, IntroductionOutcome.NO_CODE)
    return _said(doing, IntroductionOutcome.ENROLLED, counter=_told(doing, request.device))


def _told(doing: ActionContext, device: str) -> int:
    """Count a message to the device, and return its counter."""
    packed_state = doing.work.standings([device]).get(device)
    known = DeviceState() if packed_state is None else device_state.unpack(packed_state)
    counter = known.told + 1
    doing.work.keep_standings({device: device_state.pack(known._replace(told=counter))})
    return counter


def _said(
    doing: ActionContext, fate: IntroductionOutcome, reason: str = "", counter: int = 0
) -> IntroductionResult:
    doing.note(fate=fate.value)
    return IntroductionResult(fate, reason, counter, to_us(doing.now))


# --- Letting a device go -------------------------------------------------------------------------


@action("devices.retire", DEVICE_WORK)
def retire(doing: ActionContext, request: DeviceRef) -> None:
    """Retire a device that was lost, stolen or worn out; what it sends from then on is refused.

    Messages that it sent before and that are still on the way are taken; late is not wrong.
    """
    need_device(doing, request.device)
    open_carriers(doing, request.device)
    doing.note(device=request.device)
    doing.rows.drop(CODE, request.device)
    pilot = doing.rows.get(PILOT, request.device)
    if pilot is not None:
        if pilot.value.retired_at is None:
            doing.rows.change(pilot, app_records.retire(pilot.value, doing.now))
            _tell_carriers(doing, request.device)
        return
    enrolment_row = doing.rows.get(ENROLLED, request.device)
    if enrolment_row is None:
        raise ActionConflictError(DeviceActionRefusal.NOT_ENROLLED)
    if enrolment_row.value.retired_at is not None:
        return
    device_enrolment = doing.work.enrolments()[request.device]
    present = device_enrolment.keys[-1]
    packed_state = doing.work.standings([request.device]).get(request.device)
    last = 1 if packed_state is None else device_state.unpack(packed_state).counters.last
    ended = replace(present, last=max(last, present.first - 1))
    doing.work.keep_enrolment(replace(device_enrolment, keys=(*device_enrolment.keys[:-1], ended)))
    doing.rows.change(
        enrolment_row, msgspec.structs.replace(enrolment_row.value, retired_at=doing.now)
    )
    _tell_carriers(doing, request.device)


# --- Looking at devices --------------------------------------------------------------------------


@look("devices.show", DEVICE_WORK, purpose=Purpose.DEVICE)
def show(doing: ActionContext, request: DeviceRef) -> DeviceView:
    """See a device: whether it is enrolled, its last report, its battery level."""
    doing.note(device=request.device)
    return _views(doing, [need_device(doing, request.device)])[0]


@look("devices.list", DEVICE_WORK, purpose=Purpose.DEVICE)
def list_devices(doing: ActionContext, request: DevicesRequest) -> tuple[DeviceView, ...]:
    """List the devices, or only those that nobody carries, a page at a time."""
    shown: list[DeviceView] = []
    after = request.after
    while len(shown) < PAGE and (devices := doing.work.devices(after, PAGE)):
        after = devices[-1].id
        views = _views(doing, devices)
        shown += [view for view in views if view.is_free or not request.only_free]
    return tuple(shown[:PAGE])


def _views(doing: ActionContext, devices: Sequence[Device]) -> list[DeviceView]:
    """Return devices as those see them who keep devices running, read at once."""
    names = [device.id for device in devices]
    enrolled, pilots = doing.rows.get_many(ENROLLED, names), doing.rows.get_many(PILOT, names)
    codes, states = doing.rows.get_many(CODE, names), doing.work.standings(names)
    assignments = doing.work.assignments(*names)
    carried = {one.device for one in assignments if one.holds_at(doing.now)}
    views = []
    for device in devices:
        name, state = device.id, states.get(device.id)
        health = (DeviceState() if state is None else device_state.unpack(state)).health
        pilot, code = pilots.get(name), codes.get(name)
        registration = enrolled.get(name) or pilot
        view = DeviceView(
            device=name,
            entered_at=device.entered_at,
            device_class=None if registration is None else registration.value.device_class,
            is_signed=name in enrolled,
            is_retired=registration is not None and registration.value.retired_at is not None,
            code_until_at=None if code is None else code.value.until_at,
            heard_at=to_datetime_or_none(health.heard_us),
            battery_percent=None if health.battery is None else int(health.battery.value),
            is_carried=name in carried,
            app=None if pilot is None else _app_of(pilot.value),
        )
        views.append(view)
    return views


def _app_of(pilot: UnsignedApp) -> UnsignedAppView | None:
    if pilot.retired_at is not None:
        return None
    return UnsignedAppView(
        pilot.family,
        pilot.speed_unit,
        pilot.hdop_is_m,
        bool(pilot.login),
        bool(pilot.passphrase),
        not pilot.login and typed_secrets.may_be_weak(pilot.claimed),
    )
