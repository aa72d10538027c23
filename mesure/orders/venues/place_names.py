"""Place names in a sentence: as the order has them, but for home and kinds of venues.

These two are words of order files, which readers of another language would not understand.
"""

from typing import Final

from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues import category_words
from mesure.orders.venues.venue_categories import CATEGORIES

HOME: Final = "home"  # The name that order files give to where the person lives.


def quote_name(name: str, catalogue: Catalogue) -> str:
    """Return a name as written in quotes."""
    if name in CATEGORIES:
        return category_words.of(catalogue)[name]
    return catalogue.text("home") if name == HOME else name
