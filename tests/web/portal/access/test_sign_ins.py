"""The person reads who signed in with their card, and is asked whether it was them."""

from datetime import timedelta

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import Card, GiveCard, InviteCounsel
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.filled import PERSON, PIN, Filled


def sign_in(office: Office, card: Card, pin: str = PIN) -> Browser:
    browser = Browser(office)
    browser.open("/sign-in/card")
    browser.send("/sign-in/card", card=card.code, pin=pin)
    return browser


def test_a_card_that_somebody_used_first_shows_it(office: Office, there: Filled) -> None:
    stolen = office.do(there.officer, printed_cards.give, GiveCard(PERSON))
    sign_in(office, stolen)  # The officer who printed it.
    office.later(minutes=1)
    assert sign_in(office, stolen, "917403").status == 403  # The person, with a PIN of their own.
    office.later(minutes=1)
    card = office.do(there.officer, printed_cards.give, GiveCard(PERSON))
    office.later(minutes=1)
    browser = sign_in(office, card)
    assert "You have a new card to sign in" in browser.text
    assert "Was that not you? Ask for another." in browser.text
    browser.open("/portal/sign-ins")
    sentences = ["First use; the PIN was chosen", "A card was printed", "A try with a wrong PIN"]
    sentences += ["First use; the PIN was chosen", "A card was printed"]
    table = browser.text.partition("By whom, or by what")[2]
    for sentence in sentences:  # The latest first.
        before, separator, table = table.partition(sentence)
        assert separator, (sentence, before)
    assert "Amina Bekova" in browser.text
    browser.open("/portal/looks")
    assert "not signed in" not in browser.text


def test_after_two_weeks_the_first_page_is_silent(office: Office, there: Filled) -> None:
    card = office.do(there.officer, printed_cards.give, GiveCard(PERSON))
    sign_in(office, card)
    office.later(days=13)
    assert "You have a new card" in sign_in(office, card).text
    office.later(days=1)
    browser = sign_in(office, card)
    assert "What is asked of you" in browser.text
    assert "You have a new card" not in browser.text


def test_counsel_sees_no_sign_ins_and_is_not_asked(office: Office, there: Filled) -> None:
    until = office.now + timedelta(days=5)
    invited = office.do(
        there.officer, printed_cards.invite, InviteCounsel(PERSON, "Counsel", until)
    )
    counsel = sign_in(office, invited)
    counsel.open("/portal/sign-ins")
    assert counsel.status == 403
    own = sign_in(office, office.do(there.officer, printed_cards.give, GiveCard(PERSON)))
    own.open("/portal/sign-ins")
    assert "Signed in with another card" in own.text
