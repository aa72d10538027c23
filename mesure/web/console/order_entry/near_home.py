"""How much of the streets and venues near home each place to keep out of covers, in words."""

from collections.abc import Iterator

from mesure.actions import venues
from mesure.actions.accounts import Nothing
from mesure.actions.venues import OfList
from mesure.orders import geojson, venue_lists
from mesure.orders.order import OrderVersion
from mesure.positions.fixes import F64
from mesure.reports import coverage, visible
from mesure.reports.coverage import Around, At, Coverage, Length
from mesure.web import streets
from mesure.web.frame import category_words
from mesure.web.frame.visits import Visit

KM = 1000.0


def of_version(version: OrderVersion, visit: Visit) -> list[tuple[str, ...]]:
    """Return for each place to keep out of what it covers, as lines."""
    found: list[tuple[str, ...]] = []
    names = coverage.exclusions(version)
    listed = _listed(visit) if names else {}
    for condition in names:
        middle, _ = coverage.middle(version, condition)
        around = Around(_streets(visit, *middle), listed)
        one = coverage.of_condition(version, condition, around)
        found.append(tuple(map(visible.visible, _lines(one, visit))))
    return found


def _streets(visit: Visit, lat_deg: float, lon_deg: float) -> list[F64] | None:
    """Return the streets near a point; None where no map has any there."""
    basemap = visit.parts.basemap
    if basemap is None:
        return None
    return streets.near(basemap, lat_deg, lon_deg, coverage.WITHIN_M) or None


def _listed(visit: Visit) -> dict[str, list[At]]:
    """Return the venues that bind, of the latest approved list of each category."""
    latest: dict[str, str] = {}
    for one in visit.perform(venues.lists, Nothing()):
        if one.kept.approved_at is not None:
            latest.setdefault(one.kept.category, one.list)
    return {category: list(_venues(visit, category, name)) for category, name in latest.items()}


def _venues(visit: Visit, category: str, name: str) -> Iterator[At]:
    features = geojson.read(visit.perform(venues.file, OfList(name)).data).features
    for venue in venue_lists.of_category(features, category).venues:
        yield venue_lists.middle(venue)


def _lines(one: Coverage, visit: Visit) -> Iterator[str]:
    catalogue = visit.texts
    named = {"id": one.condition, "place": one.place, "km": _number(coverage.WITHIN_M / KM)}
    if one.is_home:
        yield catalogue.text("{id}, “{place}”: counted within {km} km of home.", **named)
    else:
        yield catalogue.text("{id}, “{place}”: counted within {km} km of its middle.", **named)
    if one.streets is not None:
        yield catalogue.text(
            "It covers {share} of the streets there: {covered} of {whole} km.",
            share=_share(one.streets),
            covered=_number(one.streets.covered_m / KM),
            whole=_number(one.streets.whole_m / KM),
        )
    words = category_words.of(visit.texts)
    for category, share in sorted(one.venues.items()):
        yield catalogue.text(
            "Of {whole} listed as “{category}” there it covers {covered}.",
            category=words.get(category, category),
            covered=share.covered,
            whole=share.whole,
        )
    if one.streets is None:
        yield catalogue.text("No streets are held here, so none were counted.")
    if not one.venues:
        yield catalogue.text("No approved list of places has one there.")


def _share(share: Length) -> str:
    percent = share.covered_ratio * 100.0
    if 0.0 < percent < 1.0:
        return "< 1 %"
    return f"{percent:.0f} %"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
