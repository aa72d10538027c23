from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.accounts import printed_cards, sessions, sign_in
from mesure.actions.accounts.printed_cards import (
    Card,
    CardView,
    GiveCard,
    InviteCounsel,
    PersonAccountsRequest,
)
from mesure.actions.accounts.sessions import Session
from mesure.actions.accounts.sign_in import CardSignIn, ChangePassword, SignInResult
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.framework.context import VISITOR
from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest
from mesure.instants import to_us
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions.scene import OfficeScene

PIN = "804217"
DAY = timedelta(days=1)


@pytest.fixture
def card(scene: OfficeScene) -> Card:
    card = scene.do(scene.ann, printed_cards.give, GiveCard("P-1", "kk"))
    assert isinstance(card, Card)
    return card


def by_card(scene: OfficeScene, card: Card, pin: str = PIN) -> SignInResult:
    return scene.office.do(VISITOR, sign_in.by_card, CardSignIn(card.code, pin), "192.0.2.7")


def refusal_reason(scene: OfficeScene, card: Card, pin: str = PIN) -> object:
    with pytest.raises(ActionError) as error:
        by_card(scene, card, pin)
    return error.value.reason


def resume(scene: OfficeScene, token: str) -> Session | None:
    office = scene.office
    procedure = office.context(VISITOR).procedure
    return sessions.resume(
        office.store, office.keyring, token, office.now, procedure, office.chance
    )


def test_a_card_opens_with_the_pin_that_was_chosen_first(scene: OfficeScene, card: Card) -> None:
    """The scene has an account of the person already; it is the one that gets the card."""
    assert card.account == scene.person.account
    session = resume(scene, by_card(scene, card).session)
    assert session is not None
    assert session.actor == scene.person
    assert refusal_reason(scene, card, "804218") is AccessRefusal.SIGN_IN
    by_card(scene, card)


def test_whoever_has_no_account_yet_gets_one(scene: OfficeScene) -> None:
    scene.office.person("P-2", scene.ann)
    new = scene.do(scene.ann, printed_cards.give, GiveCard("P-2", "kk"))
    session = resume(scene, by_card(scene, new).session)
    assert session is not None
    assert (session.actor.role, session.actor.person, session.language) == (
        Role.PERSON,
        "P-2",
        "kk",
    )
    wrong = GiveCard("P-2", "xx")
    assert scene.refusal_reason(scene.ann, printed_cards.give, wrong) is ActionRefusal.LANGUAGE


@pytest.mark.parametrize("pin", ["12345", "123456", "987654", "000000", "80421a", "8" * 13])
def test_a_pin_that_anybody_would_try_is_refused(scene: OfficeScene, card: Card, pin: str) -> None:
    assert refusal_reason(scene, card, pin) is ActionRefusal.PIN


def test_a_card_that_was_never_used_is_void_after_a_week(scene: OfficeScene, card: Card) -> None:
    scene.office.now += 7 * DAY
    assert refusal_reason(scene, card) is AccessRefusal.SIGN_IN


def test_a_new_card_takes_the_place_of_the_old_one(scene: OfficeScene, card: Card) -> None:
    token = by_card(scene, card).session
    new = scene.do(scene.ann, printed_cards.give, GiveCard("P-1"))
    assert resume(scene, token) is None
    assert refusal_reason(scene, card) is AccessRefusal.SIGN_IN
    by_card(scene, new, "294051")


def test_whoever_found_a_card_guesses_few_pins(scene: OfficeScene, card: Card) -> None:
    by_card(scene, card)
    for count in range(5):
        assert refusal_reason(scene, card, f"80421{count}") is AccessRefusal.SIGN_IN
    assert refusal_reason(scene, card) is AccessRefusal.WAIT
    scene.office.later(seconds=15)
    by_card(scene, card)


def test_however_a_card_is_typed_its_tries_are_counted_together(
    scene: OfficeScene, card: Card
) -> None:
    by_card(scene, card)
    bare = card.code.replace("-", "")
    spelt = [f"{bare[:at]}.{bare[at:]}" for at in range(1, 6)]
    for count, code in enumerate(spelt):
        with pytest.raises(ActionError) as wrong:
            scene.office.do(
                VISITOR, sign_in.by_card, CardSignIn(code, "804218"), f"192.0.2.{count}"
            )
        assert wrong.value.reason is AccessRefusal.SIGN_IN
    with pytest.raises(ActionError) as waits:
        scene.office.do(VISITOR, sign_in.by_card, CardSignIn(bare, "804218"), "192.0.2.99")
    assert waits.value.reason is AccessRefusal.WAIT


