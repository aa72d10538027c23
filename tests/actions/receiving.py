"""A house that receives: a store, keys, three devices that are carried, and what they send."""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from mesure.actions.orders.assignment_end import CARRIED, AssignmentCheckRecord
from mesure.actions.receiving.receipt_transaction import ReceiverDependencies
from mesure.actions.receiving.receive_messages import Receiver, ReceiverConfig, TransferReply
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.clocks import ClockLimits
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message import envelope, messages
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.downlink import Receipt
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import Up
from mesure.machine.signatures import EnrolledKeyVerifier, SecretKey
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring import sealing
from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import owner_of_unassigned
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values import partitions
from mesure.store.values.records import Device, LogPosition, LogRecord, Order, Person
from tests.devices.times import ENROLLED_AT, SENT_US
from tests.store import prepared

T = TypeVar("T")

US = 1_000_000
SECOND = timedelta(seconds=1)
NOW_US = SENT_US + 5 * US
LIMITS = ClockLimits(future_us=120 * US, late_us=172_800 * US)
MASTER = bytes(range(32))
SERVER = SecretKey.from_seed(bytes([4]) * 32)
DEVICES = 3


def key(number: int) -> SecretKey:
    return SecretKey.from_seed(bytes([10 + number]) * 32)


def enter(work: WriteTransaction, count: int = DEVICES) -> None:
    """Enter devices D-1, D-2 and so on, each carried by P-1, P-2 and so on."""
    for number in range(1, count + 1):
        work.add_person(Person(f"P-{number}", ENROLLED_AT, "O-1"))
        work.add_order(Order(f"ALM-{number}", f"P-{number}", ENROLLED_AT, "O-1"))
        work.add_device(Device(f"D-{number}", ENROLLED_AT, "O-1"))
        keys = (EnrolledKey(key(number).key, 2, None),)
        work.keep_enrolment(Enrolment(f"D-{number}", "phone", ENROLLED_AT, keys))
        work.keep_assignment(
            Assignment(f"D-{number}", f"P-{number}", f"ALM-{number}", ENROLLED_AT, None)
        )


def end_order(here: "Here", order: str, ends_at: datetime) -> None:
    """Have an order end; what is carried under it is not given back yet."""

    def change(work: WriteTransaction) -> None:
        rows = Register(work, here.keyring, salts(), ends_at)
        rows.add(CARRIED, order, AssignmentCheckRecord(order, ends_at))

    here.store.write(change)


def salts() -> Callable[[int], bytes]:
    counted = itertools.count(1)
    return lambda size: next(counted).to_bytes(size, "big")


class Here:
    """A data folder with a store and a keyring that are open."""

    def __init__(self, folder: Path, store: Store, keyring: FileKeyring) -> None:
        self.folder, self.store, self.keyring = folder, store, keyring
        self.now_us = NOW_US
        self.points: list[str] = []

    @property
    def house(self) -> ReceiverConfig:
        means = ReceiverDependencies(self.keyring, EnrolledKeyVerifier(), LIMITS, salts())
        return ReceiverConfig(self.store, means, SERVER, lambda: self.now_us, self.points.append)

    def unseal(self, log_record: LogRecord) -> bytes:
        """Return what a record of the log keeps sealed."""
        owner = log_record.share.person or owner_of_unassigned(log_record.device)
        same = log_record.digest if log_record.counter is None else log_record.counter
        bound = sealing.message_seal_context(owner, log_record.device, same)
        return sealing.unseal(self.keyring.find_key(owner), log_record.share.body, bound)

    def log(self, *names: str) -> list[LogRecord]:
        """Return what the log has in the partitions of these, and is theirs."""
        records: list[LogRecord] = []
        with self.store.read() as reading:
            for name in names:
                part = partitions.partition_of(name)
                records += [
                    log_record
                    for log_record in reading.log(LogPosition(part, 0), 10_000)
                    if (log_record.share.person or log_record.device) == name
                ]
        return records

    def list_refusals(self) -> list[tuple[str, str, int]]:
        with self.store.read() as reading:
            return [
                (entry.refused.claimed, entry.refused.reason, entry.times)
                for entry in reading.quarantine(0, 1_000)
            ]


@contextmanager
def place(folder: Path, count: int = DEVICES, other: Store | None = None) -> Iterator[Here]:
    """Open a house in a folder; `other`: with this store in place of one in SQLite."""
    path, keys = folder / "mesure.db", folder / "keys.db"
    if other is None:
        prepared.lay(path)
    keyring_file.make(keys, MASTER)
    with closing(other or SqliteStore(path)) as store, FileKeyring(keys, MASTER) as keyring:
        store.write(lambda work: enter(work, count))
        keyring.make_keys(f"P-{number}" for number in range(1, count + 1))
        yield Here(folder, store, keyring)


def run(here: Here, do: Callable[[Receiver], Coroutine[Any, Any, T]]) -> T:
    """Let something be done with a receiver on an event loop of its own."""

    async def run_receiver() -> T:
        receiver = Receiver(here.house)
        try:
            return await do(receiver)
        finally:
            await receiver.close()

    return asyncio.run(run_receiver())


def hand_in(here: Here, *transfers: bytes) -> list[TransferReply]:
    """Hand in transfers at once, each from an address of its own."""

    async def transfer_all(receiver: Receiver) -> list[TransferReply]:
        each = (receiver.transfer(data, f"10.0.0.{n}") for n, data in enumerate(transfers))
        return list(await asyncio.gather(*each))

    return run(here, transfer_all)


def seal_message(
    what: Up,
    counter: int = 2,
    number: int = 1,
    sent_us: int = SENT_US,
    signer: SecretKey | None = None,
) -> bytes:
    payload = messages.encode(UplinkMessage(counter, sent_us, what))
    return envelope.seal(payload, signer or key(number), envelope.UP)


def read_downlinks(
    reply: TransferReply, number: int = 1, public_key: bytes | None = None
) -> list[DownlinkMessage]:
    """Return what a device is told, as the device reads it."""
    downlinks = []
    transfer = envelope.split(reply.by_device[f"D-{number}"])
    assert transfer.rest is None
    for data in transfer.messages:
        read = envelope.read(data)
        assert not isinstance(read, DeviceRefusal)
        to = envelope.down(public_key or key(number).key)
        assert envelope.is_from(read, SERVER.key, to, EnrolledKeyVerifier())
        downlink = messages.read_downlink(read.payload)
        assert not isinstance(downlink, DeviceRefusal)
        downlinks.append(downlink)
    return downlinks


def join_messages(sealed_messages: Sequence[bytes]) -> bytes:
    return b"".join(sealed_messages)


def receipt(reply: TransferReply, number: int = 1) -> Receipt:
    what = read_downlinks(reply, number)[0].what
    assert isinstance(what, Receipt)
    return what


def record(here: Here, entry: int = 0) -> dict[str, object]:
    with here.store.read() as reading:
        opening = reading.record_opening(entry)
        assert opening is not None
        content: dict[str, object] = json.loads(opening.record)
        return content
