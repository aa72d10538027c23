"""What an officer may conclude stands on the page: of a silence and a device, never a breach."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from mesure.actions.framework.context import Actor, Context
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage
from tests.actions.fake_readers import FakeReader
from tests.actions.house import Office
from tests.web import filled, venued
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Evening, Filled

OF_DEVICE = [
    "battery", "network", "device_fault", "excused.reasonable_excuse", "cannot_tell",
    "tampering_referred",
]  # fmt: skip
OF_PLACE = [
    "no_breach.equipment", "no_breach.location_error", "excused.authorised_absence",
    "excused.reasonable_excuse", "cannot_tell", "breach",
]  # fmt: skip


def officer_at(office: Office, contexts: Any) -> Browser:
    browser = Browser(office, contexts=contexts)
    browser.cookies.set("mesure", filled.TOKENS["officer"])
    return browser


def choices(page: str) -> list[str]:
    """Return the conclusions that a page offers, in their order; none may be chosen yet."""
    inputs = re.findall(r'<input type="radio" name="finding" value="([^"]+)"([^>]*)>', page)
    assert not any("checked" in more for _, more in inputs)
    return [value for value, _ in inputs]


@pytest.fixture(params=["silence", "device event"])
def placeless_incident(request: pytest.FixtureRequest, office: Office, there: Filled) -> str:
    """Return a silence, or something that a device said of itself."""
    return there.silence if request.param == "silence" else venued.device_event(office)


def test_a_silence_and_a_device_have_their_own_choices_and_no_breach_among_them(
    office: Office, night: Evening, placeless_incident: str
) -> None:
    officer = officer_at(office, filled.with_trail(office, night))
    page = officer.open(f"/console/incidents/{placeless_incident}")
    assert choices(page) == OF_DEVICE
    assert page.count("A second officer looks at it too.") == 1
    assert "Possible breach" not in officer.text
    assert "possible breach" not in officer.text


def test_no_form_makes_a_breach_of_a_silence(
    office: Office, night: Evening, placeless_incident: str
) -> None:
    officer, address = (
        officer_at(office, filled.with_trail(office, night)),
        f"/console/incidents/{placeless_incident}",
    )
    officer.open(address)
    officer.send(f"{address}/finding", finding="breach", reason="It was off.")
    assert officer.status == 422
    assert choices(officer.page) == OF_DEVICE
    officer.send(f"{address}/finding", finding="battery", reason="It had not been charged.")
    assert officer.status == 200
    assert "the battery was empty" in officer.text
    assert not choices(officer.page)


def test_a_device_event_beside_leaves_the_nights_as_they_were(
    office: Office, night: Evening, there: Filled
) -> None:
    person = Browser(office, contexts=filled.with_trail(office, night))
    person.cookies.set("mesure", filled.TOKENS["person"])
    before = person.open("/portal/nights")
    assert "not met" in person.text
    venued.device_event(office)
    assert person.open("/portal/nights") == before


def test_the_hours_of_a_silence_are_not_in_the_colour_of_a_breach(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = officer_at(office, filled.with_trail(office, night))
    assert 'class="incident quiet"' in officer.open(f"/console/incidents/{there.silence}")
    assert 'class="incident"' in officer.open(f"/console/incidents/{there.incident}")


def test_what_weighs_most_is_offered_last(office: Office, night: Evening, there: Filled) -> None:
    officer = officer_at(office, filled.with_trail(office, night))
    assert choices(officer.open(f"/console/incidents/{there.incident}")) == OF_PLACE


def test_a_page_says_that_a_devices_clock_was_ahead(
    office: Office, night: Evening, there: Filled
) -> None:
    """Officer, person and counsel read it, and the officer at each fix whose time was put right."""

    def ahead(pieces: Sequence[TrailMessage]) -> list[TrailFix]:
        return [structs.replace(fix, ahead_s=90.0) for fix in night.trail(pieces)]

    def context(actor: Actor, request: str, address: str) -> Context:
        return replace(office.context(actor, address), request=request, reader=FakeReader(ahead))

    each = "put right: the device’s clock was 90\u00a0s ahead"
    sentence = "The device’s clock was up to 90\u00a0s ahead. The times here are put right."
    places = ("console/incidents", "portal/notices", "counsel/incidents")
    for who, under in zip(("officer", "person", "counsel"), places, strict=True):
        browser = Browser(office, contexts=context)
        browser.cookies.set("mesure", filled.TOKENS[who])
        page = browser.open(f"/{under}/{there.incident}")
        assert sentence in page, who
    trail = f"/console/people/{PERSON}/trail/{venued.fill(office, there).ground}"
    officer = officer_at(office, context)
    assert each in officer.open(f"/console/incidents/{there.incident}")
    assert each in officer.open(trail)
    browser = officer_at(office, filled.with_trail(office, night))
    assert "put right" not in browser.open(f"/console/incidents/{there.incident}")
    assert "put right" not in browser.open(trail)
