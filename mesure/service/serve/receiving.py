"""Receivers for messages of devices and phones, put together for this process.

On a full disk nothing new is taken: a device is told to come again, and keeps what it has.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import TypeVar

from mesure.actions.framework.context import Context
from mesure.actions.limits.token_buckets import RateLimit
from mesure.actions.receiving.receipt_transaction import ReceiverDependencies
from mesure.actions.receiving.receive_apps import UnsignedAppReceiver
from mesure.actions.receiving.receive_messages import Receiver, ReceiverConfig
from mesure.devices.clocks import ClockLimits
from mesure.evaluation.policy import DeviceClass
from mesure.ingest import http_listener
from mesure.ingest.app_letters import AppMessageIntake
from mesure.ingest.http_listener import HttpListener
from mesure.ingest.introduction import IntroductionHandler
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.machine.signatures import EnrolledKeyVerifier
from mesure.record.policy_loading import read_policy
from mesure.service.installation.installation import Installation
from mesure.service.installation.secret_box import SodiumSecretBox
from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.values.faults import UnavailableError
from mesure.store.values.mismatches import RowMismatch
from mesure.store.writing.audit_append import Salts

T = TypeVar("T")


class DiskGuardStore:
    """A store that takes nothing new on a full disk; it may be read all the same."""

    def __init__(self, store: Store, has_room: Callable[[], bool]) -> None:
        self._store, self._has_room = store, has_room

    def submit(self, change: Callable[[WriteTransaction], T]) -> "Future[T]":
        """Make a change soon, if there is room for what it keeps."""
        if not self._has_room():
            raise UnavailableError(
                "The disk is full, so nothing new is taken. What was acknowledged is safe. Make "
                "room; devices send again what was not."
            )
        return self._store.submit(change)

    def write(self, change: Callable[[WriteTransaction], T]) -> T:
        """Make a change, if there is room for what it keeps."""
        return self.submit(change).result()

    def read(self) -> AbstractContextManager[ReadTransaction]:
        """Read."""
        return self._store.read()

    def scrub(self) -> bool:
        """Overwrite what was let go."""
        return self._store.scrub()

    def misshapen(self) -> tuple[RowMismatch, ...]:
        """Return what of the database its migrations do not make, or make differently."""
        return self._store.misshapen()

    def close(self) -> None:
        """Leave the store to the caller that opened it."""


class ReceiverService:
    """Receives by HTTP and otherwise, for as long as there is room."""

    def __init__(
        self,
        installation: Installation,
        has_room: Callable[[], bool],
        visitors: Callable[[str], Context],
        salts: Salts,
    ) -> None:
        means = ReceiverDependencies(
            installation.keyring, EnrolledKeyVerifier(), _limits(installation), salts
        )
        store = DiskGuardStore(installation.store, has_room)
        config = ReceiverConfig(store, means, installation.signing.devices, clock.now_us)
        self.receiver, self.pilots = Receiver(config), UnsignedAppReceiver(config)
        self.letterbox = AppMessageIntake(self.pilots, SodiumSecretBox)
        self.listener = HttpListener(
            self.receiver,
            self.letterbox,
            IntroductionHandler(visitors, installation.signing.devices, EnrolledKeyVerifier()),
            installation.signing.devices.key,
            http_listener.ListenerLimits(address=_rate(installation)),
        )

    @property
    def counts(self) -> Counter[str]:
        """Return how many messages were kept, kept before, and refused, by reason."""
        return self.receiver.counts + self.pilots.counts

    async def close(self) -> None:
        """Answer the callers that wait, and end."""
        await self.receiver.close()
        await self.pilots.close()


def _rate(installation: Installation) -> RateLimit:
    per_s = installation.settings.address_rate
    return RateLimit(burst=5 * per_s, per_s=float(per_s))


def _limits(installation: Installation) -> ClockLimits:
    """Return from when on the time of a message is odd: by the policy of the programme."""
    file, _ = read_policy(installation.settings.policy)
    policy = file.at(clock.now().date(), DeviceClass.PHONE)
    return ClockLimits(round(policy.future_s * US_PER_S), round(policy.late_s * US_PER_S))
