from starlette.applications import Starlette

from mesure.web import health_check
from tests.web.serving import ask


def test_alive_says_only_that() -> None:
    app = Starlette(routes=health_check.routes(lambda: {"store": False}, dict))
    assert (ask(app, path="/healthz").status_code, ask(app, path="/healthz").json()) == (
        200,
        {"status": "alive"},
    )


def test_ready_names_what_does_not_work() -> None:
    checks = {"store": True, "disk": True}
    app = Starlette(routes=health_check.routes(lambda: checks, dict))
    assert ask(app, path="/readyz").status_code == 200
    checks["disk"] = False
    answer = ask(app, path="/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, checks)
    assert answer.json()["status"] == "not_ready"


def test_a_proxy_is_told_of_what_receiving_needs_and_not_of_judging() -> None:
    receives = {"store": True}
    app = Starlette(routes=health_check.routes(lambda: {"judging": False}, lambda: receives))
    assert ask(app, path="/readyz").status_code == 503
    answer = ask(app, path="/readyz/receiving")
    assert (answer.status_code, answer.json()["checks"]) == (200, receives)
    receives["store"] = False
    assert ask(app, path="/readyz/receiving").status_code == 503
