import pytest

from mesure.actions.framework.context import Actor
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.web.service import WebService

PATH = "/api/v1/webhooks"


def _body(name: str) -> dict[str, object]:
    return {"address": f"https://hooks.example/{name}", "events": ["incident.opened"]}


@pytest.fixture
def token(service: WebService) -> str:
    service.tokens["t"] = service.office.account("O-1", Role.OPERATOR)
    for name in "abcde":
        assert service.ask("POST", PATH, token="t", json=_body(name)).status_code == 201
    return "t"


def test_pages_hold_every_item_once(service: WebService, token: str) -> None:
    webhooks: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        more = f"&cursor={cursor}" if cursor else ""
        page = service.ask("GET", f"{PATH}?limit=2{more}", token=token).json()
        webhooks += [item["webhook"] for item in page["items"]]
        cursor = page["next"]
    assert cursor is None
    assert len(webhooks) == len(set(webhooks)) == 5


def test_a_cursor_still_leads_on_when_something_came_before_it(
    service: WebService, token: str
) -> None:
    first = service.ask("GET", f"{PATH}?limit=2", token=token).json()
    service.ask("POST", PATH, token=token, json=_body("f"))
    rest = service.ask("GET", f"{PATH}?cursor={first['next']}", token=token).json()
    webhooks = {item["webhook"] for item in first["items"]}
    assert not webhooks & {item["webhook"] for item in rest["items"]}


def test_a_cursor_whose_item_is_gone_says_so(service: WebService, token: str) -> None:
    page = service.ask("GET", f"{PATH}?limit=2", token=token).json()
    last = page["items"][-1]["webhook"]
    assert service.ask("DELETE", f"{PATH}/{last}", token=token).status_code == 204
    answer = service.ask("GET", f"{PATH}?cursor={page['next']}", token=token)
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:mesure:problem:cursor-gone")


@pytest.mark.parametrize(
    "limit", ["0", "201", "-1", "x", "1e2", "٣", "", "0000000019999", "000000001" + "0" * 5_000]
)
def test_a_page_has_a_limit_that_can_be_read(service: WebService, token: str, limit: str) -> None:
    assert service.ask("GET", f"{PATH}?limit={limit}", token=token).status_code == 422


def test_whoever_has_seen_it_is_told_that_nothing_changed(service: WebService, token: str) -> None:
    first = service.ask("GET", PATH, token=token)
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = service.ask("GET", PATH, token=token, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    service.ask("POST", PATH, token=token, json=_body("f"))
    headers = {"If-None-Match": first.headers["etag"]}
    assert service.ask("GET", PATH, token=token, headers=headers).status_code == 200


def test_times_are_in_utc(service: WebService, token: str) -> None:
    item = service.ask("GET", PATH, token=token).json()["items"][0]
    assert item["entered_at"] == "2026-02-10T08:00:00Z"


def test_head_is_answered_like_get_without_a_body(service: WebService, token: str) -> None:
    answer = service.ask("HEAD", PATH, token=token)
    assert (answer.status_code, answer.content) == (200, b"")


# --- Once --------------------------------------------------------------------------------------


def test_a_post_under_the_same_key_is_done_once(service: WebService, token: str) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first, again = (
        service.ask("POST", PATH, token=token, json=_body("x"), headers=headers) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["type"] == "urn:mesure:problem:shown-once"
    assert first.json()["secret"] not in again.text
    assert len(service.ask("GET", PATH, token=token).json()["items"]) == 6


def test_the_same_key_for_something_else_is_refused(service: WebService, token: str) -> None:
    headers = {"Idempotency-Key": "k-1"}
    service.ask("POST", PATH, token=token, json=_body("x"), headers=headers)
    other = service.ask("POST", PATH, token=token, json=_body("y"), headers=headers)
    assert (other.status_code, other.json()["type"]) == (409, "urn:mesure:problem:key-used")


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_is_a_word(service: WebService, token: str, key: str) -> None:
    headers = {"Idempotency-Key": key}
    answer = service.ask("POST", PATH, token=token, json=_body("x"), headers=headers)
    assert answer.status_code == 422


INCIDENTS = "/api/v1/persons/P-1/incidents"


@pytest.fixture
def officer(service: WebService) -> Actor:
    office = service.office
    officer = office.account("O-2", Role.OFFICER)
    office.person("P-1", officer)
    raised.judge(office, *(raised.incident("P-1", f"I-{n}") for n in range(7)))
    return officer


def test_pages_of_incidents_begin_in_the_store_and_hold_each_once(
    service: WebService, officer: Actor
) -> None:
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = service.ask("GET", f"{INCIDENTS}?limit=3{more}", officer).json()
        assert len(page["items"]) <= 3
        names += [item["incident"] for item in page["items"]]
        cursor = page["next"]
        raised.judge(service.office, raised.incident("P-1", f"J-{len(names)}"))
    assert [name for name in names if name.startswith("I-")] == [f"I-{n}" for n in range(6, -1, -1)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "count=5", "cursor=x"])
def test_a_page_of_incidents_that_cannot_be_read_is_refused(
    service: WebService, officer: Actor, query: str
) -> None:
    assert service.ask("GET", f"{INCIDENTS}?{query}", officer).status_code == 422


def test_only_some_incidents_are_listed_when_asked_so(service: WebService, officer: Actor) -> None:
    waiting = service.ask("GET", f"{INCIDENTS}?waits=true&limit=2", officer).json()
    assert [one["incident"] for one in waiting["items"]] == ["I-6", "I-5"]
    alike = service.ask("GET", f"{INCIDENTS}?alike=I-3", officer).json()
    assert alike == {"items": [], "next": None}  # All of them began at the same moment.
