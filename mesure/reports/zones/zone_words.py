"""Zone words: what positions can show about the zones of an order, for those who enter it.

A zone is described once for both classes of device and for each kind of building, since an order
names neither a device nor what the home is in.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.feasibility import small_zones
from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.feasibility.small_zones import VisitDetection
from mesure.evaluation.feasibility.zone_check import (
    FALSE_PER_DAY_MAX,
    MAPS_DIFFER_M,
    ZoneCaution,
    ZoneCheck,
)
from mesure.evaluation.policy import DeviceClass
from mesure.orders.clock import durations
from mesure.orders.model.conditions import Appointment
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues import place_names
from mesure.orders.wording.order_sentences import OrderSection
from mesure.orders.wording.place_sentences import number

MINUTE_S: Final = 60.0
YEAR_DAYS: Final = 365.0
EXACT_DAYS: Final = 20.0  # Above it, single days would claim more than an estimate can know.


class ZoneEstimate(NamedTuple):
    """What is expected of one zone, without and with a beacon at home, for each class of device."""

    plain: dict[DeviceClass, ZoneCheck]
    heard: dict[DeviceClass, ZoneCheck]

    @property
    def first(self) -> ZoneCheck:
        """Return what is the same for every device."""
        return self.plain[DeviceClass.PHONE]

    @property
    def cautions(self) -> frozenset[ZoneCaution]:
        """Return what is to be thought over with one class of device or another."""
        return frozenset(caution for one in self.plain.values() for caution in one.cautions)


def passage(estimates: Sequence[ZoneEstimate], catalogue: Catalogue) -> OrderSection:
    """Return what is expected of each zone of an order version, below one heading."""
    lines = [line for one in estimates for line in zone(one, catalogue)]
    lines.append(
        catalogue.text(
            "Averages over such homes: a third as many, or three times as many, are possible."
        )
    )
    return OrderSection(catalogue.text("What positions can tell (estimates)"), tuple(lines))


def zone(estimate: ZoneEstimate, catalogue: Catalogue) -> Iterator[str]:
    """Yield what is expected of one zone."""
    yield from _where(estimate.first, catalogue)
    if estimate.first.by_building:
        yield from _rates(estimate, catalogue)
    yield from _delay(estimate.first, catalogue)
    if _is_often(estimate) and estimate.first.slow_s is not None:
        yield _slow(estimate, catalogue)
    if estimate.first.kind != Appointment.kind and not _is_contradicted(estimate):
        yield _told(estimate, catalogue)
    yield from _cautions(estimate, catalogue)


def _where(zone: ZoneCheck, catalogue: Catalogue) -> Iterator[str]:
    """Yield how far the boundary is from where the person is taken to be."""
    named = {"id": zone.condition, "place": place_names.quote_name(zone.place, catalogue)}
    if zone.room_m is None:
        yield catalogue.text(
            "{id}, “{place}”: the order does not say where the person lives, nor how far that is."
        ).format(**named)
    elif zone.room_m < 0.0:
        yield catalogue.text("{id}, “{place}”: the home itself lies on the wrong side.").format(
            **named
        )
    elif zone.is_kept_out and zone.zones > 1:
        yield from _several(zone, zone.room_m, catalogue)
    elif zone.is_circle:
        sentence = catalogue.text("{id}, “{place}”: a circle with a radius of {room} m.")
        yield sentence.format(**named, room=_metres(zone.room_m))
    elif zone.is_middle:
        sentence = catalogue.text("{id}, “{place}”: the boundary is {room} m from the middle.")
        yield sentence.format(**named, room=_metres(zone.room_m))
    else:
        sentence = catalogue.text("{id}, “{place}”: the boundary is {room} m from home.")
        yield sentence.format(**named, room=_metres(zone.room_m))


def _several(zone: ZoneCheck, room_m: float, catalogue: Catalogue) -> Iterator[str]:
    yield catalogue.plural(
        "{id}, “{place}”: {count} zone, the nearest {room} m from home.",
        "{id}, “{place}”: {count} zones, the nearest {room} m from home.",
        zone.zones,
    ).format(
        id=zone.condition,
        place=place_names.quote_name(zone.place, catalogue),
        count=zone.zones,
        room=_metres(room_m),
    )
    if zone.near_zones:
        yield catalogue.plural(
            "{count} of them is so near that an ordinary fix at home may lie inside.",
            "{count} of them are so near that an ordinary fix at home may lie inside.",
            zone.near_zones,
        ).format(count=zone.near_zones)


def _rates(estimate: ZoneEstimate, catalogue: Catalogue) -> Iterator[str]:
    """Yield how many false incidents to expect, for each kind of building that the home may be."""
    if _most_per_day(estimate) * YEAR_DAYS < 1.0:
        yield catalogue.text("Expect hardly any false alerts.")
        return
    yield catalogue.text("Expect false alerts, and more of them behind thick walls.")
    for kind in BuildingKind:
        sentence = _sentence(kind, catalogue, is_home=estimate.first.is_home)
        yield sentence.format(**_by_class(estimate.plain, kind, catalogue))
    if _is_often(estimate) and estimate.heard[DeviceClass.PHONE].has_beacon:
        yield catalogue.text(
            "With a home beacon, even in a basement: phone {phone}, tag {tag}."
        ).format(**_by_class(estimate.heard, BuildingKind.BASEMENT, catalogue))


def _most_per_day(estimate: ZoneEstimate) -> float:
    rates = (rate for one in estimate.plain.values() for rate in one.by_building.values())
    return max(rates, default=0.0)


def _is_often(estimate: ZoneEstimate) -> bool:
    """Say whether some device in some kind of building makes too many false incidents."""
    return _most_per_day(estimate) > FALSE_PER_DAY_MAX


def _sentence(kind: BuildingKind, catalogue: Catalogue, *, is_home: bool) -> str:
    """Return the sentence that has yet to be filled in; offices have no rooms to live in."""
    match kind, is_home:
        case BuildingKind.HOUSE_OR_FLAT, True:
            return catalogue.text("In a house or flat: phone {phone}, tag {tag}.")
        case BuildingKind.TOWER, True:
            return catalogue.text("If the home is in a high building: phone {phone}, tag {tag}.")
        case BuildingKind.BASEMENT, True:
            return catalogue.text("If the home is in a basement: phone {phone}, tag {tag}.")
        case BuildingKind.HOUSE_OR_FLAT, _:
            return catalogue.text("In a low building: phone {phone}, tag {tag}.")
        case BuildingKind.TOWER, _:
            return catalogue.text("In a high building: phone {phone}, tag {tag}.")
    return catalogue.text("In a basement: phone {phone}, tag {tag}.")


def _by_class(
    checks: dict[DeviceClass, ZoneCheck], kind: BuildingKind, catalogue: Catalogue
) -> dict[str, str]:
    phone, tag = (
        checks[device_class].by_building[kind]
        for device_class in (DeviceClass.PHONE, DeviceClass.GNSS_TAG)
    )
    return {"phone": how_often(phone, catalogue), "tag": how_often(tag, catalogue)}


def how_often(per_day: float, catalogue: Catalogue) -> str:
    """Return a rate in words, no finer than an estimate is."""
    if per_day * YEAR_DAYS < 1.0:
        return catalogue.text("less than one a year")
    if per_day >= 1.5:
        return catalogue.text("about {count} a day").format(count=round(per_day))
    days = 1.0 / per_day
    whole = round(days) if days < EXACT_DAYS else int(days / 10.0 + 0.5) * 10
    if whole <= 1:
        return catalogue.text("about one a day")
    return catalogue.plural("about one in {days} day", "about one in {days} days", whole).format(
        days=whole
    )


def _delay(zone: ZoneCheck, catalogue: Catalogue) -> Iterator[str]:
    measured = small_zones.detection_at(zone.depth_m) if zone.is_kept_out else None
    if zone.kind == Appointment.kind:
        yield catalogue.text("Whether the person came is said when the set time is over.")
    elif measured is not None:
        yield from _measured(measured, catalogue)
    else:
        yield _on_foot(zone, catalogue)


def _measured(row: VisitDetection, catalogue: Catalogue) -> Iterator[str]:
    """Yield what was seen of visits to so small a place."""
    yield catalogue.text(
        "Of {visits} real visits to a circle of {radius} m {seen} were seen "
        "(half an hour or more, with at least three reports)."
    ).format(visits=small_zones.VISITS, radius=number(row.radius_m), seen=row.seen)
    yield catalogue.text("Half of those were seen within {duration} of the arrival.").format(
        duration=_about(row.median_s, catalogue)
    )
    yield catalogue.text(
        "Of 100 ways straight through a circle of {radius} m {seen} were seen."
    ).format(
        radius=number(small_zones.THROUGH_M), seen=number(round(100.0 * small_zones.THROUGH_RATIO))
    )


def _on_foot(zone: ZoneCheck, catalogue: Catalogue) -> str:
    if zone.is_kept_out:
        sentence = catalogue.text("Entering on foot is seen after about {duration}.")
    else:
        sentence = catalogue.text("Leaving on foot is seen after about {duration}.")
    return sentence.format(duration=_about(zone.delay_s, catalogue))


def _about(delay_s: float, catalogue: Catalogue) -> str:
    """Return a delay in whole minutes, which is as exact as an estimate is."""
    return durations.in_sentence(max(1, round(delay_s / MINUTE_S)) * MINUTE_S, catalogue)


def _slow(estimate: ZoneEstimate, catalogue: Catalogue) -> str:
    """Return how long a departure may take to be seen where a way alone is not believed."""
    phone, tag = (
        _about(estimate.plain[device_class].slow_s or 0.0, catalogue)
        for device_class in (DeviceClass.PHONE, DeviceClass.GNSS_TAG)
    )
    return catalogue.text(
        "For some days after the position jumped it may take {phone} (tag: {tag})."
    ).format(phone=phone, tag=tag)


def _is_contradicted(estimate: ZoneEstimate) -> bool:
    """Say whether most of a place would show nothing, though measured visits show the opposite.

    The distance is that of the slow path. A small place to keep out of sees arrivals sooner.
    Decision: docs/decisions/0050-an-arrival-begins-at-even-odds.md
    """
    zone = estimate.first
    is_measured = zone.is_kept_out and small_zones.detection_at(zone.depth_m) is not None
    return is_measured and 2.0 * estimate.plain[DeviceClass.PHONE].told_m > zone.depth_m


def _told(estimate: ZoneEstimate, catalogue: Catalogue) -> str:
    if estimate.first.is_kept_out:
        sentence = catalogue.text(
            "Within {phone} m inside the boundary (tag: {tag} m) a stay looks like an error."
        )
    else:
        sentence = catalogue.text(
            "Within {phone} m beyond the boundary (tag: {tag} m) a stay looks like an error."
        )
    return sentence.format(
        phone=_metres(estimate.plain[DeviceClass.PHONE].told_m),
        tag=_metres(estimate.plain[DeviceClass.GNSS_TAG].told_m),
    )


# --- Cautions ------------------------------------------------------------------------------------


def _cautions(estimate: ZoneEstimate, catalogue: Catalogue) -> Iterator[str]:
    cautions = estimate.cautions
    if ZoneCaution.WITHIN_ERRORS in cautions:
        yield catalogue.text("At least one fix in twenty will look as if it lay on the wrong side.")
    if any(_would_do(one) for one in estimate.plain.values()):
        yield _room_for_few(estimate, catalogue)
    if ZoneCaution.MAPS_DIFFER in cautions:
        sentence = catalogue.text(
            "Maps of the same area differ by up to {metres} m: check on which side the home lies."
        )
        yield sentence.format(metres=_metres(MAPS_DIFFER_M))
    if ZoneCaution.TOO_NARROW in cautions:
        yield _narrow(estimate.first, catalogue)
        if _most_per_day(estimate) * YEAR_DAYS >= 1.0:
            yield catalogue.text(
                "Errors seldom stay in so small a zone: expect fewer false alerts than said."
            )


def _room_for_few(estimate: ZoneEstimate, catalogue: Catalogue) -> str:
    """Return how large or how far away a zone must be for few false incidents."""
    zone = estimate.first
    if zone.is_circle:
        sentence = catalogue.text(
            "For at most one false alert in {days} days the radius must be {phone} m "
            "(tag: {tag} m)."
        )
    elif zone.is_middle:
        sentence = catalogue.text(
            "For at most one false alert in {days} days the boundary must be {phone} m "
            "from the middle (tag: {tag} m)."
        )
    else:
        sentence = catalogue.text(
            "For at most one false alert in {days} days the boundary must be {phone} m "
            "from home (tag: {tag} m)."
        )
    phone, tag = (
        _suggested(estimate.plain[device_class].suggested_m, catalogue)
        for device_class in (DeviceClass.PHONE, DeviceClass.GNSS_TAG)
    )
    return sentence.format(days=round(1.0 / FALSE_PER_DAY_MAX), phone=phone, tag=tag)


def _narrow(zone: ZoneCheck, catalogue: Catalogue) -> str:
    if zone.zones == 1:
        return catalogue.text("The zone is so small that many visits to it are not seen.")
    return catalogue.plural(
        "{count} of the zones is so small that many visits to it are not seen.",
        "{count} of the zones are so small that many visits to them are not seen.",
        zone.narrow_zones,
    ).format(count=zone.narrow_zones)


def _would_do(zone: ZoneCheck) -> bool:
    """Say whether more room would help: many zones do harm together, each far enough by itself."""
    too_little = {ZoneCaution.TOO_SMALL, ZoneCaution.NEAR_EDGE} & set(zone.cautions)
    return bool(too_little) and zone.suggested_m > (zone.room_m or 0.0)


def _suggested(room_m: float, catalogue: Catalogue) -> str:
    if np.isinf(room_m):
        return catalogue.text("more than {room}").format(room=number(1000.0))
    return number(room_m)


def _metres(value_m: float) -> str:
    return number(round(value_m))
