"""Partitions of the log: which of them has a person's messages.

Persons are spread over 256 partitions, so that later many workers can judge at once, each person
always in one place. The number and the hash are fixed for the life of an installation: they are
written in every record of the log.

Invariant: the same id gives the same partition on every machine, for ever.
"""

from hashlib import sha256
from typing import Final

PARTITIONS: Final = 256
_DOMAIN: Final = b"mesure partition 1\n"  # So that this hash is never one of something else.


def partition_of(name: str) -> int:
    """Return the partition of a person, or of a device that nobody carried.

    >>> partition_of("P-0042"), partition_of("P-0043")
    (122, 254)
    """
    return sha256(_DOMAIN + name.encode()).digest()[0]
