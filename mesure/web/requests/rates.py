"""Rate limits: how often somebody may ask, by buckets that fill with time.

Nobody is shut out for ever; a caller who asks too often is told when to come again. The buckets are
kept in memory, and the least recently used go first when there are too many.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from mesure.actions.limits import token_buckets
from mesure.actions.limits.token_buckets import RateLimit, ShareBuckets, TokenBuckets
from mesure.web.requests import problems
from mesure.web.requests.problems import Problem

IPV6: Final = 6

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class RequestRate:
    """How many at once, and how many a minute in the long run."""

    burst: int
    per_minute: int


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How often each kind of asking is allowed."""

    by_address: RequestRate = RequestRate(1_000, per_minute=6_000)  # A whole office may have one.
    by_account: RequestRate = RequestRate(burst=300, per_minute=1_800)
    # Of each address; accounts lock out on their own.
    sign_in: RequestRate = RequestRate(burst=10, per_minute=20)
    # Of pages that a stranger opens and that are entered in the audit log, where they stay.
    opening: RequestRate = RequestRate(burst=40, per_minute=60)


class RateBuckets:
    """The buckets of one rate; `name` is by what they are shared with other processes."""

    def __init__(
        self,
        name: str,
        rate: RequestRate,
        now: Clock,
        share: ShareBuckets = token_buckets.keep_apart,
    ) -> None:
        self._now = now
        self._buckets = TokenBuckets(RateLimit(rate.burst, rate.per_minute / 60))
        share(name, self._buckets, self._now_s)

    def take(self, key: str) -> int:
        """Take one, and return 0; or return after how many seconds there will be one."""
        return ceil(self._buckets.take(key, self._now_s()))

    def _now_s(self) -> float:
        return self._now().timestamp()


def too_often(wait_s: int) -> Problem:
    """Return what is answered to who asks too often."""
    return Problem(
        429,
        "too-often",
        f"There were too many requests. Ask again after {wait_s} seconds.",
        headers={"Retry-After": str(wait_s)},
    )


def address_of(scope: Scope) -> str:
    """Return where a request comes from; of IPv6 the network, since one house has many of those.

    >>> address_of({"client": ("2001:db8:1:2:3:4:5:6", 1)})
    '2001:db8:1:2::/64'
    """
    client = scope.get("client")
    host = client[0] if client else "-"
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def network_of(scope: Scope) -> str:
    """Return the network that a request comes from: what one who rents machines gets as a whole.

    >>> network_of({"client": ("192.0.2.77", 1)}), network_of({"client": ("2001:db8:1:2::5", 1)})
    ('192.0.2.0/24', '2001:db8:1::/48')
    """
    address = address_of(scope).removesuffix("/64")
    try:
        size = 48 if ip_address(address).version == IPV6 else 24
    except ValueError:
        return address
    return str(ip_network(f"{address}/{size}", strict=False))


class RateLimits:
    """Refuses requests that come too often from one address, those to sign in sooner."""

    def __init__(
        self,
        app: ASGIApp,
        limits: RequestLimits,
        now: Clock,
        sign_in_paths: tuple[str, ...] = (),
        opening_paths: tuple[str, ...] = (),  # Where opening a page alone is entered.
        share: ShareBuckets = token_buckets.keep_apart,
    ) -> None:
        self._app = app
        self._all = RateBuckets("pages of an address", limits.by_address, now, share)
        self._sign_in = RateBuckets("tries to sign in", limits.sign_in, now, share)
        self._opening = RateBuckets("opened links", limits.opening, now, share)
        self._sign_in_paths, self._opening_paths = sign_in_paths, opening_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or say when to come again."""
        if wait_s := self._wait_s(scope):
            await problems.answer(too_often(wait_s), scope, send)
            return
        await self._app(scope, receive, send)

    def _wait_s(self, scope: Scope) -> int:
        address = address_of(scope)
        path = scope["path"]
        wait_s = 0
        if scope["method"] == "POST" and path.startswith(self._sign_in_paths):
            wait_s = self._sign_in.take(address)
        elif path.startswith(self._opening_paths):
            wait_s = self._opening.take(address)
        return wait_s or self._all.take(address)
