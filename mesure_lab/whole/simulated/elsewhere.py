"""Elsewhere: a mail server and a receiver of webhooks that fail now and then, and keep what came.

Letters and webhooks go through the service's own code up to the socket; what stands in for the
socket is here.
"""

from collections import Counter
from email.message import EmailMessage
from ipaddress import ip_address
from random import Random
from typing import Self

import httpx

from mesure.service.outgoing.webhook_delivery import NetworkPolicy, WebhookSender


class SimulatedMail:
    """A mail server: `letters` counts what it took, by the name of the letter."""

    def __init__(self, dice: Random, p_down: float) -> None:
        self._dice, self._p_down = dice, p_down
        self.letters: Counter[str] = Counter()
        self.texts: list[tuple[str, str, str]] = []  # To whom, by which name, and all of it.

    def connect(self, *_where: object, **_how: object) -> "MailSession":
        """Take a connection, or be down."""
        if self._dice.random() < self._p_down:
            raise ConnectionRefusedError("the simulated server is down")
        return MailSession(self)

    def be_well(self) -> None:
        """Take everything from now on."""
        self._p_down = 0.0


class MailSession:
    """A connection to the simulated mail server; it stands in for one that is real."""

    def __init__(self, server: SimulatedMail) -> None:
        self._server = server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send_message(self, letter: EmailMessage) -> None:
        """Take a letter."""
        name = str(letter["Message-ID"])
        self._server.letters[name] += 1
        self._server.texts.append((str(letter["To"]), name, letter.as_string()))


class SimulatedReceiver(WebhookSender):
    """A receiver of webhooks, beyond the last line that is the service's own."""

    def __init__(self, dice: Random, p_down: float) -> None:
        super().__init__(NetworkPolicy(), lambda _host, _port: (ip_address("9.9.9.9"),))
        self._dice, self._p_down = dice, p_down
        self.events: Counter[str] = Counter()  # By the name that the receiver knows them by.

    async def _exchanged(self, request: httpx.Request) -> int:
        if self._dice.random() < self._p_down:
            raise httpx.ConnectError("the simulated receiver is down")
        self.events[request.headers["webhook-id"]] += 1
        return 200 if self._dice.random() >= self._p_down else 500

    def be_well(self) -> None:
        """Take everything from now on."""
        self._p_down = 0.0
