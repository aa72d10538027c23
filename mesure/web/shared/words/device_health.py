"""Device health in words, and what to do about it: the same for person and officer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesure.actions.data_rights.own_record import DeviceHealthView
from mesure.web.shared.words.page_texts import PageTexts

LOW_PERCENT: Final = 20
QUIET: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DeviceSummary:
    """A device as a page shows it."""

    name: str
    state: str
    kind: str  # Of the tag.
    todo: str  # What the person should do now; empty: nothing.
    facts: tuple[tuple[str, object], ...]


def of(health: DeviceHealthView, texts: PageTexts, now: datetime, zone: ZoneInfo) -> DeviceSummary:
    """Return how a device is; what is most pressing is its state."""
    state, kind, todo = _state(health, texts, now)
    return DeviceSummary(health.device, state, kind, todo, tuple(_facts(health, texts, now, zone)))


def _state(health: DeviceHealthView, catalogue: PageTexts, now: datetime) -> tuple[str, str, str]:
    if health.heard_at is None:
        return (
            catalogue.text("not heard yet"),
            "wait",
            catalogue.text("Switch it on, and go outdoors for some minutes."),
        )
    if health.is_strap_closed is False:
        return (
            catalogue.text("the strap is open"),
            "amiss",
            catalogue.text("Close the strap. If it does not close, tell your officer today."),
        )
    if now - health.heard_at >= QUIET:
        length = catalogue.short_length(now - health.heard_at)
        return (
            catalogue.text("not heard for {length}", length=length),
            "wait",
            catalogue.text("Charge it, and go outdoors or near a window for some minutes."),
        )
    if health.may_locate is False:
        return (
            catalogue.text("it may not tell its position"),
            "amiss",
            catalogue.text("Allow the app to use the position, at all times."),
        )
    is_low = health.battery_percent is not None and health.battery_percent <= LOW_PERCENT
    if is_low and not health.is_charging:
        return (
            catalogue.text("battery low: {percent} %", percent=health.battery_percent),
            "wait",
            catalogue.text("Charge it now. Charging takes about two hours."),
        )
    if health.still_at is not None:
        return catalogue.text("heard, and lies still"), "met", ""
    return catalogue.text("all is well"), "met", ""


def _facts(
    health: DeviceHealthView, catalogue: PageTexts, now: datetime, zone: ZoneInfo
) -> list[tuple[str, object]]:
    unknown = catalogue.text("not known")
    last_heard = unknown if health.heard_at is None else catalogue.near(health.heard_at, now, zone)
    battery: object = unknown
    if health.battery_percent is not None:
        battery = catalogue.text("{percent} %", percent=health.battery_percent)
        if health.is_charging:
            battery = catalogue.text("{percent} %, charging", percent=health.battery_percent)
    facts: list[tuple[str, object]] = [
        (catalogue.text("Last heard"), last_heard),
        (catalogue.text("Battery"), battery),
    ]
    if health.still_at is not None:
        facts.append((catalogue.text("Lies still"), catalogue.near(health.still_at, now, zone)))
    if health.is_strap_closed is not None:
        strap = catalogue.text("closed") if health.is_strap_closed else catalogue.text("open")
        facts.append((catalogue.text("Strap"), strap))
    facts += [
        (catalogue.text("Number of the device"), health.device),
        (catalogue.text("Given out"), catalogue.near(health.since_at, now, zone)),
    ]
    return facts
