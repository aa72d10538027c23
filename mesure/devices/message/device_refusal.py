"""Device refusals: why something that a device sent, or a step about a device, is refused.

A refusal is a value with a reason: it is recorded, sent to the device where that helps, and never
silent. Nothing in this room raises for bytes that came from outside.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SAID_CHARS_MAX: Final = 200


class DeviceRefusalReason(StrEnum):
    """Why, in one word; docs/specs/device_protocol.md lists them."""

    # Of a message.
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_IN_FORCE = "key_not_in_force"  # Another key of the device signs this counter.
    FORGED = "forged"  # The signature isn't the key's, or it was made for somebody else.
    COUNTER_REUSED = "counter_reused"  # Other bytes are kept under this counter.
    COUNTER_SPENT = "counter_spent"  # Kept once, no longer here: erased, or replayed to us.
    COUNTER_GIVEN_UP = "counter_given_up"  # More gaps than are remembered.
    NO_ORDER_IN_FORCE = "no_order_in_force"  # Nobody carried the device under an order then.
    ERASED = "erased"  # It is about somebody about whom everything was erased.

    # Of a key, an enrolment, an assignment.
    WEAK_KEY = "weak_key"  # Anybody could sign for it, or it is no key at all.
    KEY_TAKEN = "key_taken"
    DEVICE_TAKEN = "device_taken"  # It is enrolled, or somebody else's then.
    NOT_ENROLLED = "not_enrolled"
    NOT_ASSIGNED = "not_assigned"
    EMPTY_SPAN = "empty_span"


@dataclass(frozen=True, slots=True)
class DeviceRefusal:
    """Something is refused: why, and what was wrong in words for the staff of the programme."""

    reason: DeviceRefusalReason
    said: str

    def __post_init__(self) -> None:
        """Keep what is said short: part of it may come from the bytes themselves."""
        object.__setattr__(self, "said", self.said[:SAID_CHARS_MAX])
