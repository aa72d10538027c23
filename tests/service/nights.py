"""A night of a small town in an installation of tests: told by devices, judged as it came."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import IntroduceDevice
from mesure.actions.framework import action, context
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.receiving.receipt_transaction import ReceiverDependencies
from mesure.actions.receiving.receive_messages import Receiver
from mesure.actions.receiving.receive_messages import ReceiverConfig as Receiving
from mesure.devices import message_verification
from mesure.devices.clocks import ClockLimits
from mesure.devices.message.uplink import Introduction
from mesure.instants import to_us
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine.signatures import EnrolledKeyVerifier
from mesure.record.policy_loading import read_policy
from mesure.service.installation.installation import Installation
from mesure_lab.demonstration import moving_in
from mesure_lab.demonstration.town_devices import DemoCarrier
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town

START = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)  # 20:00 in the town.
TURNS = 40
TURN = timedelta(minutes=15)


class Night:
    """A night of a small town, reported and judged step by step in one process."""

    def __init__(self, instance: Installation, persons: int = 4, days: int = 2) -> None:
        self.made, self.now = instance, START
        people = list(towns.people(Town(1, persons=persons, days=days)))
        moved_in = moving_in.move_in(instance, people, lambda: self.now)
        self.moved_in, self.people = moved_in, people
        key = instance.signing.devices.key
        self.carriers = [
            DemoCarrier(
                person,
                moved_in.codes[moving_in.device_of(person.id)],
                key,
                bytes([n]) * 32,
                self.us,
            )
            for n, person in enumerate(people, 1)
        ]
        for carrier in self.carriers:
            self.introduce(carrier)
            carrier.skip(self.us())
        moving_in.hand_out(instance, moved_in, lambda: self.now)

    def us(self) -> int:
        return to_us(self.now)

    def introduce(self, carrier: DemoCarrier) -> None:
        introduction = message_verification.introduce(carrier.introduction(), EnrolledKeyVerifier())
        assert isinstance(introduction, Introduction)
        request = IntroduceDevice(
            introduction.device,
            introduction.device_class,
            introduction.public_key,
            introduction.code,
        )
        action.perform(
            moving_in.context_of(self.made, context.VISITOR, self.now),
            enrolment_codes.introduce,
            request,
        )

    def vary(self, number: int, *changes: tuple[str, str]) -> None:
        """Enter another version of somebody's order, in which some words are others."""
        text = self.people[number].order_text
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        officer = moving_in.context_of(self.made, self.moved_in.officer, self.now)
        entered = action.perform(officer, court_orders.enter, EnterVersion(text.encode(), {}))
        if not entered.binds:
            supervisor = moving_in.context_of(self.made, self.moved_in.supervisor, self.now)
            version_ref = VersionRef(entered.order, entered.number, entered.whole_sha256)
            action.perform(supervisor, court_orders.confirm, version_ref)

    async def pass_by(
        self, turns: int = TURNS, happens: Mapping[int, Callable[[], None]] = MappingProxyType({})
    ) -> None:
        """Let the night pass; a worker is replaced by another one now and then."""
        means = ReceiverDependencies(
            self.made.keyring,
            EnrolledKeyVerifier(),
            ClockLimits(10**8, 10**10),
            secrets.token_bytes,
        )
        house = Receiving(self.made.store, means, self.made.signing.devices, self.us)
        receiver = Receiver(house)
        self.worker().step(self.us())  # Before anything came.
        for turn in range(turns):
            if turn % 9 == 0:
                worker = self.worker()
            self.now += TURN
            happens.get(turn, lambda: None)()
            for carrier in self.carriers:
                carrier.say()
                for data in carrier.transfers():
                    carrier.hear((await receiver.transfer(data, "here")).transfer)
            worker.step(self.us())
        await receiver.close()

    def close(self) -> None:
        """Forget what the devices said; nothing more comes of them."""
        for carrier in self.carriers:
            carrier.close()

    def worker(self) -> Worker:
        policy, _ = read_policy(None)
        sealer = Sealer(self.made.keyring, secrets.token_bytes)
        house = EvaluationConfig(self.made.keyring, policy)
        owner = self.made.store.write(lambda work: work.claim(range(256), "test"))
        return Worker(self.made.store, sealer, house, owner, _failed)


def _failed(_person: str, error: Exception) -> None:
    raise error
