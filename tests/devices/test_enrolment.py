"""Which keys sign for which device, one after the other."""

from dataclasses import replace

from mesure.devices import enrolment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message import uplink
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.uplink import Introduction, NewKey
from tests.devices.samples import (
    DEVICE,
    ENROLLED,
    ENROLMENT,
    INTRODUCTION,
    NEW_KEY,
    NEXT,
    OTHER,
    SIGNER,
    SODIUM,
)
from tests.devices.times import ENROLLED_AT


def _reason(refusal: Enrolment | DeviceRefusal) -> DeviceRefusalReason:
    assert isinstance(refusal, DeviceRefusal)
    return refusal.reason


def _rotate(new: NewKey, counter: int = 9, device: str = DEVICE) -> Enrolment | DeviceRefusal:
    return enrolment.rotate(ENROLLED, device, new, counter, SODIUM)


def test_a_device_is_enrolled_once() -> None:
    assert enrolment.enrol({}, INTRODUCTION, ENROLLED_AT) == ENROLMENT
    again = enrolment.enrol(ENROLLED, INTRODUCTION, ENROLLED_AT)
    assert _reason(again) is DeviceRefusalReason.DEVICE_TAKEN


def test_a_key_is_one_devices() -> None:
    other = replace(INTRODUCTION, device="D-0008")
    assert _reason(enrolment.enrol(ENROLLED, other, ENROLLED_AT)) is DeviceRefusalReason.KEY_TAKEN


def test_a_key_that_was_replaced_is_still_taken() -> None:
    rotated = _rotate(NEW_KEY)
    assert isinstance(rotated, Enrolment)
    for key in (SIGNER.key, NEXT.key):
        other = Introduction("D-0008", "phone", key, "")
        assert (
            _reason(enrolment.enrol({DEVICE: rotated}, other, ENROLLED_AT))
            is DeviceRefusalReason.KEY_TAKEN
        )


def test_a_weak_key_is_not_enrolled() -> None:
    weak = replace(INTRODUCTION, public_key=bytes([1]) + bytes(31))
    assert _reason(enrolment.enrol({}, weak, ENROLLED_AT)) is DeviceRefusalReason.WEAK_KEY


def test_one_key_follows_another_by_counter() -> None:
    rotated = _rotate(NEW_KEY)
    assert isinstance(rotated, Enrolment)
    assert rotated.keys == (EnrolledKey(SIGNER.key, 2, 9), EnrolledKey(NEXT.key, 10, None))
    assert [key.signs(9) for key in rotated.keys] == [True, False]
    assert [key.signs(10) for key in rotated.keys] == [False, True]
    assert not rotated.keys[0].signs(1)


def test_a_new_key_needs_the_word_of_its_owner() -> None:
    stolen = NewKey(NEXT.key, OTHER.sign(uplink.new_key_proof(SIGNER.key, NEXT.key)))
    assert _reason(_rotate(stolen)) is DeviceRefusalReason.FORGED
    for_another = NewKey(NEXT.key, NEXT.sign(uplink.new_key_proof(OTHER.key, NEXT.key)))
    assert _reason(_rotate(for_another)) is DeviceRefusalReason.FORGED


def test_a_new_key_is_new_and_strong() -> None:
    assert _reason(_rotate(NewKey(SIGNER.key, bytes(64)))) is DeviceRefusalReason.KEY_TAKEN
    assert _reason(_rotate(NewKey(bytes(32), bytes(64)))) is DeviceRefusalReason.WEAK_KEY


def test_only_the_present_key_names_the_next() -> None:
    assert _reason(_rotate(NEW_KEY, counter=1)) is DeviceRefusalReason.KEY_NOT_IN_FORCE
    assert _reason(_rotate(NEW_KEY, device="D-0008")) is DeviceRefusalReason.NOT_ENROLLED


def test_keys_are_found_by_name() -> None:
    rotated = _rotate(NEW_KEY)
    assert isinstance(rotated, Enrolment)
    keys = enrolment.by_key_name({DEVICE: rotated})
    assert sorted(key.public_key for _, key in keys.values()) == sorted((SIGNER.key, NEXT.key))


def test_a_device_without_a_present_key_is_in_service_no_more() -> None:
    assert ENROLMENT.is_in_service
    [key] = ENROLMENT.keys
    assert not replace(ENROLMENT, keys=(replace(key, last=9),)).is_in_service
