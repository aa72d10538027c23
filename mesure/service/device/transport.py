"""Transport of the reference client: HTTP, or MQTT by a broker, with retries.

What can't be handed over waits in the device, and goes the next time. A server that is full says
when to come again; one that is away is tried a few times, each time later.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import aiomqtt
import httpx

from mesure.devices.message import public_keys
from mesure.ingest import mqtt_listener
from mesure.machine.service_error import ServiceError
from mesure.service.device.client import DeviceClient, TransferResult, Transport
from mesure.service.device.client_state import QueuedMessage

WITHIN_S: Final = 30.0
WAITS_S: Final = (1.0, 2.0, 5.0, 15.0, 30.0)  # Between tries; then the messages wait.
WAIT_S_MAX: Final = 300.0
TRANSFER: Final = "application/cose-seq"
MESSAGE: Final = "application/cose"
SAID_CHARS_MAX: Final = 200


class RetryLaterError(ServiceError):
    """Messages could not be handed over; they wait. After `wait_s` it may be tried again."""

    def __init__(self, where: str, what: str, wait_s: float | None = None) -> None:
        super().__init__(where, what, "the messages wait", "try again later")
        self.wait_s = wait_s


class HttpTransport:
    """Hands messages to a server, over one connection."""

    def __init__(self, url: str, certificates: Path | None = None) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.Client(timeout=WITHIN_S, verify=_tls(certificates) or True)

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        """Hand messages over, and return what the device is sent."""
        return self._post("/device/1", b"".join(one.message for one in messages), TRANSFER)

    def introduce(self, introduction: bytes) -> bytes:
        """Introduce a device, and return the answer."""
        return self._post("/device/1/introduce", introduction, MESSAGE)

    def server_key(self) -> bytes:
        """Return the installation's public key."""
        key = self._ask("GET", "/device/1/key", b"", "").decode("ascii", "replace").strip()
        try:
            key_bytes = bytes.fromhex(key)
        except ValueError:
            key_bytes = b""
        refusal = public_keys.check_public_key(key_bytes)
        if refusal is not None:
            what, why = "what is here is no service of Mesure", "it has no key"
            raise ServiceError(self._url, what, why, "check the address")
        return key_bytes

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def _post(self, path: str, data: bytes, content_type: str) -> bytes:
        return self._ask("POST", path, data, content_type)

    def _ask(self, method: str, path: str, data: bytes, content_type: str) -> bytes:
        headers = {"content-type": content_type} if content_type else {}
        try:
            answer = self._http.request(method, self._url + path, content=data, headers=headers)
        except httpx.HTTPError as error:
            raise RetryLaterError(self._url, f"it cannot be reached ({error})") from None
        if answer.status_code == httpx.codes.OK:
            return answer.content
        detail = answer.text.strip().rstrip(".")[:SAID_CHARS_MAX]
        if answer.status_code in (429, 503):
            wait = answer.headers.get("retry-after", "")
            raise RetryLaterError(self._url, detail, float(wait) if wait.isdecimal() else None)
        why = "nothing was taken"
        raise ServiceError(self._url, detail or str(answer.status_code), why, "see what it says")


class MqttTransport:
    """Hands messages to a broker, and waits for what the installation answers."""

    def __init__(self, url: str, device: str, certificates: Path | None = None) -> None:
        where = urlsplit(url)
        self._url = f"{where.scheme}://{where.hostname}"
        self._device = device
        is_secret = where.scheme == "mqtts"
        self._tls = (_tls(certificates) or ssl.create_default_context()) if is_secret else None
        self._host, self._port = where.hostname or "", where.port or (8883 if is_secret else 1883)
        self._login = unquote(where.username) if where.username else None
        self._password = unquote(where.password) if where.password else None

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        """Hand messages over, and return what the device is sent."""
        try:
            return asyncio.run(self._carry(b"".join(one.message for one in messages)))
        except (aiomqtt.MqttError, TimeoutError) as error:
            what = f"the broker or the installation did not answer ({type(error).__name__})"
            raise RetryLaterError(self._url, what) from None

    async def _carry(self, transfer: bytes) -> bytes:
        async with asyncio.timeout(WITHIN_S), self._connection() as client:
            await client.subscribe(mqtt_listener.down(self._device), qos=mqtt_listener.QOS)
            await client.publish(mqtt_listener.up(self._device), transfer, qos=mqtt_listener.QOS)
            async for message in client.messages:
                assert isinstance(message.payload, bytes), "the library gives what came as bytes"
                return message.payload
        raise TimeoutError

    def _connection(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._host,
            self._port,
            username=self._login,
            password=self._password,
            tls_context=self._tls,
        )

    def close(self) -> None:
        """Let go; each transfer has a connection of its own."""


def to_server(
    url: str, device: str, certificates: Path | None = None
) -> HttpTransport | MqttTransport:
    """Return the way to a server, by its address."""
    scheme = urlsplit(url).scheme
    if scheme in ("http", "https"):
        return HttpTransport(url, certificates)
    if scheme in ("mqtt", "mqtts"):
        return MqttTransport(url, device, certificates)
    what, why = "this is no address of a service", "nothing can be handed over"
    remedy = "write it as https://mesure.example or mqtts://name:password@broker.example"
    raise ServiceError(url, what, why, remedy)


def forward(
    client: DeviceClient, transport: Transport, sleep: Callable[[float], None]
) -> TransferResult:
    """Hand over all that waits, and try again for a while where that can't be done now."""
    for wait_s in WAITS_S:
        try:
            return client.forward(transport)
        except RetryLaterError as later:
            sleep(min(later.wait_s or wait_s, WAIT_S_MAX))
    return client.forward(transport)


def _tls(certificates: Path | None) -> ssl.SSLContext | None:
    """Return how a server with a certificate that is signed by these is believed."""
    if certificates is None:
        return None
    try:
        return ssl.create_default_context(cafile=str(certificates))
    except (OSError, ssl.SSLError) as error:
        what, why = f"these are no certificates ({error})", "no server can be believed by them"
        raise ServiceError(certificates, what, why, "name a file in PEM") from None
