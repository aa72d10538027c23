"""Notification texts, read outside of the pages: that there is something to read, and where.

A notice goes through networks and onto lock screens that are not ours. So it says what kind of news
there is and nothing else: no name, no place, no time, no condition. The rest is read after
signing in. The person is the first to be notified of a possible breach.

Only accounts of those who work here and persons under an order can receive one: no notice can be
addressed to a court or to the police.
Decision: docs/decisions/0033-api-and-webhooks.md
"""

from enum import StrEnum
from typing import Final

import msgspec

from mesure.orders.text.catalogue import Catalogue
from mesure.orders.text.sayings import TranslatableEnum

OUTGOING: Final = "notice"  # The kind of row in the outbox.


class NotificationType(TranslatableEnum):
    """What there is to read; what begins with `your_` goes to the person themselves."""

    YOUR_POSSIBLE_BREACH = (
        "your_possible_breach",
        (
            "Your device shows a possible breach. Nothing is decided. "
            "Sign in to see what was seen, and to say what happened."
        ),
    )
    YOUR_SILENCE = (
        "your_silence",
        (
            "Your device has not reported for a while. "
            "See that it is switched on, charged and has a signal."
        ),
    )
    YOUR_DEVICE = "your_device", "Your device needs your attention. Sign in to read what to do."
    YOUR_DEVICE_RETIRED = (
        "your_device_retired",
        (
            "Your device was taken out of use, and nothing that it reports counts any more. "
            "If nobody gave you another one, ask your officer."
        ),
    )
    YOUR_WITHDRAWN = (
        "your_withdrawn",
        (
            "A possible breach was withdrawn, because later readings refute it. "
            "You do not have to do anything."
        ),
    )
    YOUR_SILENCE_WITHDRAWN = (
        "your_silence_withdrawn",
        (
            "Your device was not silent after all: its reports came later. "
            "You do not have to do anything."
        ),
    )
    YOUR_FINDING = (
        "your_finding",
        (
            "An officer has come to a finding. "
            "Sign in to read it, and to contest it if you do not agree."
        ),
    )
    YOUR_ABSENCE = "your_absence", "There is news about an absence of yours. Sign in to read it."
    YOUR_CONTEST = "your_contest", "What you contested has an answer. Sign in to read it."
    YOUR_CARD = (
        "your_card",
        (
            "A card to sign in was printed for you. "
            "If nobody hands it to you, ask another officer for a new one."
        ),
    )
    YOUR_CARD_USED = (
        "your_card_used",
        (
            "Your card was used for the first time, and a PIN was chosen. "
            "If that was not you, ask another officer for a new card."
        ),
    )
    YOUR_TEST = (
        "your_test",
        "This is a test message. Nothing happened, and you do not have to do anything.",
    )
    TEST = "test", "This is a test message, because you asked for one."
    POSSIBLE_BREACH = "possible_breach", "There is a possible breach to look at."
    SILENCE = "silence", "A device has not reported for a while. Look at it. Silence is no breach."
    DEVICE = (
        "device",
        "A device says something of itself that somebody should look at. It is no breach.",
    )
    CALL_FOR_HELP = (
        "call_for_help",
        "A device sent a call for help. Look at it now. It is no breach.",
    )
    UNSEEN = "unseen", "Nobody has opened a possible breach yet. It is now brought to you."
    UNSEEN_SILENCE = (
        "unseen_silence",
        "Nobody has yet looked at a device that does not report. It is now brought to you.",
    )
    UNSEEN_DEVICE = (
        "unseen_device",
        "Nobody has yet looked at what a device says of itself. It is now brought to you.",
    )
    CONTEST = "contest", "A person contests something and waits for an answer."
    ABSENCE = "absence", "A person asks for an absence and waits for an answer."
    UNBARRED = (
        "unbarred",
        (
            "A supervisor wants somebody who was barred from a case to see it again, or has "
            "already let them. Ask the other supervisors why. If it is wrong, bar them again."
        ),
    )
    OVERDUE = (
        "overdue",
        "Something is still undone a while after its deadline. See what waits with each officer.",
    )
    DEVICE_RETIRED = (
        "device_retired",
        (
            "A device that somebody carries was taken out of use. "
            "See in the list of looks who did it, and that the person gets another one."
        ),
    )

    @property
    def goes_to_device(self) -> bool:
        """Tell whether the device shows it, too: somebody else may hold what e-mail arrives on."""
        return self in {NotificationType.YOUR_CARD, NotificationType.YOUR_CARD_USED}

    @property
    def is_urgent(self) -> bool:
        """Tell whether it is sent at night, too."""
        return self in _URGENT

    def subject(self, catalogue: Catalogue) -> str:
        """Return the line that is shown on a lock screen."""
        if self in {NotificationType.TEST, NotificationType.YOUR_TEST}:
            return catalogue.text("Mesure: a test message")
        if self.value.startswith("your_"):
            return catalogue.text("There is news about your order")
        if self is NotificationType.CALL_FOR_HELP:
            return catalogue.text("Mesure: a call for help")
        return catalogue.text("Mesure: something needs you")


_URGENT: Final = {
    NotificationType.YOUR_POSSIBLE_BREACH,
    NotificationType.YOUR_SILENCE,
    NotificationType.YOUR_DEVICE,
    NotificationType.YOUR_DEVICE_RETIRED,
    NotificationType.POSSIBLE_BREACH,
    NotificationType.SILENCE,
    NotificationType.DEVICE,
    NotificationType.CALL_FOR_HELP,
    NotificationType.UNSEEN,
    NotificationType.UNSEEN_SILENCE,
    NotificationType.UNSEEN_DEVICE,
}


class RecipientType(StrEnum):
    """Whom a notice is for; there is nobody else."""

    ACCOUNT = "account"  # Somebody who works here.
    PERSON = "person"


class Notification(msgspec.Struct, frozen=True):
    """News for somebody, found by their id; how they are reached is looked up when it goes out."""

    to: RecipientType
    id: str
    news: NotificationType
    about: str  # The id of what there is to read; it says nothing to anybody else.

    def encode(self) -> bytes:
        """Return the notice as the outbox keeps it."""
        return msgspec.json.encode(self)


def read(body: bytes) -> Notification:
    """Return a notice from the outbox."""
    return msgspec.json.decode(body, type=Notification)


def full_text(notice: Notification, origin: str, catalogue: Catalogue) -> str:
    """Return the whole text: what kind of news there is, and where to sign in."""
    door = "portal" if notice.news.value.startswith("your_") else "console"
    where = catalogue.text("Read it here: {address}").format(address=f"{origin}/{door}")
    return f"{notice.news.in_words(catalogue)}\n\n{where}\n"
