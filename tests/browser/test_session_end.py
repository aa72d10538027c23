"""What a session showed is taken from the screen once it is over, and nothing typed is lost."""

from typing import Any

import pytest

from mesure.actions.accounts.sessions import SESSION
from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.records import tokens
from tests.browser.conftest import ServedOffice, until
from tests.browser.test_pages import barriers
from tests.web import filled
from tests.web.filled import PIN, TOKENS

TAKEN = "document.querySelector('main h1')?.textContent === 'You are signed out.'"
PAGES = {
    "person": "/portal",
    "counsel": "/counsel",
    "officer": "/console/people/P-0042",
    "supervisor": "/console/caseloads",
    "inspector": "/inspector/log",
    "operator": "/office",
}


def _end(at: ServedOffice, who: str) -> None:
    """End a session as its holder does elsewhere, or a new password, or a closed account."""
    name = tokens.hash_secret(TOKENS[who])
    at.office.write(lambda rows, _: rows.drop(SESSION, name))


def _came_back(visit: Any) -> None:
    """Let the page notice that somebody looks at it again, once it can: its words stand before."""
    visit.page.wait_for_load_state("load")
    visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def _quiet(visit: Any) -> None:
    """Wait for every answer that is on its way; each says how long the session lasts."""
    visit.page.wait_for_load_state("networkidle")


def _type_a_statement(phone: Any, at: ServedOffice, words: str) -> None:
    """Type what the person says about their incident; typing is a sign of life."""
    phone.open(f"/portal/notices/{at.there.incident}")
    with phone.page.expect_response("**/still"):
        phone.page.fill("#words", words)


def _signs_in_elsewhere(phone: Any, at: ServedOffice) -> None:
    """Give the browser a session that was begun in another of its tabs."""
    filled.begin_session(at.office, at.there.person.account, "again")
    phone.context.add_cookies([{"name": "mesure", "value": "again", "url": at.origin}])


def _is_taken(visit: Any, stood: str) -> None:
    until(visit.page, TAKEN)
    assert not visit.page.locator("main ~ *, .banner, .places, .foot").count()
    assert stood not in visit.page.inner_text("body")
    assert visit.page.title() == "You are signed out."
    assert not barriers(visit.page)


def _network_back(visit: Any) -> None:
    visit.context.set_offline(False)
    visit.complaints.clear()  # The browser says that there was no network.


@pytest.mark.parametrize("who", PAGES)
def test_without_a_network_a_page_is_taken_when_the_known_time_is_over(
    fresh: ServedOffice, open_page: Any, who: str
) -> None:
    visit = open_page(fresh, who, service_workers="block")
    visit.page.clock.install(time=fresh.office.now)
    visit.open(PAGES[who])
    stood = visit.page.inner_text("h1")
    _quiet(visit)
    visit.context.set_offline(True)
    visit.page.clock.run_for(1_000)
    visit.page.clock.fast_forward("29:00")
    visit.page.clock.run_for(6_000)
    assert visit.page.inner_text("h1") == stood
    visit.page.clock.fast_forward("01:00")
    visit.page.clock.run_for(6_000)
    _is_taken(visit, stood)
    assert not visit.page.is_visible("[data-kept]")
    fresh.office.later(hours=1)
    _network_back(visit)
    if who != "person":  # Whose pages are read anew when there is a network again.
        visit.page.click("main a")
    visit.page.wait_for_url("**/sign-in**")
    assert PAGES[who].strip("/").partition("/")[0] in visit.page.url


@pytest.mark.parametrize("who", PAGES)
def test_whoever_comes_back_to_a_page_is_shown_nothing_where_the_session_was_ended(
    fresh: ServedOffice, open_page: Any, who: str
) -> None:
    visit = open_page(fresh, who)
    visit.open(PAGES[who])
    stood = visit.page.inner_text("h1")
    _came_back(visit)
    visit.page.wait_for_timeout(500)
    assert visit.page.inner_text("h1") == stood
    _end(fresh, who)
    with visit.page.expect_response("**/still"):
        _came_back(visit)
    _is_taken(visit, stood)


def test_timers_that_slept_through_the_end_take_the_page_at_once(
    fresh: ServedOffice, open_page: Any
) -> None:
    """A phone that wakes: the page is covered before the first answer comes."""
    phone = open_page(fresh, "person", service_workers="block")
    phone.open("/portal")
    _quiet(phone)
    phone.page.evaluate(
        "() => { const now = Date.now; Date.now = () => now() + 3600000; }"
    )  # An hour passed, in which no timer ran.
    phone.page.route("**/still", lambda _: None)  # The network hangs.
    _came_back(phone)
    assert phone.page.evaluate("'covered' in document.documentElement.dataset")
    assert phone.page.inner_text("body").strip() == ""
    _is_taken(phone, "Today")
    phone.complaints.clear()


