"""Device key cache: public keys of devices, so that a signature can be checked at once.

What is remembered may be older than what is kept: another process may have changed it. So it says
only whose signature to look for; whether the key signs this counter is asked again in the change
that keeps the message. A key that is not known here is looked up anew each time.
"""

from collections.abc import Iterable
from typing import Final

from mesure.devices import enrolment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.store.interface.store import Store

KEYS_MAX: Final = 200_000  # Some 100 MB; a country has 50,000 devices.


class DeviceKeyCache:
    """The keys of devices that have sent something since the start."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys: dict[bytes, tuple[Enrolment, EnrolledKey]] = {}

    def keys(self, names: Iterable[bytes]) -> dict[bytes, tuple[Enrolment, EnrolledKey]]:
        """Return those of these keys that some device has or had."""
        distinct_names = set(names)
        new = distinct_names - self._keys.keys()
        if new:
            with self._store.read() as reading:
                key_by_name = enrolment.by_key_name(reading.enrolments_with_keys(new))
            if len(self._keys) + len(key_by_name) > KEYS_MAX:
                self._keys = {}
            self._keys.update(key_by_name)
        known = self._keys
        return {name: known[name] for name in distinct_names if name in known}

    def device(self, name: bytes) -> str | None:
        """Return whose key this is, if it was seen before."""
        pair = self._keys.get(name)
        return None if pair is None else pair[0].device
