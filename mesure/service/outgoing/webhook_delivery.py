"""Webhook delivery: tell another program, at a registered address, that something happened.

Each is signed as Standard Webhooks has it: an id, a time and an HMAC over both and the body, so the
receiver knows that it is ours, new and whole, and can pass over one that comes again.

A name is looked up here, and the connection goes to the very address that was checked: a name that
points to this machine or to a metadata service of a cloud leads nowhere, also when it is changed in
between. No answer is followed elsewhere and none is read beyond its status. From the connection to
the status there is one deadline: a receiver that answers in drips is as slow as one that does not.
"""

import asyncio
import hmac
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

import httpx

from mesure.service.mail import DeliveryError

DEADLINE_S: Final = 10.0
CONTENT_TYPE: Final = "application/cloudevents+json"

# What of IPv6 has been given out so far; the rest, old forms among it, belongs to nobody outside.
GIVEN_OUT: Final = IPv6Network("2000::/3")
TRANSLATED: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: to IPv4, by a gateway of the network.

TRANSLATED_HERE: Final = IPv6Network("64:ff9b:1::/48")  # RFC 8215: to whatever the network likes.

# Where clouds hand their keys to any caller from within. Some of these look like a network of the
# operator's, and one like any other outside; to none of them is ever a webhook sent.
METADATA: Final = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # AWS, Azure, Google, Oracle and most others.
            "169.254.170.2",  # AWS, of containers.
            "fd00:ec2::254",  # AWS.
            "fd00:ec2::23",  # AWS, of containers.
            "fd20:ce::254",  # Google.
            "168.63.129.16",  # Azure.
            "100.100.100.200",  # Alibaba.
            "192.0.0.192",  # Oracle.
            "fd00:42::42",  # Scaleway.
        ),
    )
)

Address: TypeAlias = IPv4Address | IPv6Address
Resolve = Callable[[str, int], tuple[Address, ...]]


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Where webhooks may go: to the outside; and only if the operator says so, to one's own."""

    private: bool = False  # The operator's own networks.
    loopback: bool = False  # This machine, and there also without TLS.

    def allows(self, address: Address) -> bool:
        """Tell whether a connection may go there.

        >>> addresses = map(ip_address, ("169.254.169.254", "10.0.0.1", "1.1.1.1"))
        >>> [NetworkPolicy().allows(address) for address in addresses]
        [False, False, True]
        >>> NetworkPolicy(private=True, loopback=True).allows(ip_address("fd00:ec2::254"))
        False
        """
        if address in METADATA or address in TRANSLATED_HERE:
            return False
        if isinstance(address, IPv6Address):
            if address.teredo or int(address) >> 32 & 0xFDFF_FFFF == 0x5EFE:
                return False  # By a tunnel to any older address (RFC 4380, RFC 5214).
            within = _within(address)
            if within is not None:
                return self.allows(within)
        if address.is_loopback:
            return self.loopback
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        is_outside = address.is_global and (address.version == 4 or address in GIVEN_OUT)
        return is_outside or (self.private and address.is_private)


def _within(address: IPv6Address) -> IPv4Address | None:
    """Return to which older address one leads: by its form, by a gateway, or through a tunnel."""
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def resolve_host(host: str, port: int) -> tuple[Address, ...]:
    """Return the addresses of a name."""
    address_infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(ip_address(where[0]) for *_, where in address_infos)


def _read_address(address: str) -> httpx.URL:
    """Return an address that was kept; some that are none could be entered once."""
    try:
        url = httpx.URL(address)
        return url.copy_with(host=url.host)
    except (httpx.InvalidURL, ValueError):
        raise DeliveryError("name") from None


def signature(secret: bytes, name: str, sent_s: int, body: bytes) -> str:
    """Return what goes into `webhook-signature`.

    >>> signature(b"k" * 24, "msg_1", 1674087231, b"{}")[:12]
    'v1,G1doHG0uj'
    """
    signed = f"{name}.{sent_s}.".encode() + body
    return "v1," + b64encode(hmac.new(secret, signed, sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An event on its way to one receiver."""

    address: str
    secret: bytes
    name: str  # The same whenever it is sent again.
    body: bytes


class WebhookSender:
    """Sends webhooks."""

    def __init__(
        self,
        reach: NetworkPolicy,
        resolve: Resolve = resolve_host,
        ca_file: str | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._reach, self._resolve, self._deadline_s = reach, resolve, deadline_s
        self._tls = httpx.create_ssl_context(verify=ca_file or True)

    def send(self, hook: WebhookRequest, sent_s: int) -> None:
        """Send a webhook, or raise `DeliveryError`."""
        url = _read_address(hook.address)
        there = url.copy_with(host=str(self._checked(url)))
        request = httpx.Request(
            "POST",
            there,
            content=hook.body,
            headers=self._headers(hook, url, sent_s),
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        try:
            status = asyncio.run(self._exchanged(request))
        except TimeoutError:
            raise DeliveryError("deadline") from None
        except httpx.HTTPError as error:
            raise DeliveryError(type(error).__name__) from None
        if status == httpx.codes.GONE:
            raise DeliveryError("gone", is_final=True)
        if not 200 <= status < 300:
            raise DeliveryError(f"status_{status}")

    async def _exchanged(self, request: httpx.Request) -> int:
        """Return the status of the answer, or end with the deadline, however far it came."""
        async with asyncio.timeout(self._deadline_s):
            transport = httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False)
            async with transport:
                answer = await transport.handle_async_request(request)
                await answer.aclose()
                return answer.status_code

    def _headers(self, hook: WebhookRequest, url: httpx.URL, sent_s: int) -> Mapping[str, str]:
        return {
            "host": url.netloc.decode(),
            "content-type": CONTENT_TYPE,
            "webhook-id": hook.name,
            "webhook-timestamp": str(sent_s),
            "webhook-signature": signature(hook.secret, hook.name, sent_s, hook.body),
            "user-agent": "mesure",
        }

    def _checked(self, url: httpx.URL) -> Address:
        """Return the address to connect to; every address of the name must be allowed."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = self._resolve(url.raw_host.decode(), port)  # Python reads ß as ss.
        except (OSError, ValueError):
            raise DeliveryError("name") from None
        if not addresses or not all(map(self._reach.allows, addresses)):
            raise DeliveryError("forbidden_address")
        only_here = all(address.is_loopback for address in addresses)
        if url.scheme != "https" and not (url.scheme == "http" and only_here):
            raise DeliveryError("not_https", is_final=True)
        return addresses[0]
