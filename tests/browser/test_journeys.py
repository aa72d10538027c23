"""Whole journeys in a real browser: by keyboard alone, with scripts, without a network."""

from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.accounts.sessions import SESSION, SessionRecord
from mesure.actions.orders import absences
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.records import tokens
from mesure.actions.records.procedure import STANDARD
from tests.actions import house
from tests.browser.conftest import ServedOffice, until
from tests.browser.test_pages import barriers
from tests.web.filled import ORDER_ID


def test_an_officer_decides_and_undoes_by_keyboard_alone(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    page, keyboard = visit.page, visit.page.keyboard
    visit.open("/console")
    keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    keyboard.press("Enter")
    tab_to(page, f"a[href='/console/incidents/{fresh.there.incident}']")
    keyboard.press("Enter")
    page.wait_for_url("**/console/incidents/*")
    tab_to(page, "input[name=finding]")
    keyboard.press("ArrowDown")
    tab_to(page, "textarea[name=reason]")
    keyboard.type("The clinic confirms that he was there.")
    tab_to(page, "form[action$=finding] button:not([name])")
    keyboard.press("Enter")
    page.wait_for_url("**done=1**")
    assert not barriers(page)
    tab_to(page, "form[action$=take-back] [name=taken_back]")
    keyboard.type("I read the wrong line.")
    tab_to(page, "form[action$=take-back] button")
    keyboard.press("Enter")
    page.wait_for_selector("form[action$=finding]")


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is where it should be; it must be seen when it is there."""
    for _ in range(150):
        page.keyboard.press("Tab")
        there = f"document.activeElement.matches({selector!r})"
        if page.evaluate(there):
            ring = "getComputedStyle(document.activeElement).outlineStyle"
            near = "getComputedStyle(document.activeElement.closest('label') ?? document.body)"
            outlines = page.evaluate(ring), page.evaluate(f"{near}.outlineStyle")
            assert set(outlines) - {"none"}, "the focus cannot be seen"
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


def test_what_comes_in_appears_without_loading_the_page_again(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer")
    visit.open("/console")
    assert "My brother marries." not in visit.page.content()
    visit.page.evaluate("window.stayed = 1")
    start_at = fresh.office.now + timedelta(days=5)
    request = RequestAbsence(
        order=ORDER_ID, conditions=("C2",), start_at=start_at,
        until_at=start_at + timedelta(days=1), reason="My brother marries.",
    )  # fmt: skip
    before = visit.page.locator("a[href*='/console/absences/']").count()
    fresh.office.do(fresh.there.person, absences.ask, request)
    visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    there = "document.querySelectorAll(\"#waiting a[href*='/console/absences/']\").length"
    until(visit.page, f"{there} === {before + 1}")
    assert visit.page.evaluate("window.stayed") == 1


def test_strips_and_map_move_together(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "officer")
    visit.open(f"/console/incidents/{read_only.there.incident}")
    slider = visit.page.locator("#follow")
    slider.focus()
    visit.page.keyboard.press("End")
    at_end = visit.page.locator(".map .here").get_attribute("cx")
    visit.page.keyboard.press("Home")
    assert visit.page.locator(".map .here").get_attribute("cx") != at_end
    assert "22:" in (slider.get_attribute("aria-valuetext") or "")


def test_the_map_opens_from_this_service_alone(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "officer")
    visit.open(f"/console/incidents/{read_only.there.incident}")
    visit.page.click("[data-moves]")
    visit.page.wait_for_selector("svg.map[hidden]", state="attached", timeout=60_000)
    assert visit.page.locator(".zone-name").count() >= 2
    assert not barriers(visit.page)
    # A fix says on the map what the slider says of it.
    visit.page.locator("#follow").press("End")
    text = visit.page.locator(".follow output").inner_text()
    visit.page.locator(".here-now").click(force=True)
    popup = visit.page.locator(".maplibregl-popup-content").inner_text().removesuffix("×")
    assert text.endswith(popup.strip())


def test_a_proposal_is_confirmed_by_a_second_pair_of_eyes(
    fresh: ServedOffice, open_page: Any
) -> None:
    officer = open_page(fresh, "officer")
    officer.open(f"/console/incidents/{fresh.there.incident}")
    officer.page.check("input[value=breach]")
    officer.page.fill("#reason", "Two paths show the way out, and the beacon was not heard.")
    officer.page.click("form[action$=finding] button")
    supervisor = open_page(fresh, "supervisor")
    supervisor.open("/console")
    supervisor.page.click(f"a[href='/console/incidents/{fresh.there.incident}']")
    supervisor.page.click("button[value=yes]")
    supervisor.page.wait_for_url("**done=1**")
    assert not barriers(supervisor.page)


def test_the_person_asks_for_an_absence_and_contests(fresh: ServedOffice, open_page: Any) -> None:
    phone = open_page(fresh, "person", viewport={"width": 360, "height": 740}, has_touch=True)
    phone.open("/portal")
    phone.page.click("text=Ask for an absence")
    phone.page.check("input[value='ALM-2026-0042 C1']")
    for name, day, clock in (("from", "2026-03-20", "18:00"), ("until", "2026-03-21", "09:00")):
        phone.page.fill(f"#{name}_day", day)
        phone.page.fill(f"#{name}_time", clock)
    phone.page.fill("#reason", "My brother marries.")
    phone.page.click("main form.card button")
    phone.page.wait_for_url("**sent=1**")
    phone.page.click("nav.places >> text=Notices")
    phone.page.click(f"a[href='/portal/notices/{fresh.there.incident}']")
    phone.page.fill("#words", "My mother fell. I drove her to hospital.")
    phone.page.click("button[value=contest]")
    phone.page.wait_for_selector("text=You contest it, before any finding")
    assert not barriers(phone.page)


def test_pages_that_were_read_stay_readable_without_a_network(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person", viewport={"width": 360, "height": 740})
    _kept_to_read(phone)
    phone.context.set_offline(True)
    phone.open("/portal")
    assert "What is asked of you" in phone.page.content()
    assert phone.page.is_visible("#offline")
    phone.context.set_offline(False)
    phone.complaints.clear()  # The browser says that there was no network.


def test_signing_out_leaves_nothing_to_read_without_a_network(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person")
    phone.open("/portal")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    phone.open("/portal")
    phone.page.click(".tools details:last-child summary")
    phone.page.click("form[action='/sign-out'] button")
    phone.page.wait_for_url("**/sign-in/card")
    assert phone.page.evaluate("caches.keys()") == []


def test_leaving_every_browser_leaves_nothing_to_read_in_this_one(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person")
    _kept_to_read(phone)
    phone.open("/account")
    phone.page.click("form[action='/account/sign-out-everywhere'] button")
    phone.page.wait_for_url("**/sign-in/card")
    assert phone.page.evaluate("caches.keys()") == []


def test_whoever_comes_in_on_the_same_phone_finds_nothing_of_somebody_else(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person")
    _kept_to_read(phone)
    _, secret = house.first_supervisor(fresh.office)
    fresh.office.later(hours=9)  # Ended by the service: this browser believes that it lasts.
    phone.open("/sign-in")
    phone.page.fill("#login", "aigerim")
    phone.page.fill("#password", house.PASSWORD)
    phone.page.fill("#code", house.code_of(fresh.office, secret))
    phone.page.click("form.card[action='/sign-in'] button")
    phone.page.wait_for_url("**/console")
    assert phone.page.evaluate("caches.keys()") == []


def test_what_was_kept_to_read_ends_with_the_session(fresh: ServedOffice, open_page: Any) -> None:
    """By the clock where there is no network, and at once where the service says so."""
    lasts_s = 3
    session(fresh, timedelta(seconds=lasts_s))
    phone = open_page(fresh, None)
    phone.context.add_cookies([{"name": "mesure", "value": "short", "url": fresh.origin}])
    _kept_to_read(phone)
    phone.context.set_offline(True)
    phone.page.wait_for_timeout(lasts_s * 1000)
    with pytest.raises(Exception, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
        phone.open("/portal")
    phone.context.set_offline(False)
    phone.open("/sign-in/card")
    assert phone.page.evaluate("caches.match('/portal').then(Boolean)") is False
    phone.complaints.clear()  # The browser says that there was no network.


def test_an_answer_that_the_session_is_over_lets_go_of_what_was_kept(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person")
    _kept_to_read(phone)
    fresh.office.later(hours=1)
    phone.open("/portal")
    assert "/sign-in" in phone.page.url
    assert phone.page.evaluate("caches.match('/portal').then(Boolean)") is False


# The clock is a worker's own, so the latest time that it saw is moved, and not the clock.
@pytest.mark.parametrize(
    "note",
    [
        "{until: Date.now() + 36e5, seen: Date.now() + 12e4}",
        "{until: Date.now() + 36e5}",
        "Date.now() + 36e5",
    ],
)
def test_a_clock_that_was_set_back_ends_what_was_kept(
    fresh: ServedOffice, open_page: Any, note: str
) -> None:
    phone = open_page(fresh, "person")
    _kept_to_read(phone)
    phone.context.set_offline(True)
    phone.open("/portal")
    assert phone.page.locator("h1").count(), "the clock went forward, and it can be read"
    phone.page.evaluate(
        "caches.open('portal-1').then(kept => kept.put('/portal/kept-until',"
        f" new Response(JSON.stringify({note}))))"
    )
    with pytest.raises(Exception, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
        phone.open("/portal")
    phone.context.set_offline(False)
    phone.open("/sign-in/card")
    assert phone.page.evaluate("caches.match('/portal').then(Boolean)") is False
    phone.complaints.clear()  # The browser says that there was no network.


def session(at: ServedOffice, left: timedelta) -> None:
    """Begin a session of the person's that ends by itself very soon."""
    office, whole = at.office, STANDARD.session_whole
    record = SessionRecord(at.there.person.account, office.now - whole + left, office.now)
    office.write(lambda rows, _: rows.add(SESSION, tokens.hash_secret("short"), record))


def _kept_to_read(phone: Any) -> None:
    phone.open("/portal")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    phone.open("/portal")  # The first load came before the worker could keep it.
    until(phone.page, "caches.open('portal-1').then(one => one.match('/portal')).then(Boolean)")


def test_a_first_sign_in_begins_with_a_link(fresh: ServedOffice, open_page: Any) -> None:
    import pyotp

    from mesure.actions.accounts import staff_accounts
    from mesure.actions.accounts.staff_accounts import OpenAccount
    from mesure.privacy.roles import Role

    office = fresh.office
    opened = OpenAccount("Dana", Role.OFFICER)
    link = office.do(fresh.there.supervisor, staff_accounts.open_account, opened)
    visit = open_page(fresh, None)
    visit.open(f"/set-up/{link.token}")
    assert not barriers(visit.page)
    secret = visit.page.inner_text(".card .mono").replace(" ", "")
    visit.page.fill("#login", "dana")
    visit.page.fill("#password", house.PASSWORD)
    visit.page.fill("#again", house.PASSWORD)
    visit.page.fill("#code", pyotp.TOTP(secret).at(office.now))
    visit.page.click("button:has-text('Finish')")
    visit.page.wait_for_selector(".codes li")
    assert not barriers(visit.page)


def test_a_script_of_somebody_else_does_not_run(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, None)
    visit.open("/sign-in")
    ran = visit.page.evaluate(
        "new Promise(done => { const made = document.createElement('script');"
        " made.textContent = 'window.ran = 1'; document.head.append(made);"
        " setTimeout(() => done(window.ran ?? 0), 50); })"
    )
    assert ran == 0
    assert any("Content Security Policy" in said for said in visit.complaints)
    visit.complaints.clear()


def test_two_times_that_happen_twice_are_told_apart_by_their_questions(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "person", viewport={"width": 360, "height": 780})
    visit.open("/portal/absences/ask")
    for name, clock in (("from", "23:30"), ("until", "23:45")):
        visit.page.fill(f"#{name}_day", "2024-02-29")
        visit.page.fill(f"#{name}_time", clock)
    visit.page.fill("#reason", "Work")
    visit.page.check("#condition")
    visit.page.click("main form button[type=submit]")
    visit.page.wait_for_selector(".faults")
    visit.complaints.clear()  # The browser says that a form was not in order.
    twice = "The clocks go back on this day and this time happens twice: choose which is meant."
    assert visit.page.locator(".faults a").all_inner_texts() == [
        f"From when? {twice}", f"Until when? {twice}"
    ]  # fmt: skip
    visit.page.click(".faults a[href='#until_which']")
    assert visit.page.evaluate("document.activeElement.name") == "until_which"
