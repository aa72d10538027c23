"""Category words: what each category of venues is called."""

from collections.abc import Mapping

from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues.venue_categories import CATEGORIES


def of(catalogue: Catalogue) -> Mapping[str, str]:
    """Return the words for each category, in the order of the table."""
    words = {
        "nightlife": catalogue.text("bars, pubs and nightclubs"),
        "alcohol": catalogue.text("bars, and shops for alcohol"),
        "gambling": catalogue.text("casinos and betting shops"),
        "schools_and_playgrounds": catalogue.text("schools and playgrounds"),
        "stadiums": catalogue.text("stadiums"),
        "parks": catalogue.text("parks"),
        "swimming_pools": catalogue.text("swimming pools"),
        "shopping_centres": catalogue.text("shopping centres"),
        "railway_stations": catalogue.text("railway stations"),
        "airports": catalogue.text("airports"),
    }
    return {key: words[key] for key in CATEGORIES}


def heading(category: str, catalogue: Catalogue) -> str:
    """Return what a category is called where a line begins; one that is not known as written."""
    words = of(catalogue).get(category, category)
    return words[:1].upper() + words[1:]
