"""Nodes: the services over one store. Each receives and shows, and one of them leads.

Who leads is the product's own leadership over its own lease. A node can hang, between two things
that it does or in the middle of a step, and wakes when another one leads: it does not know, and
goes on with what it was about to do.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from mesure.actions.framework import context as context_
from mesure.actions.framework.context import Actor, Context
from mesure.actions.judging.judge_store import Sealer
from mesure.evaluation.policy import PolicyFile
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine import clock, texts
from mesure.privacy.quiet_hours import QuietHours
from mesure.service.cluster.leader_duties import LeaderDuties
from mesure.service.cluster.leadership import Leadership
from mesure.service.cluster.service_lease import Lease
from mesure.service.installation import log_signing
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import MailTls
from mesure.service.mail import MailServer
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.service.serve.contexts import ContextFactory
from mesure.service.serve.receiving import ReceiverService
from mesure.store.values import partitions
from mesure.store.values.faults import FencedError, StoreError
from mesure_lab.whole.simulated.clock_and_chance import SeededBytes, SimulatedLoop, SimulatedTime
from mesure_lab.whole.simulated.elsewhere import SimulatedReceiver
from mesure_lab.whole.simulated.lock_server import LONGEST_US, LockServer

ORIGIN: Final = "https://mesure.example"
ADDRESS: Final = "198.51.100.7"
EVERYTHING: Final = frozenset(range(partitions.PARTITIONS))
ALWAYS_US: Final = 0


@dataclass(frozen=True)
class NodeSetup:
    """What every node is made of."""

    policy: PolicyFile
    salts: SeededBytes
    hooks: SimulatedReceiver
    loop: SimulatedLoop
    failed: Callable[[str, Exception], None]
    in_hand_max: int


class NodeDuties(LeaderDuties):
    """The duties of a term, done in turn where the service has tasks and processes."""

    def __init__(self, node: "SimulatedNode") -> None:
        self._node = node
        self.is_fenced = False

    def start(self) -> None:
        """Begin a term."""
        self._node.begin_term()

    async def stop(self) -> None:
        """End it."""
        self._node.worker = None

    def raise_ended(self) -> None:
        """None of them ends by itself."""


class SimulatedNode:
    """One service: what receives and shows, and while it leads what judges and sends."""

    def __init__(
        self,
        name: str,
        instance: Installation,
        setup: NodeSetup,
        lease: Lease | None,
        stack: ExitStack,
    ) -> None:
        self.name, self.made, self._setup = name, instance, setup
        self._contexts = ContextFactory(instance, ORIGIN)
        stack.callback(self._contexts.close)
        self.receiving = ReceiverService(instance, lambda: True, self._visitor, setup.salts)
        stack.callback(lambda: setup.loop.run_until_complete(self.receiving.close()))
        mail = MailServer("mail.example", 25, "Mesure <mesure@mesure.example>", MailTls.NONE)
        self._ways = DeliveryChannels(mail, hooks=setup.hooks)
        stack.callback(lambda: self.notifier.settle())  # noqa: PLW0108  Each term has its own.
        self.lease = lease
        if lease is not None:
            stack.callback(lease.close)
        self.leadership = Leadership(lease, lambda: NodeDuties(self))
        self.notifier = self._notifier()
        self.worker: Worker | None = None
        self.at_work: Callable[[], None] = lambda: None  # Before each person of a step.
        self.stands_until_us = ALWAYS_US  # It does nothing before.

    def _notifier(self) -> Notifier:
        settings = self.made.settings
        quiet = QuietHours(settings.quiet_from, settings.quiet_until, ZoneInfo("UTC"))
        return Notifier(self.program, self._ways, ORIGIN, quiet, texts.catalogue)

    def begin_term(self) -> None:
        """Begin to lead: with what is kept, and nothing in hand."""
        self.worker, self.notifier = None, self._notifier()

    @property
    def leads(self) -> bool:
        """Tell whether it believes that it leads."""
        return self.leadership.duties is not None

    def begin_judging(self) -> Worker:
        """Have a worker, begun anew where there is none."""
        if self.worker is None:
            self.worker = self.judge_of(self.made, self.name)
        return self.worker

    def step(self) -> int:
        """Have its worker take one step; a process that ended is begun again."""
        worker = self.begin_judging()
        try:
            return worker.step(clock.now_us())
        except MemoryError:  # The judge ends of it, and the service begins another.
            self.worker = None
            raise

    def judge_of(self, instance: Installation, holder: str) -> Worker:
        """Return a worker that begins."""
        config = EvaluationConfig(instance.keyring, self._setup.policy)
        sealer = Sealer(instance.keyring, self._setup.salts)
        owner = instance.store.write(lambda work: work.claim(EVERYTHING, holder))
        return Worker(
            instance.store, sealer, config, owner, self._setup.failed,
            lambda: self.at_work(),  # noqa: PLW0108  It is set later.
            self._setup.in_hand_max,
        )  # fmt: skip

    def send(self) -> int:
        """Have the notifier take one turn, and wait for what it began."""
        self._setup.hooks.begin_turn()
        try:
            return self.notifier.turn()
        finally:
            self.notifier.settle()  # A receiver's fault ends a turn in which others were begun.

    def ask(self) -> None:
        """Ask once who leads."""
        self._setup.loop.run_until_complete(self.leadership.turn())

    def context(self, actor: Actor, address: str = ADDRESS, request: str = "whole") -> Context:
        """Return the context in which somebody acts now."""
        return self._contexts.make(actor, request, address)

    def program(self) -> Context:
        """Return the context in which the program itself acts now."""
        return self.context(context_.PROGRAM)

    def _visitor(self, address: str) -> Context:
        return self.context(context_.VISITOR, address, "device")


@dataclass
class ClusterCounts:
    """What was counted since the first start."""

    kept_by_former: int = 0  # Judged by a node that stood still while another began to lead.
    handed_over: int = 0
    not_one_leads: int = 0  # How often nobody led who was awake, or more than one.


class SimulatedCluster:
    """All nodes over one store; one that is alone leads all the time."""

    def __init__(
        self,
        nodes: Sequence[SimulatedNode],
        time: SimulatedTime,
        locks: LockServer | None,
        counts: ClusterCounts,
    ) -> None:
        self.nodes, self._time, self._locks = tuple(nodes), time, locks
        self.counts = counts
        self._strikes_in: int | None = None  # Persons until the leader stands still in its step.
        for node in self.nodes:
            node.at_work = lambda node=node: self._stand_still_within(node)  # type: ignore[misc]

    @property
    def is_alone(self) -> bool:
        """Tell whether there is one node only."""
        return len(self.nodes) == 1

    @property
    def awake(self) -> list[SimulatedNode]:
        """Return the nodes that do not stand still."""
        return [one for one in self.nodes if one.stands_until_us <= self._time.now_us]

    @property
    def leader(self) -> SimulatedNode | None:
        """Return who leads, and does something."""
        return next((one for one in self.awake if one.leads), None)

    def at(self, what: bytes) -> SimulatedNode:
        """Return the node to which something is led: by what it is, and when."""
        key = sha256(what + self._time.now_us.to_bytes(8, "big")).digest()
        return self.awake[key[0] % len(self.awake)]

    def ask(self) -> None:
        """Have everybody awake ask who leads, until all of them know."""
        for node in (*self.awake, *self.awake):
            node.ask()
        if sum(node.leads for node in self.awake) != 1:
            self.counts.not_one_leads += 1
            for node in self.nodes:  # Or nothing could go on until somebody looks.
                node.stands_until_us = ALWAYS_US

    # --- Standing still --------------------------------------------------------------------------

    def stand_still(self, span_us: int) -> str:
        """Have the leader stand still, unless all others do; they ask when its session is over."""
        self.ask()  # As everybody does twice a second: then a session ends with its silence.
        leader = self.leader
        if leader is None or self.awake == [leader]:
            return "nobody leads"
        leader.stands_until_us = self._time.now_us + span_us
        self._time.now_us += min(span_us, LONGEST_US)
        self._begin_other(leader)
        if span_us >= LONGEST_US:
            self.ask()
        return f"{leader.name} stands still, {self.wake()}"

    def cut_off(self) -> str:
        """End the session of the leader, which goes on until it asks again."""
        leader = self.leader
        if leader is None or self._locks is None:
            return "nobody leads"
        self._locks.cut()
        self._begin_other(leader)
        self._go_on(leader)
        self.ask()
        return f"{leader.name} is cut off"

    def _begin_other(self, former: SimulatedNode) -> None:
        others = [one for one in self.awake if one is not former]
        for node in others:
            node.ask()
            if node.leads:
                self.counts.handed_over += 1
                with suppress(StoreError, MemoryError):
                    node.step()

    def wake(self) -> str:
        """Have nodes that woke go on, which know nothing of what was meanwhile."""
        woken = [one for one in self.awake if one.stands_until_us != ALWAYS_US]
        for node in woken:
            node.stands_until_us = ALWAYS_US
            self._go_on(node)
        if woken:
            self.ask()
        return f"{len(woken)} woke"

    def _go_on(self, node: SimulatedNode) -> None:
        """Have a node do what it was about to do: it has not asked yet who leads."""
        if node.leadership.duties is None:
            return
        worker, judged = node.worker, self.step_of(node)
        with suppress(StoreError, MemoryError):
            node.send()
            log_signing.checkpoint(node.made)
        if worker is not None:  # One that is begun now is the last to claim, and may judge.
            self._count_kept(node, judged)

    def _count_kept(self, former: SimulatedNode, judged: int) -> None:
        """Count what a node judged, if another one judges by now."""
        others = [node for node in self.nodes if node is not former]
        if any(node.leads and node.worker is not None for node in others):
            self.counts.kept_by_former += judged

    def step_of(self, node: SimulatedNode) -> int:
        """Have the worker of a node take a step; one that was taken over from resigns."""
        handed_over = self.counts.handed_over
        try:
            judged = node.step()
        except FencedError:
            duties = node.leadership.duties
            if duties is not None:
                duties.is_fenced = True
                self.ask()
            return 0
        if self.counts.handed_over > handed_over:  # In the middle of it.
            self._count_kept(node, judged)
            self.ask()
        return judged

    def strike_within(self, persons: int) -> None:
        """Have the leader stand still in the middle of a step to come, after `persons`."""
        self._strikes_in = persons

    def _stand_still_within(self, node: SimulatedNode) -> None:
        if self._strikes_in is None or self.is_alone or node is not self.leader:
            return
        if self._strikes_in:
            self._strikes_in -= 1
            return
        self._strikes_in = None
        self._time.now_us += LONGEST_US
        self._begin_other(node)
