"""Phones of a pilot: apps that cannot sign, over HTTP or by a broker.

A phone sends its oldest fix until somebody takes it. What was taken must be kept, once, and open to
the bytes that were sent; whatever else comes under its topic is none of its own.
"""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from mesure.actions.devices.app_enrolment import UnsignedAppCredentials
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.uplink import Up
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from mesure.formats.apps.message_pieces import MessagePiece
from mesure.instants import US_PER_S, to_datetime
from mesure_lab.whole.drawn.swarm import PhoneWay
from mesure_lab.whole.simulated.broker import SimulatedBroker
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.simulated.simulated_devices import SimulatedNetwork

OK: Final = 200
AT_ONCE: Final = 30  # Of a phone that was off for a day, and comes back.
PATHS: Final = {
    PhoneWay.OSMAND: "/pilot/osmand",
    PhoneWay.TRACCAR_CLIENT: "/pilot/osmand",
    PhoneWay.OWNTRACKS: "/pilot/owntracks",
}
STRANGE: Final = (
    ("owntracks/nobody/phone", b'{"_type":"location","lat":1,"lon":1,"tst":1}'),
    ("mesure/1/D-0/up", b"no message"),
    ("owntracks/a/b/c", b"{}"),
)


@dataclass
class SimulatedPhone:
    """One phone, from its enrolment on."""

    name: str
    way: PhoneWay
    who: UnsignedAppCredentials
    broker: SimulatedBroker
    together_max: int = 1  # How many messages it sends in one request, where its app has lists.
    is_retired: bool = False
    taken_in_vain: int = 0  # How often it was told then that something was taken.
    queue: deque[bytes] = field(default_factory=deque)
    accepted: set[bytes] = field(default_factory=set)  # What is kept of a message: its digests.
    said: set[bytes] = field(default_factory=set)
    calls_us: dict[bytes, int] = field(default_factory=dict)  # When somebody called for help.
    # What a device that signs has, and a phone has not.
    acknowledged: dict[tuple[str, int], bytes] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)
    is_enrolled: bool = True

    @property
    def waiting(self) -> int:
        """Return how much nobody has taken yet."""
        return len(self.queue) + (self.way is PhoneWay.MQTT and self.broker.waiting)

    def say(self, payloads: list[tuple[Up, int]]) -> None:
        """Write fixes down until they are taken; an app of a pilot says nothing else."""
        for what, _ in payloads:
            if isinstance(what, FixBatch):
                self.queue.extend(_written(self.way, self.who, what))

    def call(self, at_us: int) -> None:
        """Call for help, in the words of the app; OwnTracks has none for it."""
        if self.way is PhoneWay.OSMAND:
            body = f"id={self.who.claimed}&timestamp={at_us // 1000}&alarm=sos".encode()
        elif self.way is PhoneWay.TRACCAR_CLIENT:
            location = {"timestamp": to_datetime(at_us).isoformat(), "alarm": "sos"}
            body = json.dumps({"location": location, "device_id": self.who.claimed}).encode()
        else:
            return
        self.queue.append(body)
        self.calls_us[self._kept(body)] = at_us

    def change_key(self, _seed: bytes) -> None:
        """Have no key."""

    def retire(self) -> None:
        """Be retired: what waits is not handed over, and what somebody sends is a stranger's."""
        self.is_retired = True
        self.queue.clear()

    def forward(self, network: SimulatedNetwork) -> None:
        """Hand over what waits, the oldest first, as long as it is taken."""
        for _ in range(AT_ONCE):
            if not self.queue:
                break
            if self.is_retired:
                self._try_in_vain(network)
            elif self.way is PhoneWay.MQTT:
                self._publish(network)
            elif not self._post(network):
                break
        if self.way is PhoneWay.MQTT:
            network.listen()

    def _post(self, network: SimulatedNetwork) -> bool:
        """Send the oldest messages, and tell whether they were taken."""
        dice, swarm = network.dice, network.swarm
        bodies = self._oldest()
        body = bodies[0] if len(bodies) == 1 else b"[" + b",".join(bodies) + b"]"
        self.said.update(sha256(self._kept(message)).digest() for message in bodies)
        if dice.random() < swarm.p_lost:
            return False
        for _ in range(1 + (dice.random() < swarm.p_twice)):
            try:
                status, _answer = network.post_as_app(PATHS[self.way], body, self.who)
            except OffError:
                return False
        if status != OK or dice.random() < swarm.p_answer_lost:
            return False
        for message in bodies:
            self._take(message)
        return True

    def _oldest(self) -> list[bytes]:
        """Return what goes in one request: OsmAnd has no lists."""
        count = 1 if self.way is PhoneWay.OSMAND else self.together_max
        return list(self.queue)[:count]

    def _publish(self, network: SimulatedNetwork) -> None:
        """Give the oldest message to the broker, which keeps it until the service has it."""
        body, dice, swarm = self.queue.popleft(), network.dice, network.swarm
        self.said.add(sha256(self._kept(body)).digest())
        topic = f"owntracks/{self.who.claimed}"
        if dice.random() < swarm.p_shuffled:
            self.broker.publish(*dice.choice(STRANGE))
        if dice.random() < swarm.p_late_copy:
            self.broker.publish(topic, RETAINED, is_retained=True)
        for _ in range(1 + (dice.random() < swarm.p_twice)):
            self.broker.publish(topic, body, on_acknowledged=lambda: self._note_acknowledged(body))

    def _note_acknowledged(self, body: bytes) -> None:
        if not self.is_retired:  # A broker is rid of what is a stranger's, too.
            self.accepted.add(self._kept(body))

    def _try_in_vain(self, network: SimulatedNetwork) -> None:
        """Send something under the name of a phone that was retired."""
        body = self.queue.popleft()
        if self.way is PhoneWay.MQTT:
            self.broker.publish(f"owntracks/{self.who.claimed}", body)
            return
        with suppress(OffError):
            status, _answer = network.post_as_app(PATHS[self.way], body, self.who)
            self.taken_in_vain += status == OK

    def _take(self, body: bytes) -> None:
        self.queue.popleft()
        self.accepted.add(self._kept(body))

    def _kept(self, body: bytes) -> bytes:
        """Return what is kept of a message, as the page on storing says: its text, and whose."""
        [piece] = self._pieces(body)
        return message_pieces.read_piece(piece).kept

    def _pieces(self, body: bytes) -> tuple[MessagePiece, ...]:
        if self.way is PhoneWay.OSMAND:
            return message_pieces.of_osmand(AppRequest(query=body))
        if self.way is PhoneWay.TRACCAR_CLIENT:
            return message_pieces.of_osmand(AppRequest(body=body))
        if self.way is PhoneWay.OWNTRACKS:
            user, _, phone = self.who.claimed.partition("/")
            return message_pieces.of_owntracks(AppRequest(b"", body, user, phone))
        return message_pieces.of_delivery(MqttDelivery(f"owntracks/{self.who.claimed}", body))

    def close(self) -> None:
        """Have nothing open."""


