"""Refusals: why an action did not happen, with a sentence for the caller."""

from typing import Final, Protocol

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.orders.text.catalogue import Catalogue

REASON_CHARS_MAX: Final = 2_000


class TranslatableReason(Protocol):
    """A reason from a closed list, which can be said in a language."""

    @property
    def value(self) -> str:
        """Return the reason in one word."""

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the reason in a sentence."""


class ActionError(Exception):
    """An action that did not happen; nothing of it was kept."""

    def __init__(self, reason: TranslatableReason) -> None:
        self.reason = reason
        super().__init__(reason.value)

    def sentence(self, catalogue: Catalogue) -> str:
        """Return what to tell the caller."""
        return self.reason.in_words(catalogue)


class NotAllowedError(ActionError):
    """The caller may not do or see this; the attempt is in the audit log.

    `person` is whose case they tried to open, where it was about one.
    """

    def __init__(self, reason: TranslatableReason, person: str | None = None) -> None:
        super().__init__(reason)
        self.person = person


class CountedRefusalError(NotAllowedError):
    """A refusal that leaves something behind, as a failed try at signing in leaves a count.

    What the action did before it refused is kept.
    """


class NotFoundError(ActionError):
    """What was asked for is not there, or is there no longer."""


class ActionConflictError(ActionError):
    """What was asked for contradicts what is the case; somebody may have been quicker."""


class InvalidInputError(ActionError):
    """What was entered cannot be read; `faults` says everything that is wrong, in sentences."""

    def __init__(self, reason: TranslatableReason, faults: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.faults = faults


def check_texts(*texts: str, chars_max: int = REASON_CHARS_MAX) -> None:
    """Refuse texts in somebody's own words that are empty or too long; spaces around them count."""
    if not all(0 < len(text.strip()) <= len(text) <= chars_max for text in texts):
        raise InvalidInputError(ActionRefusal.REASON)
