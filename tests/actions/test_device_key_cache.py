"""Keys are remembered up to a bound; one that is new is looked up each time."""

from pathlib import Path

import pytest

from mesure.actions.devices import device_key_cache
from mesure.actions.devices.device_key_cache import DeviceKeyCache
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message import public_keys
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.records import Device
from tests.actions import receiving
from tests.actions.receiving import key
from tests.devices.times import ENROLLED_AT


def test_keys_are_found_remembered_and_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_key_cache, "KEYS_MAX", 2)
    names = {number: public_keys.name(key(number).key) for number in range(1, 5)}
    with receiving.place(tmp_path) as here:
        known = DeviceKeyCache(here.store)
        assert set(known.keys([names[1], names[2], names[4]])) == {names[1], names[2]}
        assert known.device(names[1]) == "D-1"
        assert set(known.keys([names[3]])) == {names[3]}
        assert known.device(names[1]) is None  # Let go, and found again when it is asked for.
        assert known.keys([names[1]])[names[1]][0].device == "D-1"

        def enrol(work: WriteTransaction) -> None:
            work.add_device(Device("D-4", ENROLLED_AT, "O-1"))
            enrolled_key = EnrolledKey(key(4).key, 2, None)
            work.keep_enrolment(Enrolment("D-4", "phone", ENROLLED_AT, (enrolled_key,)))

        here.store.write(enrol)
        assert set(known.keys([names[4]])) == {names[4]}