def test_a_clock_that_was_set_right_forward_covers_a_page_only_until_the_answer(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.open("/console")
    stood = visit.page.inner_text("h1")
    _quiet(visit)
    visit.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3600000; }")
    with visit.page.expect_response("**/still"):
        _came_back(visit)
    until(visit.page, "!('covered' in document.documentElement.dataset)")
    assert visit.page.inner_text("h1") == stood


def test_a_clock_that_was_set_back_keeps_nothing_on_the_screen_without_a_network(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person", service_workers="block")
    phone.open("/portal")
    _quiet(phone)
    phone.context.set_offline(True)
    phone.page.evaluate("() => { const now = Date.now; Date.now = () => now() - 3600000; }")
    _came_back(phone)
    _is_taken(phone, "Today")
    _network_back(phone)


def test_signing_out_in_another_tab_takes_the_pages_of_all(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.open("/console")
    stood = visit.page.inner_text("h1")
    other = visit.context.new_page()
    other.goto(f"{fresh.origin}/console")
    other.click(".tools details:last-child summary")
    other.click("form[action='/sign-out'] button")
    other.wait_for_url("**/sign-in")
    _came_back(visit)
    _is_taken(visit, stood)


def test_whoever_is_barred_from_a_case_has_its_page_taken(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.open("/console/people/P-0042")
    stood = visit.page.inner_text("h1")
    barred = BarRequest("P-0042", fresh.there.officer.account)
    fresh.office.do(fresh.there.supervisor, caseload.bar, barred)
    _came_back(visit)
    _is_taken(visit, stood)


def test_going_back_after_signing_out_shows_nothing(fresh: ServedOffice, open_page: Any) -> None:
    visit = open_page(fresh, "officer")
    visit.open("/console/people/P-0042")
    visit.open("/help")
    _end(fresh, "officer")
    visit.page.go_back()
    until(visit.page, f"({TAKEN}) || location.pathname === '/sign-in'")
    assert "P-0042" not in visit.page.inner_text("body")


def test_a_page_from_the_browsers_own_cache_is_covered_until_the_answer(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.open("/console")
    stood = visit.page.inner_text("h1")
    shown = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    covered = "'covered' in document.documentElement.dataset"
    assert visit.page.evaluate(f"() => {{ {shown}; return {covered}; }}")
    until(visit.page, f"!({covered})")
    assert visit.page.inner_text("h1") == stood
    _end(fresh, "officer")
    assert visit.page.evaluate(f"() => {{ {shown}; return {covered}; }}")
    _is_taken(visit, stood)


def test_somebody_elses_session_in_the_same_browser_shows_no_page_of_the_first(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.open(f"/console/incidents/{fresh.there.incident}")
    visit.page.fill("#reason", "Words of the first.")
    visit.context.add_cookies([{"name": "mesure", "value": TOKENS["second"], "url": fresh.origin}])
    _came_back(visit)
    _is_taken(visit, "Words of the first.")
    assert not visit.page.locator("textarea").count()


def test_an_answer_that_a_later_one_overtook_says_nothing_any_more(
    fresh: ServedOffice, open_page: Any
) -> None:
    """That the first still was signed in when they typed does not show the page to the second."""
    visit = open_page(fresh, "officer")
    visit.open(f"/console/incidents/{fresh.there.incident}")
    late: list[Any] = []

    def hold(route: Any) -> None:
        late.append((route, route.fetch())) if not late else route.continue_()

    visit.page.route("**/still", hold)
    visit.page.fill("#reason", "Words of the first.")
    while not late:
        visit.page.wait_for_timeout(20)
    visit.context.add_cookies([{"name": "mesure", "value": TOKENS["second"], "url": fresh.origin}])
    _came_back(visit)
    _is_taken(visit, "Words of the first.")
    visit.page.evaluate("globalThis.stood = true")
    route, answer = late[0]
    with visit.page.expect_response("**/still"):
        route.fulfill(response=answer)
    visit.page.wait_for_timeout(500)
    assert visit.page.evaluate("globalThis.stood")
    _is_taken(visit, "Words of the first.")


def test_whoever_signed_in_again_elsewhere_reads_on_and_sends_by_their_new_session(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person")
    _type_a_statement(phone, fresh, "My mother fell.")
    _end(fresh, "person")
    _signs_in_elsewhere(phone, fresh)
    with phone.page.expect_response("**/still"):
        _came_back(phone)
    phone.page.wait_for_timeout(300)
    phone.page.click("button[value=contest]")
    phone.page.wait_for_selector("text=You contest it, before any finding")


def _signs_in_again(phone: Any, card: str) -> None:
    phone.page.click("main button")
    phone.page.wait_for_url("**/sign-in/card**")
    assert "Nothing was sent." in phone.page.inner_text("main")
    phone.page.fill("#card", card)
    phone.page.fill("#pin", PIN)
    phone.page.click("form.card button")
    phone.page.wait_for_selector("text=Here is what you typed")


def test_what_was_typed_comes_back_after_signing_in_again(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person", viewport={"width": 360, "height": 740})
    _type_a_statement(phone, fresh, "My mother fell.\nI drove her to hospital.")
    fresh.office.later(hours=1)
    _came_back(phone)
    _is_taken(phone, "My mother fell.")
    assert phone.page.is_visible("[data-kept]")
    phone.context.set_offline(True)  # A network that goes and comes takes nothing of it.
    phone.context.set_offline(False)
    phone.page.wait_for_timeout(1_500)
    _signs_in_again(phone, fresh.there.card)
    assert phone.page.input_value("#words") == "My mother fell.\nI drove her to hospital."
    phone.complaints.clear()
    # A page that answers a form holds what was typed before; nobody typed in it since.
    fresh.office.later(hours=1)
    _came_back(phone)
    _is_taken(phone, "My mother fell.")
    _signs_in_again(phone, fresh.there.card)
    assert phone.page.input_value("#words") == "My mother fell.\nI drove her to hospital."
    phone.page.click("button[value=contest]")
    phone.page.wait_for_selector("text=You contest it, before any finding")


def test_what_was_typed_is_not_sent_where_its_writer_is_signed_in_again_already(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person")
    _type_a_statement(phone, fresh, "My mother fell.")
    _end(fresh, "person")
    _came_back(phone)
    _is_taken(phone, "My mother fell.")
    _signs_in_elsewhere(phone, fresh)
    phone.page.click("main button")
    phone.page.wait_for_selector("text=Here is what you typed")
    assert phone.page.input_value("#words") == "My mother fell."
    assert "The person contests it" not in phone.page.inner_text("main")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("fr", "Votre session est terminée."),
        ("ru", "Вы вышли из системы."),
        ("kk", "Сіз жүйеден шықтыңыз."),
    ],
)
def test_it_is_said_in_the_language_of_the_page(
    fresh: ServedOffice, open_page: Any, language: str, heading: str
) -> None:
    visit = open_page(fresh, "person", language=language, viewport={"width": 320, "height": 640})
    visit.open("/portal")
    _quiet(visit)
    _end(fresh, "person")
    _came_back(visit)
    until(visit.page, "document.querySelector('.banner') === null")
    assert visit.page.inner_text("h1") == heading
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not barriers(visit.page)


def test_a_copy_stays_on_the_screen_no_longer_than_the_session_whose_it_is(
    fresh: ServedOffice, open_page: Any
) -> None:
    """Read a moment before the end, it was read for another half an hour."""
    phone = open_page(fresh, "person")
    phone.open("/portal")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    phone.open("/portal")
    until(phone.page, "caches.match('/portal/offline').then(Boolean)")
    phone.page.evaluate(
        "caches.open('portal-1').then(kept => kept.put('/portal/kept-until', new Response("
        "JSON.stringify({ until: Date.now() + 4000, seen: Date.now() }))))"
    )
    phone.context.set_offline(True)
    phone.open("/portal")
    assert phone.page.is_visible("#offline")
    phone.page.wait_for_selector("text=You are signed out.", timeout=15_000)
    _is_taken(phone, "What is asked of you")
    until(phone.page, "caches.match('/portal').then((kept) => !kept)")
    _network_back(phone)


def test_a_list_that_stays_fresh_by_itself_is_taken_too(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.page.clock.install(time=fresh.office.now)
    visit.open("/console")
    stood = visit.page.inner_text("h1")
    every_s = visit.page.get_attribute("[data-fresh]", "data-fresh")
    _end(fresh, "officer")
    visit.page.clock.run_for(int(every_s or 0) * 1000 + 1_000)
    visit.page.clock.run_for(1_000)
    _is_taken(visit, stood)
