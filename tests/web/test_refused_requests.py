"""A request that is refused before anything is done leaves a line in the audit log."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.actions.framework.context import Actor, Context
from mesure.actions.limits.token_buckets import RateLimit
from mesure.actions.limits.unknown_callers import UnknownCallerCounter
from mesure.privacy.roles import Role
from mesure.web.dependencies import Contexts
from mesure.web.requests.body_limits import BODY_BYTES_MAX
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled
from tests.web.service import WebService, service

FINDING = "/console/incidents/{incident}/finding"


def browser(office: Office, who: str, contexts: Contexts | None = None) -> Browser:
    browser = Browser(office, contexts=contexts)
    browser.cookies.set("mesure", filled.TOKENS[who])
    return browser


def facts_of(office: Office, before: int) -> list[dict[str, object]]:
    """Return what the audit log has of requests that were refused since then."""
    lines = [line for line in office.log(before) if "refused" in line["facts"]]
    assert all(line["action"] == "requests.refused" for line in lines)
    assert all(line["persons"] == [] for line in lines)
    return [line["facts"] for line in lines]


@pytest.mark.parametrize(
    ("who", "address", "page"),
    [
        ("officer", "/inspector/log", "/inspector/log"),
        ("officer", "/portal", "/portal"),
        ("person", "/console", "/console"),
        ("person", "/console/people/P-0107", "/console/people/{person}"),
        ("counsel", "/portal/counsel", "/portal/counsel"),
        ("inspector", "/console/requests", "/console/requests"),
    ],
)
def test_a_page_of_another_role_is_entered_by_its_pattern(
    who: str, address: str, page: str, office: Office, there: Filled
) -> None:
    user, before = browser(office, who), office.size()
    user.open(address)
    assert user.status == 403
    [line] = office.log(before)
    assert line["by"] == getattr(there, who).account
    assert (line["action"], line["sort"], line["persons"]) == ("requests.refused", "look", [])
    assert line["facts"] == {"refused": "role", "method": "GET", "page": page}


def test_a_form_that_no_page_of_ours_sent_is_entered(office: Office, there: Filled) -> None:
    officer = browser(office, "officer")
    address, before = FINDING.format(incident=there.incident), office.size()
    officer.send(address, finding="breach", reason="x")
    assert officer.status == 403
    of_form = {"refused": "foreign_request", "method": "POST", "page": FINDING}
    assert facts_of(office, before) == [of_form]
    officer.headers_sent = {"Sec-Fetch-Site": "cross-site"}
    officer.send(address, finding="breach", reason="x")
    assert facts_of(office, before) == [of_form] * 2


def test_a_form_that_cannot_be_read_is_entered_once(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, "officer", contexts=filled.with_trail(office, night))
    address = FINDING.format(incident=there.incident)
    officer.open(address.removesuffix("/finding"))
    before = office.size()
    officer.send(address)
    assert officer.status == 422
    of_form = {"refused": "faulty", "method": "POST", "page": FINDING}
    assert facts_of(office, before) == [of_form]
    officer.send(address, **{f"field{number}": "x" for number in range(200)})
    assert officer.status == 400
    assert facts_of(office, before) == [of_form] * 2


def test_a_form_that_is_too_long_is_entered(office: Office, there: Filled) -> None:
    officer = browser(office, "officer")
    officer.open("/console/cover")
    before = office.size()
    officer.send("/console/cover", by="x" * BODY_BYTES_MAX)
    assert officer.status == 413
    [facts] = facts_of(office, before)
    assert facts == {"refused": "too_long", "method": "POST", "page": "/console/cover"}


def test_what_an_action_refused_is_entered_by_it_alone(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, "officer", contexts=filled.with_trail(office, night))
    address = f"/console/incidents/{there.incident}"
    officer.open(address)
    officer.send(f"{address}/finding", finding="breach", reason="I saw it.")
    before = office.size()
    officer.send(f"{address}/second-look", agrees="yes")
    assert officer.status == 403
    [refused] = [line for line in office.log(before) if "refused" in line["facts"]]
    assert refused["action"] == "incidents.confirm"
    before = office.size()
    officer.send(f"{address}/take-back", taken_back="I took the wrong evening.", more="x")
    assert not [line for line in office.log(before) if "refused" in line["facts"]]


def test_an_address_that_is_not_there_and_a_stranger_are_not_entered(
    office: Office, there: Filled
) -> None:
    officer, before = browser(office, "officer"), office.size()
    for address in ("/console/nothing", "/nowhere", "/static/nothing.css"):
        officer.open(address)
        assert officer.status == 404
        officer.send(address, words="x")
    stranger = Browser(office)
    stranger.open("/console")
    stranger.send(FINDING.format(incident=there.incident), finding="breach")
    assert office.size() == before


@pytest.fixture
def web_service(tmp_path: Path) -> Iterator[WebService]:
    with service(tmp_path) as running_service:
        yield running_service


def test_the_api_enters_what_is_refused_before_its_action(web_service: WebService) -> None:
    office = web_service.office
    chief = office.account("chief", Role.SUPERVISOR)
    before = office.size()

    def last_facts() -> list[dict[str, object]]:
        return facts_of(office, before)[-1:]

    answer = web_service.ask("POST", "/api/v1/covers", chief, json={"colour": "red"})
    of_cover = {"method": "POST", "page": "/api/v1/covers"}
    assert (answer.status_code, last_facts()) == (422, [{"refused": "faulty", **of_cover}])
    answer = web_service.ask(
        "POST", "/api/v1/covers", chief, content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, last_facts()) == (400, [{"refused": "faulty", **of_cover}])
    answer = web_service.ask("POST", "/api/v1/covers", chief, headers={"X-CSRF-Token": "other"})
    assert (answer.status_code, last_facts()) == (403, [{"refused": "foreign_request", **of_cover}])
    web_service.ask("GET", "/api/v1/orders/O-1?purpose=nothing", chief)
    [line] = last_facts()
    assert line == {"refused": "faulty", "method": "GET", "page": "/api/v1/orders/{order}"}
    program = replace(office.account("program", Role.SERVICE), scopes=frozenset())
    web_service.tokens["t"] = program
    assert web_service.ask("POST", "/api/v1/covers", token="t", json=[]).status_code == 422
    assert office.last()["by"] == "program"


def test_whoever_hammers_is_counted_and_fills_no_log(office: Office, there: Filled) -> None:
    tally = UnknownCallerCounter(RateLimit(burst=3, per_s=0.1))

    def contexts(actor: Actor, request: str, address: str) -> Context:
        return replace(office.context(actor, address), request=request, tally=tally)

    officer, before = browser(office, "officer", contexts=contexts), office.size()
    for _ in range(50):
        officer.open("/inspector/log")
        assert officer.status == 403
    assert len(facts_of(office, before)) == 3
    other = browser(office, "person", contexts=contexts)
    other.open("/inspector/log")
    assert (office.last()["by"], office.size() - before) == (there.person.account, 4)
    office.later(seconds=11)
    officer.open("/inspector/log")
    assert office.last()["facts"]["more"] == 47
