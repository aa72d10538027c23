"""Device classes: by which class the messages of a device are read, and whether it signs them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.records.app_records import PILOT
from mesure.actions.records.record_types import RecordType, RegisterReader
from mesure.evaluation.policy import DeviceClass


class EnrolledDevice(msgspec.Struct, frozen=True):
    """A device that introduced itself: its class, when, and by whose code."""

    device_class: str
    enrolled_at: datetime
    code_given_by: str
    retired_at: datetime | None = None


ENROLLED: Final = RecordType("enrolled_device", EnrolledDevice)


def class_of(rows: RegisterReader, device: str) -> tuple[DeviceClass, bool]:
    """Return the class of a device, and whether it signs what it says."""
    enrolled = rows.get(ENROLLED, device)
    if enrolled is not None:
        return DeviceClass(enrolled.value.device_class), True
    pilot = rows.get(PILOT, device)
    return (DeviceClass.PHONE if pilot is None else DeviceClass(pilot.value.device_class)), False


def classes_of(rows: RegisterReader, devices: Iterable[str]) -> dict[str, DeviceClass]:
    """Return the class of each of these devices."""
    return {device: class_of(rows, device)[0] for device in dict.fromkeys(devices)}
