from datetime import timedelta

from mesure.actions import registry
from mesure.actions.accounts import service_accounts, staff_accounts
from mesure.actions.accounts.service_accounts import OpenServiceAccount, ServiceAccountRef
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentsRequest
from mesure.actions.notifications import incident_feed
from mesure.actions.notifications.incident_feed import IncidentFeedRequest
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.scene import OfficeScene

DAY = timedelta(days=1)


def resume(scene: OfficeScene, token: str) -> Actor | None:
    office = scene.office
    return service_accounts.resume(office.store, office.keyring, token, office.now)


def open_service(scene: OfficeScene, *scopes: str) -> service_accounts.ServiceToken:
    request = OpenServiceAccount("Court register", scopes, scene.office.now + 30 * DAY)
    token = scene.do(scene.chief, service_accounts.open_service, request)
    assert isinstance(token, service_accounts.ServiceToken)
    return token


def test_a_program_does_what_its_token_was_given_for(scene: OfficeScene) -> None:
    token = open_service(scene, "incidents.list", "incidents.list")
    actor = resume(scene, token.token)
    assert actor is not None
    assert (actor.role, set(actor.scopes)) == (Role.SERVICE, {"incidents.list"})
    assert scene.do(actor, incident_review.list_incidents, IncidentsRequest("P-1")) == ()
    assert scene.office.last()["by"] == token.service
    person = registry.ACTIONS["persons.enter"]
    assert scene.refusal_reason(actor, person, None) is AccessRefusal.SCOPE


def test_a_token_ends(scene: OfficeScene) -> None:
    token = open_service(scene, "incidents.list")
    assert resume(scene, "another") is None
    scene.do(scene.operator, service_accounts.close, ServiceAccountRef(token.service))
    assert resume(scene, token.token) is None
    scene.do(scene.operator, service_accounts.close, ServiceAccountRef(token.service))
    timed = open_service(scene, "incidents.list")
    scene.office.now += 30 * DAY
    assert resume(scene, timed.token) is None
    listed = scene.do(scene.inspector, service_accounts.list_services, EmptyRequest())
    assert [one.closed_at is None for one in listed].count(False) == 1


def test_a_token_opens_no_case_from_which_its_giver_is_barred(scene: OfficeScene) -> None:
    token = open_service(scene, "incidents.list", "incidents.follow")
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    head = scene.office.account("head", Role.SUPERVISOR)
    actor = resume(scene, token.token)
    assert actor is not None
    assert len(scene.do(actor, incident_feed.follow, IncidentFeedRequest()).changes) == 1
    scene.do(head, caseload.bar, BarRequest("P-1", "chief"))
    refused = scene.refusal_reason(actor, incident_review.list_incidents, IncidentsRequest("P-1"))
    assert refused is AccessRefusal.BARRED
    assert scene.do(actor, incident_feed.follow, IncidentFeedRequest()).changes == ()


def test_a_token_ends_with_the_account_of_who_gave_it(scene: OfficeScene) -> None:
    closed = open_service(scene, "incidents.list")
    scene.do(scene.chief, service_accounts.close, ServiceAccountRef(closed.service))
    token = open_service(scene, "incidents.list")
    head = scene.office.account("head", Role.SUPERVISOR)
    scene.do(head, staff_accounts.close, AccountRef("chief"))
    assert scene.office.last()["facts"]["services"] == [token.service]
    assert resume(scene, token.token) is None


def test_no_token_is_given_for_what_programs_may_not_do(scene: OfficeScene) -> None:
    until = scene.office.now + DAY
    for scopes in ((), ("incidents.find",), ("looks.trail",), ("nothing",)):
        wrong = OpenServiceAccount("Court register", scopes, until)
        refused = scene.refusal_reason(scene.chief, service_accounts.open_service, wrong)
        assert refused is ActionRefusal.SCOPES
    unnamed = OpenServiceAccount(" ", ("incidents.list",), until)
    refused = scene.refusal_reason(scene.chief, service_accounts.open_service, unnamed)
    assert refused is ActionRefusal.NAME
    endless = OpenServiceAccount("Court register", ("incidents.list",), until + 500 * DAY)
    assert scene.refusal_reason(scene.chief, service_accounts.open_service, endless) is (
        ActionRefusal.SERVICE_LASTS
    )