def test_a_pin_is_changed(scene: OfficeScene, card: Card) -> None:
    by_card(scene, card)
    weak = ChangePassword(PIN, "111111")
    assert scene.refusal_reason(scene.person, sign_in.change_password, weak) is ActionRefusal.PIN
    scene.do(scene.person, sign_in.change_password, ChangePassword(PIN, "294051"))
    by_card(scene, card, "294051")


# --- Counsel -----------------------------------------------------------------------------------


def invite_counsel(scene: OfficeScene, days: int = 30) -> Card:
    until = scene.office.now + days * DAY
    new = scene.do(scene.person, printed_cards.invite, InviteCounsel("P-1", "A. Advocate", until))
    assert isinstance(new, Card)
    return new


def test_counsel_reads_for_a_time_and_no_longer(scene: OfficeScene) -> None:
    card = invite_counsel(scene)
    token = by_card(scene, card).session
    session = resume(scene, token)
    assert session is not None
    assert (session.actor.role, session.actor.person) == (Role.COUNSEL, "P-1")
    scene.office.now += 30 * DAY
    assert refusal_reason(scene, card) is AccessRefusal.SIGN_IN


def test_a_session_of_counsel_ends_with_the_invitation(scene: OfficeScene) -> None:
    card = invite_counsel(scene, days=1)
    scene.office.now += DAY - timedelta(minutes=10)
    token = by_card(scene, card).session
    scene.office.later(minutes=10)
    assert resume(scene, token) is None


def test_an_invitation_is_ended_by_the_person(scene: OfficeScene) -> None:
    card = invite_counsel(scene)
    token = by_card(scene, card).session
    scene.do(scene.person, printed_cards.end, AccountRef(card.account))
    assert resume(scene, token) is None
    assert refusal_reason(scene, card) is AccessRefusal.SIGN_IN
    scene.do(scene.person, printed_cards.end, AccountRef(card.account))  # Again changes nothing.
    shown = {
        counsel.account: counsel
        for counsel in scene.do(
            scene.person, printed_cards.list_counsel, PersonAccountsRequest("P-1")
        )
    }
    assert not shown[card.account].is_open
    assert shown["A-counsel"].is_open
    other = AccountRef("ann")
    assert (
        scene.refusal_reason(scene.person, printed_cards.end, other) is AccessRefusal.ANOTHER_PERSON
    )


def test_nobody_who_is_barred_looks_through_counsel_whom_they_invited(scene: OfficeScene) -> None:
    until = scene.office.now + 30 * DAY
    card = scene.do(scene.ann, printed_cards.invite, InviteCounsel("P-1", "A. Advocate", until))
    session = resume(scene, by_card(scene, card).session)
    assert session is not None
    request = PersonRequest(person="P-1")
    scene.do(session.actor, persons.show, request)
    scene.do(scene.chief, caseload.bar, BarRequest("P-1", "ann"))
    again = resume(scene, by_card(scene, card).session)
    assert again is not None
    assert scene.refusal_reason(again.actor, persons.show, request) is AccessRefusal.BARRED


def test_only_so_many_are_invited_and_not_for_ever(scene: OfficeScene) -> None:
    now = scene.office.now
    for until in (now, now + 91 * DAY):
        wrong = InviteCounsel("P-1", "A. Advocate", until)
        refused = scene.refusal_reason(scene.person, printed_cards.invite, wrong)
        assert refused is ActionRefusal.INVITED_FOR
    unnamed = InviteCounsel("P-1", " ", now + DAY)
    assert scene.refusal_reason(scene.person, printed_cards.invite, unnamed) is ActionRefusal.NAME
    foreign = InviteCounsel("P-1", "A", now + DAY, "xx")
    assert (
        scene.refusal_reason(scene.person, printed_cards.invite, foreign) is ActionRefusal.LANGUAGE
    )
    for _ in range(4):  # The scene has one already.
        invite_counsel(scene)
    more = InviteCounsel("P-1", "B. Advocate", now + DAY)
    refused = scene.refusal_reason(scene.person, printed_cards.invite, more)
    assert refused is ActionRefusal.ENOUGH_COUNSEL
    assert (
        scene.refusal_reason(scene.bob, printed_cards.invite, more) is AccessRefusal.NOT_IN_CHARGE
    )


