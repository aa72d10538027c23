"""One person with two accounts is one pair of eyes, whichever way they came to have two."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountName, AccountRef, OpenAccount
from mesure.actions.cases.colleagues import list_colleagues
from mesure.actions.data_rights import outside_requests
from mesure.actions.framework import four_eyes
from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import IncidentRef, RecordFinding
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import AnswerGround, RecordGround
from mesure.incidents.finding import FindingOutcome
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.distinct_people import AccessGrant
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from tests.actions import house, raised
from tests.actions.scene import CASE, ORDER, OfficeScene
from tests.actions.test_outside_requests import ASKED


def reset(scene: OfficeScene, who: Actor, by: Actor) -> Actor:
    """Reset an account, and have the receiver of the link set it up."""
    link = scene.do(by, staff_accounts.reset, AccountRef(who.account))
    house.set_up(scene.office, link.token, who.account)
    return who


def ground(scene: OfficeScene, by: Actor) -> AnswerGround:
    end = scene.office.now + timedelta(hours=2)
    request = RecordGround("P-1", Purpose.SUPERVISION, "ALM-2026-1", scene.office.now, end, "why")
    return AnswerGround(scene.do(by, grounds.record, request), agrees=True)


def test_whom_a_supervisor_reset_is_no_second_pair_of_eyes_for_them(scene: OfficeScene) -> None:
    other = reset(scene, scene.office.account("vera", Role.SUPERVISOR), scene.chief)
    agree = ground(scene, scene.chief)
    assert scene.refusal_reason(other, grounds.answer, agree) is AccessRefusal.NEW_EYES
    entered = scene.office.last()
    assert (entered["action"], entered["by"]) == ("grounds.answer", "vera")
    assert (entered["facts"]["refused"], entered["persons"]) == ("new_eyes", ["P-1"])
    scene.office.later(days=7)
    scene.do(other, grounds.answer, agree)


def test_nor_the_supervisor_for_what_was_done_under_an_account_they_reset(
    scene: OfficeScene,
) -> None:
    before = ground(scene, scene.ann)
    scene.office.later(minutes=1)
    reset(scene, scene.ann, scene.chief)
    after = ground(scene, scene.ann)
    assert scene.refusal_reason(scene.chief, grounds.answer, after) is AccessRefusal.NEW_EYES
    scene.do(scene.chief, grounds.answer, before)  # Then it was still somebody else's.
    scene.office.later(days=6)
    assert scene.refusal_reason(scene.chief, grounds.answer, after) is AccessRefusal.NEW_EYES
    third = scene.office.account("vera", Role.SUPERVISOR)
    scene.do(third, grounds.answer, after)


def test_nor_two_accounts_that_one_supervisor_opened(scene: OfficeScene) -> None:
    both = [
        scene.do(
            scene.chief, staff_accounts.open_account, OpenAccount(name, Role.SUPERVISOR)
        ).account
        for name in ("Vera", "Olga")
    ]
    vera, olga = (Actor(account, Role.SUPERVISOR) for account in both)
    assert scene.refusal_reason(olga, grounds.answer, ground(scene, vera)) is AccessRefusal.NEW_EYES


def test_nor_one_that_was_let_in_by_one_that_was_let_in(scene: OfficeScene) -> None:
    middle = reset(scene, scene.office.account("vera", Role.SUPERVISOR), scene.chief)
    last = reset(scene, scene.office.account("olga", Role.SUPERVISOR), middle)
    agree = ground(scene, scene.chief)
    assert scene.refusal_reason(last, grounds.answer, agree) is AccessRefusal.NEW_EYES


def test_the_days_are_counted_from_when_the_link_was_used(scene: OfficeScene) -> None:
    vera = scene.office.account("vera", Role.SUPERVISOR)
    link = scene.do(scene.chief, staff_accounts.reset, AccountRef("vera"))
    scene.office.later(days=2)
    house.set_up(scene.office, link.token, "vera")
    scene.office.later(days=6)
    refused = scene.refusal_reason(vera, grounds.answer, ground(scene, scene.chief))
    assert refused is AccessRefusal.NEW_EYES


def test_a_link_from_the_machine_is_nobodys(scene: OfficeScene) -> None:
    vera = reset(scene, scene.office.account("vera", Role.SUPERVISOR), scene.chief)
    scene.do(PROGRAM, staff_accounts.let_in, AccountName("vera"))
    scene.do(vera, grounds.answer, ground(scene, scene.chief))


KEPT = (  # As accounts have been kept since the first of them.
    b'{"name":"Ann","role":"officer","opened_at":"2026-03-02T12:00:00Z","opened_by":"chief",'
    b'"let_in":[{"at":"2026-03-02T12:00:00.000005Z","by":["chief","vera"]},'
    b'{"at":"2026-03-03T12:00:00Z","by":[]}]}'
)


def test_who_let_an_account_in_is_read_and_written_as_it_was_kept() -> None:
    account = ACCOUNT.read(KEPT)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    first = AccessGrant(noon + timedelta(microseconds=5), ("chief", "vera"))
    assert account.let_in == (first, AccessGrant(noon + timedelta(days=1), ()))
    let_in = KEPT[KEPT.index(b'"let_in"') : -1]
    assert let_in in ACCOUNT.encode(account)


def enter_order(scene: OfficeScene) -> tuple[Any, Any]:
    entered = scene.do(scene.ann, court_orders.enter, EnterVersion(ORDER.encode()))
    return court_orders.confirm, VersionRef(entered.order, entered.number, entered.sha256)


def propose_finding(scene: OfficeScene) -> tuple[Any, Any]:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    scene.do(scene.ann, incident_review.show, IncidentRequest(incident="I-1", **CASE))
    scene.do(scene.ann, incident_review.find, RecordFinding("I-1", FindingOutcome.BREACH, "why"))
    scene.do(scene.chief, incident_review.show, IncidentRequest(incident="I-1", **CASE))
    return incident_review.confirm, IncidentRef("I-1")


def outside_request(scene: OfficeScene) -> tuple[Any, Any]:
    name = scene.do(scene.ann, outside_requests.record, ASKED)
    return outside_requests.answer, outside_requests.AnswerOutsideRequest(name, True, "in order")


@pytest.mark.parametrize("deed", [enter_order, propose_finding, outside_request])
def test_it_holds_wherever_two_people_are_asked_for(scene: OfficeScene, deed: Any) -> None:
    reset(scene, scene.ann, scene.chief)
    action, request = deed(scene)
    assert scene.refusal_reason(scene.chief, action, request) is AccessRefusal.NEW_EYES
    scene.office.later(days=30)  # What was done under the account then stays what it was.
    assert scene.refusal_reason(scene.chief, action, request) is AccessRefusal.NEW_EYES


@pytest.mark.parametrize("seed", range(12))
def test_from_when_an_office_has_two_people_is_the_first_of_every_two(
    scene: OfficeScene, seed: int
) -> None:
    dice, names = Random(seed), ("ann", "bob", "chief")[: people_in(seed)]
    scene.office.later(days=30)

    def compare(work: WriteTransaction) -> None:
        doing = ActionContext(work, scene.office.context(scene.chief), list_colleagues, None)
        for name in names:
            account = doing.rows.need(ACCOUNT, name)
            behind = tuple(other for other in ("chief", "vera") if dice.random() < 0.6)
            grant = AccessGrant(doing.now - timedelta(days=dice.randrange(9)), behind)
            doing.rows.change(account, msgspec.structs.replace(account.value, let_in=(grant,)))
        pairs = [
            four_eyes.second_from(doing, (first, doing.now), second)
            for first in names
            for second in names
        ]
        expected = min((at for at in pairs if at is not None), default=None)
        assert four_eyes.two_people_from(doing, names) == expected

    scene.office.store.write(compare)


def people_in(seed: int) -> int:
    """Return of how many people an office is: one, two or three."""
    return 1 + seed % 3
