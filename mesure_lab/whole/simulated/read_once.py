"""Read once: what a service reads anew with each start, and is the same each time.

Thresholds and the certificates of the machine take a third of a start, and one life has dozens.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

from mesure.evaluation import policy
from mesure.evaluation.policy import PolicyFile

_READ = policy.read
_TLS = cache(ssl.create_default_context)
_POLICIES: dict[tuple[str, bytes, str], PolicyFile] = {}


def _policy(name: str, data: bytes, base: PolicyFile | None = None) -> PolicyFile:
    key = name, data, "" if base is None else base.version
    if key not in _POLICIES:
        _POLICIES[key] = _READ(name, data, base)
    return _POLICIES[key]


def _tls(*where: Any, **how: Any) -> ssl.SSLContext:  # noqa: ANN401
    return _TLS(*where, **how)


@contextmanager
def remembered() -> Iterator[None]:
    """Have both be read once while this lasts."""
    with (
        mock.patch.object(policy, "read", _policy),
        mock.patch.object(ssl, "create_default_context", _tls),
    ):
        yield
