"""Connection limits: how many there may be in all, and from one address.

Where one address has as many as it may, or all have, somebody new gets the place of the connection
that has kept the service waiting for longest: for a request, for the rest of one, or for its answer
to be read. A connection whose request is being worked on never gives way. Behind a proxy all come
from its address, so a proxy may have as many as there are; it has limits of its own.
"""

import resource
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, Protocol

from mesure.ingest import device_requests

CONNECTIONS_MAX: Final = 4_096
OF_ADDRESS_MAX: Final = 512  # A whole network may be behind one.


class Connection(Protocol):
    """A connection, as it is counted."""

    @property
    def waits_since_s(self) -> float | None:
        """Return since when its other side is waited for; None: it is not."""

    def cut(self) -> None:
        """End it at once."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections there may be."""

    in_all: int
    of_address: int


def bounds() -> ConnectionLimits:
    """Return how many connections this process may hold: it needs files for other things too."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    in_all = CONNECTIONS_MAX if files < 0 else min(CONNECTIONS_MAX, max(16, files // 2))
    return ConnectionLimits(in_all, min(OF_ADDRESS_MAX, max(8, in_all // 4)))


class ConnectionCounter:
    """The connections of a server, by where they come from."""

    def __init__(self, allowed: ConnectionLimits, proxies: Sequence[str] = ()) -> None:
        self._bounds, self._proxies = allowed, [ip_network(one) for one in proxies]
        self._by_address: dict[str, dict[Connection, None]] = {}
        self._addresses: dict[Connection, str] = {}

    def __len__(self) -> int:
        return len(self._addresses)

    def admit(self, comer: Connection, host: str) -> bool:
        """Let a connection in, if need be in the place of another; tell whether there was one."""
        address = device_requests.address({"client": (host, 0)})
        own: Collection[Connection] = self._by_address.get(address, ())
        if len(own) >= self._bounds.of_address and not self._is_proxy(host):
            if not self._make_room(own):
                return False
        elif len(self._addresses) >= self._bounds.in_all:
            most = max(self._by_address.values(), key=len)
            if not (self._make_room(most) or self._make_room(self._addresses)):
                return False
        self._by_address.setdefault(address, {})[comer] = None
        self._addresses[comer] = address
        return True

    def leave(self, gone: Connection) -> None:
        """Count a connection no more."""
        address = self._addresses.pop(gone, None)
        if address is None:
            return
        own = self._by_address[address]
        del own[gone]
        if not own:
            del self._by_address[address]

    def _is_proxy(self, host: str) -> bool:
        if not self._proxies:
            return False
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address in network for network in self._proxies)

    def _make_room(self, connections: Collection[Connection]) -> bool:
        """Cut that of some connections which has kept us waiting for longest."""
        waiting = [
            (since_s, connection)
            for connection in connections
            if (since_s := connection.waits_since_s) is not None
        ]
        if not waiting:
            return False
        _, last = min(waiting, key=lambda pair: pair[0])
        self.leave(last)
        last.cut()
        return True
