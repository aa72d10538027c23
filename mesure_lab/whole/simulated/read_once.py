"""Read once: what a service reads again and again, and is the same each time.

Thresholds and the certificates of the machine take a third of a start, and one life has dozens. The
text of an order is read with each check, and takes a tenth of a life.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

from mesure.evaluation import policy
from mesure.evaluation.policy import PolicyFile
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order

_READ = policy.read
_READ_ORDER = read_order.read
_TLS = cache(ssl.create_default_context)
_POLICIES: dict[tuple[str, bytes, str], PolicyFile] = {}


def _policy(name: str, data: bytes, base: PolicyFile | None = None) -> PolicyFile:
    key = name, data, "" if base is None else base.version
    if key not in _POLICIES:
        _POLICIES[key] = _READ(name, data, base)
    return _POLICIES[key]


def _tls(*where: Any, **how: Any) -> ssl.SSLContext:  # noqa: ANN401
    return _TLS(*where, **how)


class _Orders:
    """The orders that were read in one life; what is refused is read again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes, tuple[tuple[str, bytes], ...]], OrderVersion] = {}

    def read(self, name: str, data: bytes, files: Mapping[str, bytes]) -> OrderVersion:
        """Return the order version that a file holds."""
        key = name, data, tuple(sorted(files.items()))
        if key not in self._known:
            self._known[key] = _READ_ORDER(name, data, files)
        return self._known[key]


@contextmanager
def cache_reads() -> Iterator[None]:
    """Have each of these be read once while this lasts."""
    with (
        mock.patch.object(read_order, "read", _Orders().read),
        mock.patch.object(policy, "read", _policy),
        mock.patch.object(ssl, "create_default_context", _tls),
    ):
        yield
