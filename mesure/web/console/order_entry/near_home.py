"""Near home: how much of the streets and venues there each exclusion zone covers, in words."""

from collections.abc import Iterator

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import venue_review
from mesure.geo.fixes import F64
from mesure.orders.model.order import OrderVersion
from mesure.orders.venues import category_words, place_names
from mesure.reports.maps import coverage
from mesure.reports.maps.coverage import At, Coverage, NearbyFeatures, StreetLength, WalkingArea
from mesure.reports.text import visible_text
from mesure.web import streets
from mesure.web.shared.visits import PageVisit

KM = 1000.0


def of_version(version: OrderVersion, visit: PageVisit) -> list[tuple[str, ...]]:
    """Return, for each place to keep out of, what it covers, as lines."""
    paragraphs: list[tuple[str, ...]] = []
    names = coverage.exclusions(version)
    listed = visit.perform(venue_review.points, EmptyRequest()) if names else {}
    grounds: dict[At, WalkingArea] = {}  # Mostly one, of the home.
    for condition in names:
        middle, _ = coverage.middle(version, condition)
        if middle not in grounds:
            around = NearbyFeatures(_streets(visit, *middle), listed)
            grounds[middle] = coverage.laid_out(middle, around)
        zone_coverage = coverage.of_condition(version, condition, grounds[middle])
        paragraphs.append(tuple(map(visible_text.visible, _lines(zone_coverage, visit))))
    return paragraphs


def _streets(visit: PageVisit, lat_deg: float, lon_deg: float) -> list[F64] | None:
    """Return the streets near a point; None where no map has any there."""
    basemap = visit.parts.basemap
    if basemap is None:
        return None
    return streets.near(basemap, lat_deg, lon_deg, coverage.WITHIN_M) or None


def _lines(zone_coverage: Coverage, visit: PageVisit) -> Iterator[str]:
    catalogue = visit.texts
    named = {
        "id": zone_coverage.condition,
        "place": place_names.quote_name(zone_coverage.place, catalogue.catalogue),
        "km": catalogue.decimal(coverage.WITHIN_M / KM),
    }
    if zone_coverage.is_home:
        yield catalogue.text("{id}, “{place}”: counted within {km} km of home.", **named)
    else:
        yield catalogue.text("{id}, “{place}”: counted within {km} km of its middle.", **named)
    if zone_coverage.streets is not None:
        yield catalogue.text(
            "It covers {share} of the streets there: {covered} of {whole} km.",
            share=_share(zone_coverage.streets),
            covered=catalogue.decimal(round(zone_coverage.streets.covered_m / KM, 1)),
            whole=catalogue.decimal(round(zone_coverage.streets.whole_m / KM, 1)),
        )
    words = category_words.of(visit.texts.catalogue)
    for category, share in sorted(zone_coverage.venues.items()):
        yield catalogue.text(
            "Of {whole} listed as “{category}” there it covers {covered}.",
            category=words.get(category, category),
            covered=share.covered,
            whole=share.whole,
        )
    if zone_coverage.streets is None:
        yield catalogue.text("No streets are held here, so none were counted.")
    if not zone_coverage.venues:
        yield catalogue.text("No approved list of places has one there.")


def _share(share: StreetLength) -> str:
    percent = share.covered_ratio * 100.0
    if 0.0 < percent < 1.0:
        return "< 1 %"
    return f"{percent:.0f}\u00a0%"
