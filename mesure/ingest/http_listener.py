"""HTTP listener for devices and phones: a raw ASGI app before all others.

    POST /device/1             a transfer of signed messages; the answer is a transfer too
    POST /device/1/introduce   the first message of a device
    GET  /device/1/key         the installation's public key
    GET or POST /pilot/osmand  Traccar Client, OsmAnd
    POST /pilot/owntracks
    POST /pilot/traccar        a Traccar server that forwards

A sender that asks too often waits: one device by what it signed, so that nobody else can use up its
share; one address by how often it asks. Strangers wait much sooner, and nobody else with them: a
whole network may use one address. Nothing that is answered or counted names anybody.
Formats: docs/specs/device_protocol.md
Formats: docs/specs/pilot_formats.md
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from mesure.actions.limits import token_buckets
from mesure.actions.limits.group_requests import BusyError
from mesure.actions.limits.memory_budget import MemoryBudget, MemoryReservation
from mesure.actions.limits.token_buckets import (
    DeviceRateLimiter,
    RateLimit,
    ShareBuckets,
    TokenBuckets,
)
from mesure.actions.receiving.receive_messages import Receiver, TransferReply
from mesure.actions.records.app_records import AppFamily
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.devices.message import envelope
from mesure.devices.message.device_refusal import DeviceRefusalReason
from mesure.formats.apps import (
    app_limits,
    message_pieces,
    osmand,
    owntracks_commands,
    traccar_forward,
)
from mesure.formats.apps.app_request import AppMessageFate, AppRequest, AppResponse
from mesure.ingest import device_requests
from mesure.ingest.app_letters import (
    AppCredentials,
    AppMessageIntake,
    AppRequestOutcome,
    TooOftenError,
)
from mesure.ingest.device_requests import Receive, Response, Scope, Send, later, sentence_response

TRANSFER: Final = "application/cose-seq"
MESSAGE: Final = "application/cose"
AWAY_S: Final = 5.0  # After which a device is to come again when the store is away.
BUSY_S: Final = 1.0
OFTEN: Final = "This address asks too often; come again later."
AWAY: Final = "Nothing can be kept now, and nothing was; come again."
TOO_MUCH: Final = "This device sends too much; come again later."

Introduce = Callable[[bytes, str], Awaitable[Response]]

ADDRESS: Final = RateLimit(burst=5_000, per_s=1_000.0)  # A whole network may be behind one.
STRANGE: Final = RateLimit(burst=200, per_s=2.0)  # Requests, and names, that nobody here has.


@dataclass(frozen=True, slots=True)
class ListenerLimits:
    """How much is taken from whom. Rates are messages, bytes or requests, at once and a second."""

    device: RateLimit = token_buckets.MESSAGES
    device_bytes: RateLimit = token_buckets.BYTES
    address: RateLimit = ADDRESS
    strange: RateLimit = STRANGE
    body_s: float = 20.0
    reading: int = 1_000  # Requests whose bodies are being read.
    reading_of_address: int = 250
    held_bytes: int = 64 << 20  # Of bodies that are being read, and of their messages until kept.
    held_bytes_of_address: int = 16 << 20


class HttpListener:
    """Answers devices and phones; one for each process, on its event loop."""

    def __init__(
        self,
        receiver: Receiver,
        letterbox: AppMessageIntake,
        introduce: Introduce,
        server_key: bytes,
        limits: ListenerLimits | None = None,
    ) -> None:
        self._receiver, self._letterbox, self._introduce = receiver, letterbox, introduce
        self._server_key = server_key.hex().encode() + b"\n"
        self._limits = limits or ListenerLimits()
        self._devices = DeviceRateLimiter(self._limits.device, self._limits.device_bytes)
        self._addresses = TokenBuckets(self._limits.address)
        self._strange = TokenBuckets(self._limits.strange)
        receiver.rates = letterbox.rates = self._devices  # Whichever way something comes.
        self._purse = MemoryBudget(self._limits.held_bytes, self._limits.held_bytes_of_address)
        self._reading = 0
        self._reading_of: Counter[str] = Counter()
        self.answered: Counter[tuple[str, int]] = Counter()  # Requests by route and status.
        self._routes: dict[str, tuple[frozenset[str], Callable[..., Awaitable[Response]]]] = {
            "/device/1": (_POST, self._transfer),
            "/device/1/introduce": (_POST, self._introduction),
            "/device/1/key": (_GET, self._key),
            "/pilot/osmand": (_GET | _POST, self._osmand),
            "/pilot/owntracks": (_POST, self._owntracks),
            "/pilot/traccar": (_POST, self._traccar),
        }

    def share(self, share: ShareBuckets) -> None:
        """Have what is taken of each rate counted together with other processes."""
        share("messages of a device", self._devices.messages, _now_s)
        share("bytes of a device", self._devices.bytes, _now_s)
        share("requests of an address", self._addresses, _now_s)
        share("strange requests", self._strange, _now_s)

    @staticmethod
    def takes(scope: Scope) -> bool:
        """Tell whether a request is one for here."""
        return scope["type"] == "http" and str(scope["path"]).startswith(("/device/", "/pilot/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            response = await self._answered(scope, receive)
        except device_requests.GoneError:
            return
        self.answered[(_route(scope["path"], self._routes), response.status)] += 1
        await device_requests.answer(send, response)

    async def _answered(self, scope: Scope, receive: Receive) -> Response:
        route = self._routes.get(scope["path"].rstrip("/"))
        if route is None:
            return sentence_response(404, "Nothing is received at this address.")
        methods, answer = route
        if scope["method"] not in methods:
            allowed = ", ".join(sorted(methods))
            return sentence_response(405, f"This address takes {allowed}.", Allow=allowed)
        address, now_s = device_requests.address(scope), _now_s()
        wait_s = self._addresses.take(address, now_s)
        if wait_s:
            return later(429, wait_s, OFTEN)
        try:
            with self._place(address) as holding:
                return await answer(
                    scope, device_requests.receive_within(receive, holding), address
                )
        except device_requests.FullError:
            return later(503, BUSY_S, "Too many are talking at once; come again.")
        except TooOftenError as often:
            return later(429, often.wait_s, OFTEN)
        except device_requests.TooSlowError:
            return sentence_response(408, "The request did not come in time.")
        except BusyError as busy:
            status = 429 if busy.is_own else 503
            return later(status, BUSY_S, "More waits than is taken in; come again.")
        except StoreUnavailableError:
            return later(503, AWAY_S, AWAY)

    @contextmanager
    def _place(self, address: str) -> Iterator[MemoryReservation]:
        """Have a place among those who are read, and room for what they send, until answered."""
        limits = self._limits
        is_full = self._reading >= limits.reading
        if is_full or self._reading_of[address] >= limits.reading_of_address:
            raise device_requests.FullError
        self._reading += 1
        self._reading_of[address] += 1
        try:
            with self._purse.open_reservation(address) as holding:
                yield holding
        finally:
            self._reading -= 1
            self._reading_of[address] -= 1
            if not self._reading_of[address]:
                del self._reading_of[address]

    # --- Devices -------------------------------------------------------------------------------

    async def _transfer(self, scope: Scope, receive: Receive, address: str) -> Response:
        if device_requests.content_type(scope) != TRANSFER:
            return sentence_response(415, f"A transfer has the type {TRANSFER}.")
        try:
            most = envelope.TRANSFER_BYTES_MAX
            data = await device_requests.body(scope, receive, most, self._limits.body_s)
        except device_requests.TooLargeError:
            return sentence_response(
                413, f"A transfer has at most {envelope.TRANSFER_BYTES_MAX} bytes."
            )
        device = self._receiver.device(data)
        wait_s = 0.0 if device is None else self._devices.wait_s(device, _now_s())
        if wait_s:
            return later(429, wait_s, TOO_MUCH)
        wait_s = self._strange.wait_s(address, _now_s())
        if wait_s and await self._receiver.whose(data) is None:
            return later(429, wait_s, OFTEN)
        return self._told(await self._receiver.transfer(data, address), address)

    def _told(self, reply: TransferReply, address: str) -> Response:
        if reply.by_device:
            return Response(200, reply.transfer, TRANSFER)
        if reply.late_s:
            return later(429, reply.late_s, TOO_MUCH)
        if reply.is_put_off:
            return later(503, AWAY_S, AWAY)
        self._strange.take(address, _now_s())
        if DeviceRefusalReason.UNKNOWN_KEY in reply.refused:
            return sentence_response(403, "No device that is enrolled here has this key.")
        return sentence_response(400, "There is no message in this that a device signed.")

    async def _introduction(self, scope: Scope, receive: Receive, address: str) -> Response:
        if device_requests.content_type(scope) != MESSAGE:
            return sentence_response(415, f"An introduction has the type {MESSAGE}.")
        wait_s = self._strange.wait_s(address, _now_s())
        if wait_s:
            return later(429, wait_s, OFTEN)
        try:
            most = envelope.MESSAGE_BYTES_MAX
            data = await device_requests.body(scope, receive, most, self._limits.body_s)
        except device_requests.TooLargeError:
            return sentence_response(
                413, f"An introduction has at most {envelope.MESSAGE_BYTES_MAX} bytes."
            )
        response = await self._introduce(data, address)
        if response.status != 200:
            self._strange.take(address, _now_s())
        return response

    async def _key(self, scope: Scope, receive: Receive, address: str) -> Response:  # noqa: ARG002
        return Response(200, self._server_key)

    # --- Phones --------------------------------------------------------------------------------

    async def _osmand(self, scope: Scope, receive: Receive, address: str) -> Response:
        request = await self._asked(scope, receive)
        outcome = await self._handed_in(
            scope, AppFamily.OSMAND, message_pieces.of_osmand(request), address
        )
        return _as_response(osmand.answer(request, outcome.fate))

    async def _owntracks(self, scope: Scope, receive: Receive, address: str) -> Response:
        request = await self._asked(scope, receive)
        outcome = await self._handed_in(
            scope, AppFamily.OWNTRACKS, message_pieces.of_owntracks(request), address
        )
        return _as_response(owntracks_commands.answer(outcome.fate, outcome.commands, outcome.box))

    async def _traccar(self, scope: Scope, receive: Receive, address: str) -> Response:
        pieces = message_pieces.of_forwarded((await self._asked(scope, receive)).body)
        outcome = await self._handed_in(scope, AppFamily.TRACCAR, pieces, address)
        return _as_response(traccar_forward.answer(outcome.fate))

    async def _asked(self, scope: Scope, receive: Receive) -> AppRequest:
        """Return a request, or the beginning of one that is too large, which is set aside."""
        body = await device_requests.read_body(
            receive, app_limits.BODY_BYTES_MAX, self._limits.body_s
        )
        return AppRequest(
            scope["query_string"][: app_limits.FIELDS_BYTES_MAX + 1],
            body,
            device_requests.header(scope, b"x-limit-u"),
            device_requests.header(scope, b"x-limit-d"),
        )

    async def _handed_in(
        self,
        scope: Scope,
        family: AppFamily,
        pieces: tuple[message_pieces.MessagePiece, ...],
        address: str,
    ) -> AppRequestOutcome:
        """Hand in what a phone says; who signs in speaks for phones of that name only."""
        wait_s = self._strange.wait_s(address, _now_s())
        if wait_s and not await self._letterbox.is_known(family, pieces):
            if family is AppFamily.TRACCAR and len(pieces) == 1:
                return AppRequestOutcome(AppMessageFate.NOT_ENROLLED)  # Its server waits for none.
            raise TooOftenError(wait_s)
        credentials = AppCredentials(*device_requests.credentials(scope))
        outcome = await self._letterbox.hand_in(family, pieces, address, credentials)
        if outcome.fate is AppMessageFate.NOT_ENROLLED:  # Each name was looked up.
            self._strange.take(address, _now_s(), len({piece.claimed for piece in pieces}))
        return outcome


_GET: Final = frozenset({"GET"})
_POST: Final = frozenset({"POST"})


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _route(path: str, routes: Container[str]) -> str:
    """Return the route of a request; what is none has no name, for anybody may have chosen it."""
    route = path.rstrip("/")
    return route if route in routes else "-"


def _as_response(answer: AppResponse) -> Response:
    return Response(answer.status, answer.body, answer.content_type)
