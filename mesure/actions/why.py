"""Why an action cannot happen now, though whoever asked for it may do such things."""

from enum import StrEnum

from mesure.orders.catalogue import Catalogue


class Why(StrEnum):
    """The reason in one word."""

    NOT_HERE = "not_here"
    ERASED = "erased"
    THERE_ALREADY = "there_already"

    def said(self, catalogue: Catalogue) -> str:
        """Return the reason in a sentence."""
        return {
            Why.NOT_HERE: catalogue.text("There is nothing here under this name."),
            Why.ERASED: catalogue.text("This was erased and cannot be shown any more."),
            Why.THERE_ALREADY: catalogue.text("There is something under this name already."),
        }[self]
