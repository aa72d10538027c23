"""Calibration sentences: the point of a home by which a person is judged, in words."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from mesure.orders.clock import hour_sentences
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values import calibration_limits
from mesure.orders.values.places import Calibration, Circle, Place
from mesure.orders.wording.place_sentences import number


def sentences(place: Place, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the order says of a place's calibrations; nothing where it has none."""
    for calibration in place.calibrations:
        for circle in place.shapes:
            assert isinstance(circle, Circle), "only circles are calibrated"
            yield from _point(calibration, circle, zone, catalogue)
        yield from _measured(calibration, catalogue)
    if place.calibrations:
        yield catalogue.text(
            "It counts for who must be or stay there, and only in the person's favour."
        )


def _point(
    calibration: Calibration, circle: Circle, zone: ZoneInfo, catalogue: Catalogue
) -> Iterator[str]:
    yield catalogue.text(
        "From {start} on also: within {radius} m of latitude {lat}, longitude {lon}."
    ).format(
        start=hour_sentences.moment(calibration.start, zone, catalogue),
        radius=number(circle.radius_m),
        lat=number(calibration.lat_deg),
        lon=number(calibration.lon_deg),
    )
    yield catalogue.text("That is where the device shows this place.")
    point = calibration.lat_deg, calibration.lon_deg
    far = ways(*calibration_limits.north_east_m(circle, point), catalogue)
    if far:
        yield catalogue.text("It lies {ways} of the address.").format(ways=far)


def ways(north_m: float, east_m: float, catalogue: Catalogue) -> str:
    """Return how far a point lies from another, in whole metres; empty where on it."""
    north, east = round(north_m), round(east_m)
    parts = [
        (north, catalogue.text("{metres} m to the north")),
        (-north, catalogue.text("{metres} m to the south")),
        (east, catalogue.text("{metres} m to the east")),
        (-east, catalogue.text("{metres} m to the west")),
    ]
    return catalogue.items([words.format(metres=metres) for metres, words in parts if metres > 0])


def _measured(calibration: Calibration, catalogue: Catalogue) -> Iterator[str]:
    yield catalogue.plural(
        "Measured from {count} fix; half of what the device showed lies within {spread} m of it.",
        "Measured from {count} fixes; half of what the device showed lies within {spread} m of it.",
        calibration.fixes,
    ).format(count=calibration.fixes, spread=number(calibration.spread_m))
    if calibration.during == "enrolment":
        yield catalogue.text("At that time an officer and the person were there with the device.")
    if calibration.during == "beacon":
        yield catalogue.text("At that time the home beacon was heard throughout.")
    yield catalogue.text("Entered by: {by}.").format(by=calibration.by)
    if calibration.confirmed_by:
        yield catalogue.text("Confirmed by: {by}.").format(by=calibration.confirmed_by)
