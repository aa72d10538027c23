import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mesure.web.requests import metrics
from mesure.web.requests.metrics import CountedRequests, Metrics, ServiceFigures
from tests.web.serving import ask

TOLD = ServiceFigures(
    log_ends={0: 7, 255: 1},
    judge_lag_s={3: 1.5},
    not_judged=3,
    queued={"notice": 2},
    counted={"messages_kept": 12},
    certificate_ends_in_s=86_400.0,
    disk_free_bytes=1_000,
    disk_full_in_s=None,
)
MAY_LABEL = {"method", "route", "status", "le", "partition", "group", "kind", "what"}


async def person(request: Request) -> Response:
    return Response("x")


def _asked(figures: Metrics) -> None:
    app = CountedRequests(Starlette(routes=[Route("/persons/{person}", person)]), figures)
    ask(app, path="/persons/P-0042", params={"name": "Aigerim"})
    ask(app, path="/persons/P-0043")
    ask(app, "AIGERIM", path="/Aigerim")


def _samples(figures: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(figures.page().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_are_counted_by_the_pattern_of_their_route() -> None:
    figures = Metrics(lambda: TOLD)
    _asked(figures)
    key = (("method", "GET"), ("route", "/persons/{person}"), ("status", "200"))
    assert _samples(figures)[("mesure_requests_total", key)] == 2


def test_no_figure_is_about_anybody() -> None:
    figures = Metrics(lambda: TOLD)
    _asked(figures)
    assert not [word for word in ("P-004", "Aigerim", "AIGERIM") if word in figures.page().decode()]
    assert {name for _, labels in _samples(figures) for name, _ in labels} <= MAY_LABEL


def test_what_the_runtime_tells_is_shown_and_what_it_does_not_know_is_not() -> None:
    samples = _samples(Metrics(lambda: TOLD))
    assert samples[("mesure_log_end", (("partition", "255"),))] == 1
    assert samples[("mesure_judge_lag_seconds", (("group", "3"),))] == 1.5
    assert samples[("mesure_persons_not_judged", ())] == 3
    assert samples[("mesure_queued", (("kind", "notice"),))] == 2
    assert samples[("mesure_counted_total", (("what", "messages_kept"),))] == 12
    assert samples[("mesure_certificate_ends_in_seconds", ())] == 86_400
    assert ("mesure_disk_full_in_seconds", ()) not in samples


@pytest.mark.parametrize(
    ("client", "networks", "status"),
    [
        ("127.0.0.1", metrics.LOOPBACK, 200),
        ("::1", metrics.LOOPBACK, 200),
        ("192.0.2.7", metrics.LOOPBACK, 404),
        ("192.0.2.7", ("192.0.2.0/24",), 200),
        ("a socket", metrics.LOOPBACK, 404),
    ],
)
def test_figures_are_only_for_the_networks_that_were_named(
    client: str, networks: tuple[str, ...], status: int
) -> None:
    app = Starlette(routes=[metrics.route(Metrics(lambda: TOLD), networks)])
    assert ask(app, path="/metrics", client=client).status_code == status


def test_no_proxy_hands_figures_on() -> None:
    app = Starlette(routes=[metrics.route(Metrics(lambda: TOLD), metrics.LOOPBACK)])
    for name in metrics.FORWARDED:
        headers = {name: "192.0.2.7"}
        assert ask(app, path="/metrics", client="127.0.0.1", headers=headers).status_code == 404
