"""Every category of venues has words, and one that is not known is named as it stands."""

from mesure.orders.venues import category_words
from mesure.orders.venues.venue_categories import CATEGORIES
from tests.orders.plain_catalogue import PlainCatalogue


def test_every_category_has_words_of_its_own() -> None:
    words = category_words.of(PlainCatalogue())
    assert [*words] == [*CATEGORIES]
    assert len(set(words.values())) == len(CATEGORIES)


def test_a_line_begins_with_a_capital() -> None:
    assert category_words.heading("stadiums", PlainCatalogue()) == "Stadiums"
    assert category_words.heading("zoos", PlainCatalogue()) == "Zoos"
