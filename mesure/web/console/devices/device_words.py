"""Device words: what a device is, and its state, as lists and pages say it."""

from datetime import datetime
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from mesure.actions.devices.enrolment_codes import DeviceView
from mesure.actions.records.app_records import AppFamily
from mesure.evaluation.policy import DeviceClass
from mesure.web.console.devices.carriers import Carrier
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.device_health import LOW_PERCENT, QUIET
from mesure.web.shared.words.incident_phrases import Tag
from mesure.web.shared.words.page_texts import PageTexts

ADDRESS: Final = "/console/devices"


def address(part: str, device: str) -> str:
    """Return the address of a page about a device.

    >>> address("at", "tag 7/b")
    '/console/devices/at/tag%207%2Fb'
    """
    return f"{ADDRESS}/{part}/{quote(device, safe='')}"


def state(device: DeviceView, now: datetime, catalogue: PageTexts) -> Tag:
    """Return the state of a device; what somebody must do first comes first."""
    if device.is_retired:
        return catalogue.text("retired"), ""
    if device.device_class is None:
        if device.code_until_at is None:
            return catalogue.text("not set up yet"), "wait"
        if device.code_until_at <= now:
            return catalogue.text("the code has expired"), "wait"
        return catalogue.text("has a code, not heard yet"), "wait"
    if device.app is not None and device.app.is_guessable:
        return catalogue.text("somebody could guess its name in the app"), "wait"
    if not device.is_carried:
        return catalogue.text("free"), ""
    if device.heard_at is None:
        return catalogue.text("not heard yet"), "wait"
    quiet = now - device.heard_at
    if quiet >= QUIET:
        return catalogue.text(
            "not heard for {length}", length=catalogue.short_length(quiet)
        ), "wait"
    if device.battery_percent is not None and device.battery_percent <= LOW_PERCENT:
        return catalogue.text("battery low: {percent} %", percent=device.battery_percent), "wait"
    return catalogue.text("in use"), "met"


def last_heard(device: DeviceView, visit: PageVisit) -> Markup | str:
    """Return when a device last reported."""
    catalogue = visit.texts
    if device.heard_at is None:
        return catalogue.text("never")
    return catalogue.near(device.heard_at, visit.context.now, visit.parts.zone)


def battery(device: DeviceView, texts: PageTexts) -> str:
    """Return how full the battery of a device is; empty: it did not say."""
    catalogue, percent = texts, device.battery_percent
    return "" if percent is None else catalogue.text("{percent} %", percent=percent)


def kind(device: DeviceView, catalogue: PageTexts) -> str:
    """Return what a device is."""
    if device.app is not None:
        return {
            AppFamily.OWNTRACKS: catalogue.text("phone with OwnTracks"),
            AppFamily.OSMAND: catalogue.text("phone with Traccar Client or OsmAnd"),
            AppFamily.TRACCAR: catalogue.text("comes from a Traccar server"),
        }[device.app.family]
    if device.device_class is None:
        return catalogue.text("kind not known yet")
    if device.device_class == DeviceClass.GNSS_TAG:
        return catalogue.text("tag")
    return catalogue.text("phone")


def carrier(device: DeviceView, carriers: dict[str, Carrier], catalogue: PageTexts) -> str:
    """Return in words who has a device, where it is nobody of one's cases."""
    if device.device in carriers:
        return carriers[device.device].name
    return (
        catalogue.text("somebody not on your list")
        if device.is_carried
        else catalogue.text("nobody")
    )
