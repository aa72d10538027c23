"""Venue search: is this place on my list? Looked up by name in the lists of the person's order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import OrderRequest, VersionView
from mesure.orders.reading import order_writer
from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.venues import category_words, venue_lists
from mesure.orders.venues.venue_categories import CATEGORIES
from mesure.reports.text import visible_text
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/portal/venues"
FOUND_MAX: Final = 50
WORD_CHARS_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class VenueList:
    """The venues of one category from which the person must keep away."""

    words: str
    category: str
    features: tuple[MapFeature, ...]

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(venue_lists.search(self.features, self.category, ""))


@dataclass(frozen=True, slots=True)
class VenueHit:
    """A venue that was found."""

    name: str
    kind: str
    at: str


def show(visit: PageVisit) -> Response:
    """Show the venues of the person's lists whose name has the words that were asked for."""
    lists = list(of_record(visit, record_heading.own(visit)))
    text = visible_text.shorten(visit.query_value("name").strip(), 100)
    is_asked = len(text) >= WORD_CHARS_MIN
    hits = [hit for one in lists for hit in _hits(one, text)] if is_asked else []
    hits.sort(key=lambda hit: hit.name.casefold())
    return visit.page(
        "venues.html",
        lists=lists,
        asked=text,
        is_asked=is_asked,
        hits=hits[:FOUND_MAX],
        more=max(len(hits) - FOUND_MAX, 0),
    )


def _hits(venue_list: VenueList, words: str) -> Iterator[VenueHit]:
    for feature in venue_lists.search(venue_list.features, venue_list.category, words):
        venue = venue_lists.of_category([feature], venue_list.category).venues[0]
        lat_deg, lon_deg = venue_lists.middle(venue)
        yield VenueHit(
            visible_text.visible(feature.name), venue_list.words, f"{lat_deg:.5f}, {lon_deg:.5f}"
        )


def of_record(visit: PageVisit, record: PersonRecord) -> Iterator[VenueList]:
    """Yield the lists of venues that the orders in force have."""
    words = category_words.of(visit.texts.catalogue)
    for version in record.now(visit):
        whole = visit.perform(court_orders.show, OrderRequest(order=version.order))
        for version_view in whole.versions:
            if version_view.sha256 == version.sha256:
                yield from _lists(version_view, words)


def _lists(version: VersionView, words: Mapping[str, str]) -> Iterator[VenueList]:
    conditions = order_writer.tree("order.yaml", version.text).get("conditions", {})
    assert isinstance(conditions, Mapping), "the order was read before it was kept"
    for condition in conditions.values():
        duty = condition.get("exclusion") if isinstance(condition, Mapping) else None
        if not isinstance(duty, Mapping):
            continue
        category, path = str(duty.get("venue_category")), str(duty.get("venues"))
        if category in CATEGORIES and path in version.files:
            features = map_features.read(version.files[path]).features
            yield VenueList(words[category], category, tuple(features))
