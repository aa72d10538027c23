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

OUTGOING: Final = "notice"  # The kind of row in the outbox.


class NotificationType(StrEnum):
    """What there is to read; what begins with `your_` goes to the person themselves."""

    YOUR_POSSIBLE_BREACH = "your_possible_breach"
    YOUR_SILENCE = "your_silence"
    YOUR_DEVICE = "your_device"
    YOUR_DEVICE_RETIRED = "your_device_retired"
    YOUR_WITHDRAWN = "your_withdrawn"
    YOUR_SILENCE_WITHDRAWN = "your_silence_withdrawn"
    YOUR_FINDING = "your_finding"
    YOUR_ABSENCE = "your_absence"
    YOUR_CONTEST = "your_contest"
    YOUR_CARD = "your_card"
    YOUR_CARD_USED = "your_card_used"
    YOUR_TEST = "your_test"
    TEST = "test"
    POSSIBLE_BREACH = "possible_breach"
    SILENCE = "silence"
    DEVICE = "device"
    CALL_FOR_HELP = "call_for_help"
    UNSEEN = "unseen"
    UNSEEN_SILENCE = "unseen_silence"
    UNSEEN_DEVICE = "unseen_device"
    CONTEST = "contest"
    ABSENCE = "absence"
    UNBARRED = "unbarred"
    OVERDUE = "overdue"
    DEVICE_RETIRED = "device_retired"

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

    def in_words(self, catalogue: Catalogue) -> str:
        """Return what kind of news there is, in sentences."""
        return (_to_person(catalogue) | _to_staff(catalogue))[self]


def _to_person(catalogue: Catalogue) -> dict[NotificationType, str]:
    return {
        NotificationType.YOUR_POSSIBLE_BREACH: catalogue.text(
            "Your device shows a possible breach. Nothing is decided. "
            "Sign in to see what was seen, and to say what happened."
        ),
        NotificationType.YOUR_SILENCE: catalogue.text(
            "Your device has not reported for a while. "
            "See that it is switched on, charged and has a signal."
        ),
        NotificationType.YOUR_DEVICE: catalogue.text(
            "Your device needs your attention. Sign in to read what to do."
        ),
        NotificationType.YOUR_DEVICE_RETIRED: catalogue.text(
            "Your device was taken out of use, and nothing that it reports counts any more. "
            "If nobody gave you another one, ask your officer."
        ),
        NotificationType.YOUR_WITHDRAWN: catalogue.text(
            "A possible breach was withdrawn, because later readings refute it. "
            "You do not have to do anything."
        ),
        NotificationType.YOUR_SILENCE_WITHDRAWN: catalogue.text(
            "Your device was not silent after all: its reports came later. "
            "You do not have to do anything."
        ),
        NotificationType.YOUR_FINDING: catalogue.text(
            "An officer has come to a finding. "
            "Sign in to read it, and to contest it if you do not agree."
        ),
        NotificationType.YOUR_ABSENCE: catalogue.text(
            "There is news about an absence of yours. Sign in to read it."
        ),
        NotificationType.YOUR_CONTEST: catalogue.text(
            "What you contested has an answer. Sign in to read it."
        ),
        NotificationType.YOUR_CARD: catalogue.text(
            "A card to sign in was printed for you. "
            "If nobody hands it to you, ask another officer for a new one."
        ),
        NotificationType.YOUR_CARD_USED: catalogue.text(
            "Your card was used for the first time, and a PIN was chosen. "
            "If that was not you, ask another officer for a new card."
        ),
        NotificationType.YOUR_TEST: catalogue.text(
            "This is a test message. Nothing happened, and you do not have to do anything."
        ),
    }


def _to_staff(catalogue: Catalogue) -> dict[NotificationType, str]:
    return {
        NotificationType.TEST: catalogue.text("This is a test message, because you asked for one."),
        NotificationType.POSSIBLE_BREACH: catalogue.text("There is a possible breach to look at."),
        NotificationType.SILENCE: catalogue.text(
            "A device has not reported for a while. Look at it. Silence is no breach."
        ),
        NotificationType.DEVICE: catalogue.text(
            "A device says something of itself that somebody should look at. It is no breach."
        ),
        NotificationType.CALL_FOR_HELP: catalogue.text(
            "A device sent a call for help. Look at it now. It is no breach."
        ),
        NotificationType.UNSEEN: catalogue.text(
            "Nobody has opened a possible breach yet. It is now brought to you."
        ),
        NotificationType.UNSEEN_SILENCE: catalogue.text(
            "Nobody has yet looked at a device that does not report. It is now brought to you."
        ),
        NotificationType.UNSEEN_DEVICE: catalogue.text(
            "Nobody has yet looked at what a device says of itself. It is now brought to you."
        ),
        NotificationType.CONTEST: catalogue.text(
            "A person contests something and waits for an answer."
        ),
        NotificationType.ABSENCE: catalogue.text(
            "A person asks for an absence and waits for an answer."
        ),
        NotificationType.OVERDUE: catalogue.text(
            "Something is still undone a while after its deadline. "
            "See what waits with each officer."
        ),
        NotificationType.DEVICE_RETIRED: catalogue.text(
            "A device that somebody carries was taken out of use. "
            "See in the list of looks who did it, and that the person gets another one."
        ),
        NotificationType.UNBARRED: catalogue.text(
            "A supervisor wants somebody who was barred from a case to see it again, or has "
            "already let them. Ask the other supervisors why. If it is wrong, bar them again."
        ),
    }


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
