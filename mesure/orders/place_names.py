"""What a place is called in a sentence: as the order names it, but for where the person lives."""

from typing import Final

from mesure.orders.catalogue import Catalogue

HOME: Final = "home"  # The name that order files give to where the person lives.


def said(name: str, catalogue: Catalogue) -> str:
    """Return a name as it stands in quotes."""
    return catalogue.text("home") if name == HOME else name