RETAINED: Final = b'{"_type":"location","lat":1.0,"lon":1.0,"acc":9,"tst":1700000000,"old":1}'


def _written(way: PhoneWay, who: UnsignedAppCredentials, fixes: FixBatch) -> Iterator[bytes]:
    """Yield fixes as an app writes them, one message each."""
    for at_us, lat, lon, radius in zip(
        fixes.observed_us.tolist(), fixes.lat_deg.tolist(), fixes.lon_deg.tolist(),
        fixes.reported_m.tolist(), strict=True,
    ):  # fmt: skip
        accuracy: dict[str, Any] = {} if radius != radius else {"acc": round(radius, 1)}
        if way is PhoneWay.OSMAND:
            words = f"id={who.claimed}&lat={lat}&lon={lon}&timestamp={at_us // 1000}"
            yield (words + "".join(f"&accuracy={it}" for it in accuracy.values())).encode()
        elif way is PhoneWay.TRACCAR_CLIENT:
            coords = {"latitude": lat, "longitude": lon, "accuracy": accuracy.get("acc", 0)}
            location = {"timestamp": to_datetime(at_us).isoformat(), "coords": coords}
            yield json.dumps({"location": location, "device_id": who.claimed}).encode()
        else:
            fields = {"_type": "location", "lat": lat, "lon": lon, "tst": at_us // US_PER_S}
            yield json.dumps(fields | accuracy).encode()
