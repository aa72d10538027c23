"""A program gets access on a page, with a token that is shown once, and loses it again."""

import pytest

from mesure.actions.accounts import service_accounts
from mesure.actions.framework.action import ACTIONS, EmptyRequest
from mesure.privacy.roles import Role
from mesure.record import rendering
from mesure.web.office import program_permissions
from mesure.web.shared.words.page_texts import PageTexts
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.filled import Filled
from tests.web.office.test_accounts_page import browser_of, sign_in

ADDRESS = "/office/programs"
NEW = {"name": "Statistics office", "until": "2026-06-30", "scope_3": "audit_log.lines"}


@pytest.fixture
def chief(office: Office, there: Filled) -> Browser:
    return browser_of(office, "supervisor")


def test_a_program_gets_a_token_once(office: Office, there: Filled, chief: Browser) -> None:
    chief.open(ADDRESS)
    assert "No program has access." in chief.text
    chief.send(ADDRESS, **NEW)
    token = chief.page.partition("mesure_")[2].partition("<")[0]
    assert len(token) > 40
    program = service_accounts.resume(office.store, office.keyring, f"mesure_{token}", office.now)
    assert program is not None
    assert program.scopes == {"audit_log.lines"}
    assert token not in chief.open(ADDRESS)
    assert "Statistics office in use" in chief.text
    assert "1 Jul, 00:00" in chief.text


def test_an_operator_ends_an_access_after_it_was_asked_once_more(
    office: Office, there: Filled, chief: Browser
) -> None:
    chief.open(ADDRESS)
    chief.send(ADDRESS, **NEW)
    operator = browser_of(office, "operator")
    operator.open(ADDRESS)
    assert "A supervisor gives access; you can end it." in operator.text
    [service] = office.do(there.operator, service_accounts.list_services, EmptyRequest())
    operator.send(f"{ADDRESS}/{service.service}/close")
    assert "Its token stops working" in operator.text
    operator.send(f"{ADDRESS}/{service.service}/close", sure="yes")
    assert "The access has ended." in operator.text
    assert "Statistics office ended" in operator.text
    operator.send(f"{ADDRESS}/S-nothing/close")
    assert operator.status == 404


def test_what_is_wrong_stands_at_its_field(chief: Browser) -> None:
    chief.open(ADDRESS)
    chief.send(ADDRESS, name="", until="")
    assert chief.status == 422
    for sentence in ("the name of the program", "the last day", "Tick what the program may do."):
        assert sentence in chief.text
    chief.send(ADDRESS, **{**NEW, "until": "soon"})
    assert "This is not a day." in chief.text
    chief.send(ADDRESS, **{**NEW, "until": "9999-12-31"})
    assert chief.status == 422
    chief.send(ADDRESS, **{**NEW, "until": "2028-01-01"})
    assert 'id="until-fault"' in chief.page
    assert 'value="audit_log.lines" checked' in chief.page
    chief.send(ADDRESS, **{**NEW, "name": "x" * 200})
    assert 'id="name-fault"' in chief.page


def test_a_run_out_access_is_said_to_be_one(office: Office, there: Filled, chief: Browser) -> None:
    chief.open(ADDRESS)
    chief.send(ADDRESS, **{**NEW, "until": "2026-03-12"})
    office.later(hours=17)
    later = sign_in(office, there.supervisor.account)
    later.open(ADDRESS)
    assert "Statistics office expired" in later.text
    assert "End the access" not in later.text


@pytest.mark.parametrize(
    ("language", "right", "deed"),
    [
        ("en", "Take devices out of use", "took the device"),
        ("fr", "Lire la liste des appareils", "a lu"),
        ("ru", "Просмотр списка устройств", "просмотрел"),
        ("kk", "Құрылғылар тізімін қарау", "қарады"),
    ],
)
def test_what_a_program_may_do_reads_as_a_right_and_not_as_a_deed(
    chief: Browser, language: str, right: str, deed: str
) -> None:
    chief.cookies.set("mesure_language", language)
    chief.open(ADDRESS)
    assert right in chief.text
    assert deed not in chief.text
    actions = {name for name, action in ACTIONS.items() if Role.SERVICE in action.allows}
    rights = program_permissions.words(PageTexts(rendering.page_catalogue(language)))
    assert set(rights) == actions
    assert len(set(rights.values())) == len(actions), "two rights that read alike"
