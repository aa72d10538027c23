"""Elsewhere: a mail server and a receiver of webhooks that fail now and then, and keep what came.

Letters and webhooks go through the service's own code up to the socket; what stands in for the
socket is here.
"""

from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from ipaddress import ip_address
from random import Random
from typing import Final

import httpx

from mesure.instants import US_PER_S
from mesure.service import mail
from mesure.service.outgoing.webhook_delivery import NetworkPolicy, WebhookSender

OF_SHARP_S: Final = ("xn--strae-oqa.example", "straße.example")  # By IDNA 2008, not strasse.
WAITED_US: Final = round(mail.TIMEOUT_S * US_PER_S)  # For the answer to a letter.


class Slowness:
    """How slowly somebody answers: a share of what they do takes as long as one waits."""

    def __init__(self, dice: Random, share: float, wait: Callable[[int], None]) -> None:
        self._dice, self._share, self._wait = dice, share, wait

    def strikes(self) -> bool:
        """Let time pass where it is one's turn to be slow; tell whether it was too long."""
        if self._dice.random() >= self._share:
            return False
        is_too_long = self._dice.random() < 0.5
        self._wait(WAITED_US if is_too_long else WAITED_US * 3 // 4)
        return is_too_long


class SimulatedMail:
    """A mail server: `letters` counts what it took, by the name of the letter."""

    def __init__(
        self, dice: Random, p_down: float, slow: Slowness | None = None, p_cut: float = 0.0
    ) -> None:
        """`p_cut`: how often it ends a connection instead of taking leave."""
        self._dice, self._p_down, self._slow, self._p_cut = dice, p_down, slow, p_cut
        self.unanswered: Counter[str] = Counter()  # Taken, and the answer came too late.
        self.letters: Counter[str] = Counter()
        self.texts: list[tuple[str, str, str]] = []  # To whom, by which name, and all of it.

    def connect(self, *_where: object, **_how: object) -> "MailSession":
        """Take a connection, or be down."""
        if self._dice.random() < self._p_down:
            raise ConnectionRefusedError("the simulated server is down")
        return MailSession(self)

    def be_well(self) -> None:
        """Take everything from now on."""
        self._p_down, self._slow = 0.0, None

    def be_down(self) -> None:
        """Take nothing from now on."""
        self._p_down = 1.0

    def take_leave(self) -> None:
        """Say goodbye, or end the connection without a word."""
        if self._p_cut and self._dice.random() < self._p_cut:
            raise ConnectionResetError("the simulated server is gone")

    def answer(self, name: str) -> None:
        """Take one's time, and sometimes longer than anybody waits."""
        if self._slow is not None and self._slow.strikes():
            self.unanswered[name] += 1
            raise TimeoutError("the simulated server is slow")


class MailSession:
    """A connection to the simulated mail server; it stands in for one that is real."""

    def __init__(self, server: SimulatedMail) -> None:
        self._server = server

    def close(self) -> None:
        """End the connection."""

    def quit(self) -> None:
        """Take leave."""
        self._server.take_leave()

    def send_message(self, letter: EmailMessage) -> None:
        """Take a letter."""
        name, to = str(letter["Message-ID"]), str(letter["To"]).replace(*OF_SHARP_S)
        self._server.letters[name] += 1
        self._server.texts.append((to, name, letter.as_string()))
        self._server.answer(name)


class SimulatedReceiver(WebhookSender):
    """A receiver of webhooks, beyond the last line that is the service's own."""

    def __init__(self, dice: Random, p_down: float) -> None:
        super().__init__(NetworkPolicy(), lambda _host, _port: (ip_address("9.9.9.9"),))
        self._dice, self._p_down = dice, p_down
        self.events: Counter[str] = Counter()  # By the name that the receiver knows them by.
        self.requests: list[tuple[httpx.Request, int]] = []  # Each with when it came.
        self.now_us: Callable[[], int] = lambda: 0
        self.turn_us = self.late_us = 0  # When the turn began, and how late one came in any.

    def begin_turn(self) -> None:
        """Have a turn begin, in which what is due is to come soon."""
        self.turn_us = self.now_us()

    async def _exchanged(self, request: httpx.Request) -> int:
        self.late_us = max(self.late_us, self.now_us() - self.turn_us)
        if self._dice.random() < self._p_down:
            raise httpx.ConnectError("the simulated receiver is down")
        self.events[request.headers["webhook-id"]] += 1
        self.requests.append((request, self.now_us()))
        return 200 if self._dice.random() >= self._p_down else 500

    def be_well(self) -> None:
        """Take everything from now on."""
        self._p_down = 0.0
