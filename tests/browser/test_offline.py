"""The portal without a network: how old a page is, what applies now, and what is not here."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser.conftest import ServedOffice, until
from tests.browser.test_journeys import session
from tests.browser.test_pages import barriers

ALMATY = ZoneInfo("Asia/Almaty")
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def phone(fresh: ServedOffice, open_page: Any) -> Any:
    """A phone on which the first page and the help were read, and that has no network now."""
    visit = open_page(fresh, "person", viewport=PHONE)
    visit.page.clock.set_fixed_time(fresh.office.now)
    visit.open("/portal")
    visit.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    visit.open("/portal")
    until(
        visit.page,
        "caches.open('portal-1').then(one => one.match('/portal/offline')).then(Boolean)",
    )
    visit.context.set_offline(True)
    yield visit
    visit.context.set_offline(False)
    visit.complaints.clear()  # The browser says that there was no network.


def _card(phone: Any) -> str:
    return " ".join(phone.page.inner_text("#now-card").split())


def _at(fresh: ServedOffice, days: int, hour: int, minute: int = 0) -> datetime:
    local = fresh.office.now.astimezone(ALMATY) + timedelta(days=days)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_online_every_condition_that_binds_is_named_then_the_edge_then_the_end(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, None, viewport=PHONE)
    visit.context.add_cookies([{"name": "mesure", "value": "short", "url": fresh.origin}])
    fresh.office.now = _at(fresh, 2, 23, 30)  # A Saturday; the curfew and the stadium bind.
    session(fresh, timedelta(hours=1))
    visit.open("/portal")
    assert not visit.page.is_visible("#offline")
    text = _card(visit)
    parts = (
        "This applies now",
        "Be at home until 06:00",
        "Keep out of “stadium” until 00:00",
        "Stay inside “district”",
        "Next, tomorrow at 00:00, this ends: Keep out of “stadium”.",
        "Then, tomorrow at 18:00, this begins: Keep out of “stadium”.",
        "The last day of your order is 4 January 2027.",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places), text
    assert not barriers(visit.page)


def test_a_banner_above_the_heading_says_how_old_the_page_is(
    fresh: ServedOffice, phone: Any
) -> None:
    phone.page.clock.set_fixed_time(fresh.office.now + timedelta(hours=5, minutes=10))
    phone.open("/portal")
    banner = " ".join(phone.page.inner_text("#offline").split())
    assert "You are offline. This page is as it was on" in banner
    assert "(5 hours ago)." in banner
    above, heading = (phone.page.locator(one).bounding_box() for one in ("#offline", "h1"))
    assert above["y"] < heading["y"]
    assert not barriers(phone.page)


def test_what_applies_now_is_worked_out_again_from_the_week(
    fresh: ServedOffice, phone: Any
) -> None:
    phone.page.clock.set_fixed_time(_at(fresh, 2, 23, 30))  # Saturday.
    phone.open("/portal")
    text = _card(phone)
    assert text.startswith("Now, at 23:30 This applies now")
    assert "Be at home until 06:00 Stay inside “district”" in text
    assert "Keep out of “stadium” until 00:00" in text
    assert "Next, tomorrow at 00:00, this ends: Keep out of “stadium”." in text
    assert "The last day of your order is 4 January 2027." in text
    assert "Worked out by this phone from the week below." in text
    # A day is not parted from its weekday nor its month at the end of a line.
    day = phone.page.inner_text(".week h3 >> nth=0")
    assert day == "Thu\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}Mar"
    phone.page.clock.set_fixed_time(_at(fresh, 4, 9))
    phone.open("/portal")
    assert "Be at home" not in _card(phone)
    assert "Next, today at 10:00, this begins: Come to “office”" in _card(phone)


def test_a_time_that_happens_twice_names_its_offset(phone: Any) -> None:
    """In Almaty the clocks went back at midnight before 1 March 2024."""
    said = []
    for hour in (16, 17, 18, 19):
        phone.page.clock.set_fixed_time(datetime(2024, 2, 29, hour, 30, tzinfo=UTC))
        phone.open("/portal")
        said.append(_card(phone))
    clocks = ("22:30", "23:30 (UTC+06:00)", "23:30 (UTC+05:00)", "00:30")
    for text, clock in zip(said, clocks, strict=True):
        assert clock in text
        assert ("UTC" in text) is ("UTC" in clock)


@pytest.mark.parametrize("days", [8, -3])
def test_where_the_week_does_not_reach_or_the_clock_is_wrong_it_says_so(
    fresh: ServedOffice, phone: Any, days: int
) -> None:
    phone.page.clock.set_fixed_time(_at(fresh, days, 23))
    phone.open("/portal")
    text = _card(phone)
    assert "This page is too old to say what applies now." in text
    assert "Be at home" not in text


def test_a_page_that_was_not_visited_says_so_and_what_can_be_read(
    fresh: ServedOffice, phone: Any
) -> None:
    phone.open("/portal/nights")
    assert phone.page.inner_text("h1") == "This page is not on this phone"
    links = phone.page.locator("[data-if-kept]:visible")
    until(phone.page, "document.querySelectorAll('[data-if-kept][hidden]').length > 0")
    assert links.all_inner_texts() == ["Today"]
    assert not barriers(phone.page)
    phone.context.set_offline(False)
    phone.open("/portal/nights")
    assert phone.page.inner_text("h1") != "This page is not on this phone"


def test_a_network_that_comes_back_shows_the_page_anew(fresh: ServedOffice, phone: Any) -> None:
    phone.open("/portal")
    assert phone.page.is_visible("#offline")
    phone.context.set_offline(False)
    phone.page.wait_for_selector("#offline", state="hidden")
    assert "Worked out by this phone" not in _card(phone)


def test_without_a_page_on_the_phone_no_heading_says_that_there_are_some(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "person", viewport=PHONE)
    visit.open("/portal/offline")
    until(visit.page, "!document.querySelector('#kept').checkVisibility()")