# --- The officer who prints a card could use it first --------------------------------------------


def due(scene: OfficeScene) -> list[Notification]:
    """Return what the person is to be told now."""
    with scene.office.store.read() as reading:
        rows = reading.due("notice", to_us(scene.office.now), 100)
    return [notification_texts.read(row.body) for row in rows]


def lines(scene: OfficeScene) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return what the person reads of cards and sign-ins."""
    shown = scene.do(scene.person, trail_access.list_looks, LooksRequest(person="P-1"))
    return [
        (look.action, look.refused, look.facts)
        for look in shown.looks
        if look.action.startswith(("cards.give", "sign_in."))
    ]


def test_the_person_is_told_of_a_card_and_of_its_first_use(scene: OfficeScene, card: Card) -> None:
    assert [(one.to, one.id, one.news) for one in due(scene)] == [
        (RecipientType.PERSON, "P-1", NotificationType.YOUR_CARD)
    ]
    scene.office.later(minutes=1)
    by_card(scene, card)
    assert [one.news for one in due(scene)] == [
        NotificationType.YOUR_CARD,
        NotificationType.YOUR_CARD_USED,
    ]
    by_card(scene, card)
    scene.do(scene.ann, printed_cards.give, GiveCard("P-1"))
    news = [NotificationType.YOUR_CARD, NotificationType.YOUR_CARD, NotificationType.YOUR_CARD_USED]
    assert sorted(one.news for one in due(scene)) == news


def test_each_sign_in_stands_in_the_persons_list_with_what_was_before(
    scene: OfficeScene, card: Card
) -> None:
    by_card(scene, card)
    refusal_reason(scene, card, "804218")
    signed_in = by_card(scene, card)
    request = CardSignIn(card.code, PIN, signed_in.browser)
    scene.office.do(VISITOR, sign_in.by_card, request, "192.0.2.7")
    scene.do(scene.person, sign_in.change_password, ChangePassword(PIN, "917403"))
    scene.do(scene.ann, printed_cards.give, GiveCard("P-1"))
    own = {"account": card.account}
    assert lines(scene) == [
        ("cards.give", None, own),
        ("sign_in.by_card", None, {**own, "pin_chosen": True, "browser": "new"}),
        ("sign_in.by_card", "sign_in", {**own, "refused": "sign_in"}),
        ("sign_in.by_card", None, {**own, "browser": "new"}),
        ("sign_in.by_card", None, {**own, "browser": "known"}),
        ("sign_in.change_password", None, {}),
        ("cards.give", None, own),
    ]


def test_the_person_sees_when_their_card_was_printed_and_first_used(
    scene: OfficeScene, card: Card
) -> None:
    given_at = scene.office.now
    mine = scene.do(scene.person, printed_cards.show, PersonAccountsRequest("P-1"))
    assert mine == CardView(given_at, "ann", None)
    scene.office.later(minutes=5)
    by_card(scene, card)
    mine = scene.do(scene.person, printed_cards.show, PersonAccountsRequest("P-1"))
    assert mine == CardView(given_at, "ann", scene.office.now)
    scene.do(scene.ann, printed_cards.give, GiveCard("P-1"))
    mine = scene.do(scene.person, printed_cards.show, PersonAccountsRequest("P-1"))
    assert mine == CardView(scene.office.now, "ann", None)


def test_counsels_sign_in_stands_in_the_list_too_and_is_no_news(scene: OfficeScene) -> None:
    until = scene.office.now + timedelta(days=30)
    invited = scene.do(scene.ann, printed_cards.invite, InviteCounsel("P-1", "Counsel", until))
    by_card(scene, invited)
    [(action, _, facts)] = lines(scene)
    assert (action, facts["account"]) == ("sign_in.by_card", invited.account)
    assert due(scene) == []
