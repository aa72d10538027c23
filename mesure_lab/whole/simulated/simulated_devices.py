"""Simulated devices: the reference client of the protocol, on a network that loses and repeats.

A device keeps what it said until a receipt that it believes names it. What it then forgets is
*acknowledged*, and the service must have it for ever after.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Final

from mesure.actions.devices.app_enrolment import UnsignedAppCredentials
from mesure.devices.message import envelope
from mesure.devices.message.downlink import Down, PersonMessage
from mesure.devices.message.uplink import CommandAnswer, CommandOutcome, Introduction, Up
from mesure.machine.signatures import SecretKey
from mesure.service.device import client as device_client
from mesure.service.device import client_state
from mesure.service.device.client import DeviceClient
from mesure.service.device.client_state import QueuedMessage
from mesure_lab.whole.drawn.swarm import Swarm
from mesure_lab.whole.simulated.broker import SimulatedBroker
from mesure_lab.whole.simulated.machine import OffError

OK: Final = 200
TRANSFER: Final = "application/cose-seq"
P_READ: Final = 0.5

Post = Callable[[str, bytes, str], tuple[int, bytes]]
PostAsApp = Callable[[str, bytes, UnsignedAppCredentials], tuple[int, bytes]]
MessageName = tuple[str, int]  # The device, and its counter.


class NotCarriedError(Exception):
    """Nothing came back: the device cannot know whether anything was kept."""


@dataclass
class SimulatedNetwork:
    """What is between the devices and the service."""

    post: Post
    swarm: Swarm
    post_as_app: PostAsApp
    listen_to: Callable[[SimulatedBroker], None]
    broker: SimulatedBroker = field(default_factory=SimulatedBroker)
    copies: list[bytes] = field(default_factory=list)  # On their way, and late.
    dice: Random = field(default_factory=lambda: Random(0))  # Of what happens now.

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        """Carry a transfer and its answer; raise where one of the two is lost."""
        dice, swarm = self.dice, self.swarm
        parts = [one.message for one in messages]
        if dice.random() < swarm.p_shuffled:
            dice.shuffle(parts)
        body = b"".join(parts)
        if dice.random() < swarm.p_lost:
            raise NotCarriedError
        if dice.random() < swarm.p_late_copy:
            self.copies.append(body)
        if dice.random() < swarm.p_twice:
            self._posted(body)
        answer = self._posted(body)
        if dice.random() < swarm.p_answer_lost:
            raise NotCarriedError
        return answer

    def listen(self) -> None:
        """Have the service take what waits at the broker, some of it more than once."""
        self.broker.dice, self.broker.p_cut = self.dice, self.swarm.p_answer_lost
        self.listen_to(self.broker)

    def deliver_copies(self) -> int:
        """Let what was late arrive; nobody waits for an answer any more."""
        bodies, self.copies = self.copies, []
        for body in bodies:
            with suppress(NotCarriedError):
                self._posted(body)
        return len(bodies)

    def _posted(self, body: bytes) -> bytes:
        try:
            status, answer = self.post("/device/1", body, TRANSFER)
        except OffError:
            raise NotCarriedError from None
        if status != OK:
            raise NotCarriedError
        return answer


class SimulatedDevice:
    """One device from its introduction on."""

    def __init__(self, name: str, kind: str, seed: bytes, now_us: Callable[[], int]) -> None:
        self.name, self.kind, self._seed, self._now_us = name, kind, seed, now_us
        self._state = client_state.in_memory()
        self._client: DeviceClient | None = None
        self.acknowledged: dict[MessageName, bytes] = {}  # With the digest of its bytes.
        self.refused: list[tuple[int, str]] = []
        self.said: set[bytes] = set()  # The digests of everything that was handed over.
        self.screen: Random | None = None  # Of one that can do what it is told; None: it cannot.
        self.answered: dict[int, tuple[str, CommandOutcome]] = {}  # What to each command.

    def introduce(self, post: Post, code: str, server: bytes) -> None:
        """Introduce itself with a code; raises where it is not taken."""
        with self._state.transaction():
            if self._state.facts() is None:
                self._state.begin(self.name, self.kind, server, self._seed)
        signer = SecretKey.from_seed(self._seed)
        what = Introduction(self.name, self.kind, signer.key, code)
        body = device_client.sign_message(what, 1, self._now_us(), signer)
        status, answer = post("/device/1/introduce", body, "application/cose")
        if status != OK:
            raise NotCarriedError(answer.decode())
        self._client = DeviceClient(self._state, self._now_us, self._act)
        self._client.hear(answer)

    def _act(self, what: Down) -> CommandOutcome:
        """Do what one is told, each time the same, or not."""
        if self.screen is None or self._client is None:
            return CommandOutcome.CANNOT
        can = CommandOutcome.SHOWN if isinstance(what, PersonMessage) else CommandOutcome.DONE
        outcome = Random(f"{self.name} {what}").choice((can, can, can, CommandOutcome.CANNOT))
        self.answered[self._client.facts.heard] = repr(what), outcome
        return outcome

    def read(self) -> None:
        """Have somebody read some of what is on the screen, and the device say so."""
        for counter, (what, outcome) in self.answered.items():
            if outcome is CommandOutcome.SHOWN and self.screen and self.screen.random() < P_READ:
                self.say([(CommandAnswer(counter, CommandOutcome.READ), self._now_us())])
                self.answered[counter] = what, CommandOutcome.READ

    def under_another_name(self, name: str) -> "SimulatedDevice":
        """Return one that signs by the same key, and calls itself otherwise."""
        return SimulatedDevice(name, self.kind, self._seed, self._now_us)

    @property
    def is_enrolled(self) -> bool:
        """Tell whether it was introduced."""
        return self._client is not None

    @property
    def waiting(self) -> int:
        """Return how many messages nobody has acknowledged yet."""
        return 0 if self._client is None else self._client.waiting

    def say(self, payloads: Sequence[tuple[Up, int]]) -> None:
        """Sign things, each with its time, and keep them until they are acknowledged."""
        assert self._client is not None, "a device that is carried was introduced"
        self._client.say(payloads)

    def change_key(self, seed: bytes) -> None:
        """Announce another key."""
        assert self._client is not None, "a device that is carried was introduced"
        self._client.change_key(seed, self._now_us())

    def forward(self, network: SimulatedNetwork) -> None:
        """Hand over what waits, and note what was acknowledged."""
        if self._client is None or not self._client.waiting:
            return
        before = self._waiting()
        try:
            self._client.forward(network)
        finally:
            left, aside = self._waiting(), dict(self._state.aside())
            self.refused = sorted(aside.items())
            for counter, digest in before.items():
                if counter not in left and counter not in aside:
                    self.acknowledged[self.name, counter] = digest

    @property
    def waiting_keys(self) -> frozenset[bytes]:
        """Return the names of the keys that signed what waits."""
        return frozenset(envelope.first_key_name(message.message) for message in self._queued())

    def _queued(self) -> list[QueuedMessage]:
        return self._state.next_messages(0, 1 << 40, 1 << 20)

    def _waiting(self) -> dict[int, bytes]:
        digests = {message.counter: sha256(message.message).digest() for message in self._queued()}
        self.said.update(digests.values())
        return digests

    def close(self) -> None:
        """Take the device away."""
        self._state.close()
