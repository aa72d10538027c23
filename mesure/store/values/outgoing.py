"""Outbox: what is to be sent, written in the same transaction as the event that it reports.

Notifications, webhooks, downlinks to devices, escalations: nothing is sent from inside a change. A
row is kept, and the sender takes what is due, and says what became of it.
"""

from dataclasses import dataclass

from mesure.store.values import bounds


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to send, once for its kind and key."""

    kind: str
    key: str
    due_us: int
    body: bytes
    to: str = ""  # A device, an address: by which what waits for somebody is found; may be empty.
    person: str | None = None  # Whom it is about, and with whom it is erased.

    def __post_init__(self) -> None:
        bounds.check_names(self.kind, self.key, self.to or "-")
        if self.person is not None:
            bounds.check_person(self.person)
        bounds.check_counts(self.due_us)
        bounds.check_body(self.body)


@dataclass(frozen=True, slots=True)
class SendStatus:
    """What became of something to send so far."""

    outgoing: Outgoing
    times: int  # How often it was tried, and put off.
    said: str  # Why it was put off, or what came of it; empty: nothing yet.
    is_done: bool
