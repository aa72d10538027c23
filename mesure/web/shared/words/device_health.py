"""How a device is, in words, and what to do about it: the same for person and officer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesure.actions.data_rights.own_record import HealthShown
from mesure.web.shared.words.page_texts import PageTexts

LOW_PERCENT: Final = 20
QUIET: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Health:
    """A device as a page shows it."""

    name: str
    state: str
    kind: str  # Of the tag.
    todo: str  # What the person should do now; empty: nothing.
    facts: tuple[tuple[str, object], ...]


def of(one: HealthShown, texts: PageTexts, now: datetime, zone: ZoneInfo) -> Health:
    """Return how a device is; what is most pressing is its state."""
    state, kind, todo = _state(one, texts, now)
    return Health(one.device, state, kind, todo, tuple(_facts(one, texts, now, zone)))


def _state(one: HealthShown, texts: PageTexts, now: datetime) -> tuple[str, str, str]:
    catalogue = texts
    if one.heard_at is None:
        return (
            catalogue.text("not heard yet"),
            "wait",
            catalogue.text("Switch it on, and go outdoors for some minutes."),
        )
    if one.is_strap_closed is False:
        return (
            catalogue.text("the strap is open"),
            "amiss",
            catalogue.text("Close the strap. If it does not close, tell your officer today."),
        )
    if now - one.heard_at >= QUIET:
        length = catalogue.length(now - one.heard_at)
        return (
            catalogue.text("not heard for {length}", length=length),
            "wait",
            catalogue.text("Charge it, and go outdoors or near a window for some minutes."),
        )
    if one.may_locate is False:
        return (
            catalogue.text("it may not tell its position"),
            "amiss",
            catalogue.text("Allow the app to use the position, at all times."),
        )
    is_low = one.battery_percent is not None and one.battery_percent <= LOW_PERCENT
    if is_low and not one.is_charging:
        return (
            catalogue.text("battery low: {percent} %", percent=one.battery_percent),
            "wait",
            catalogue.text("Charge it now. Charging takes about two hours."),
        )
    return catalogue.text("all is well"), "met", ""


def _facts(
    one: HealthShown, texts: PageTexts, now: datetime, zone: ZoneInfo
) -> list[tuple[str, object]]:
    catalogue = texts
    unknown = catalogue.text("not known")
    heard = unknown if one.heard_at is None else catalogue.near(one.heard_at, now, zone)
    battery: object = unknown
    if one.battery_percent is not None:
        battery = catalogue.text("{percent} %", percent=one.battery_percent)
        if one.is_charging:
            battery = catalogue.text("{percent} %, charging", percent=one.battery_percent)
    facts: list[tuple[str, object]] = [
        (catalogue.text("Last heard"), heard),
        (catalogue.text("Battery"), battery),
    ]
    if one.is_strap_closed is not None:
        strap = catalogue.text("closed") if one.is_strap_closed else catalogue.text("open")
        facts.append((catalogue.text("Strap"), strap))
    facts += [
        (catalogue.text("Number of the device"), one.device),
        (catalogue.text("Given out"), catalogue.near(one.since_at, now, zone)),
    ]
    return facts
