"""Metrics: how the service fares, in figures for Prometheus.

No figure has a label with a person, an account, a device or a place: what is counted are requests
by route (its pattern, never the address), partitions and queues. `ServiceFigures` is what the
service tells about the rest of itself; it is asked only when somebody reads the figures.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.web.requests.problems import Problem

LATENCIES_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OTHER: Final = "other"
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What the rest of the service tells; what is not known is left out."""

    log_ends: Mapping[int, int] = field(default_factory=dict)  # By partition.
    judge_lag_s: Mapping[int, float] = field(default_factory=dict)  # By group of partitions.
    not_judged: int | None = None  # Persons who could not be judged at the last try.
    queued: Mapping[str, int] = field(default_factory=dict)  # By kind of outbox row or queue.
    counted: Mapping[str, int] = field(default_factory=dict)  # What happened since the start.
    leads: bool | None = None  # Whether this service does what one node does for all.
    nodes: int | None = None  # How many services use the database.
    certificate_ends_in_s: float | None = None
    disk_free_bytes: int | None = None
    disk_full_in_s: float | None = None


class _Told(Collector):
    """Turns the figures of the service into metrics, each time that they are read."""

    def __init__(self, figures: Callable[[], ServiceFigures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures()
        yield _labelled(
            "mesure_log_end", "Last record of a partition.", "partition", figures.log_ends
        )
        yield _labelled(
            "mesure_judge_lag_seconds",
            "Age of the oldest that is not judged yet.",
            "group",
            figures.judge_lag_s,
        )
        yield from _alone("mesure_persons_not_judged", figures.not_judged)
        yield _labelled("mesure_queued", "What waits to be done.", "kind", figures.queued)
        counted = CounterMetricFamily("mesure_counted", "What happened so far.", labels=["what"])
        for what, count in figures.counted.items():
            counted.add_metric([what], count)
        yield counted
        yield from _alone("mesure_leads", figures.leads)
        yield from _alone("mesure_nodes", figures.nodes)
        yield from _alone("mesure_certificate_ends_in_seconds", figures.certificate_ends_in_s)
        yield from _alone("mesure_disk_free_bytes", figures.disk_free_bytes)
        yield from _alone("mesure_disk_full_in_seconds", figures.disk_full_in_s)


def _labelled(
    name: str, description: str, label: str, values: Mapping[int, float] | Mapping[str, int]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, description, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _alone(name: str, value: float | None) -> Iterator[GaugeMetricFamily]:
    if value is not None:
        yield GaugeMetricFamily(name, name.removeprefix("mesure_").replace("_", " "), value)


class Metrics:
    """The figures of one service, in a registry of its own."""

    def __init__(self, figures: Callable[[], ServiceFigures]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "mesure_requests",
            "Answered requests.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.latency_s = Histogram(
            "mesure_request_seconds",
            "Time from a request to the end of its answer.",
            ["route"],
            buckets=LATENCIES_S,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "mesure_requests_in_flight", "Requests being answered.", registry=self.registry
        )
        self.registry.register(_Told(figures))

    def page(self) -> bytes:
        """Return all figures in the text format."""
        return generate_latest(self.registry)


class CountedRequests:
    """Counts requests, and measures how long each takes."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and count it."""
        status, began_s = 500, perf_counter()

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_counted)
        finally:
            self._metrics.in_flight.dec()
            route = route_of(scope)
            method = scope["method"] if scope["method"] in METHODS else OTHER
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.latency_s.labels(route).observe(perf_counter() - began_s)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered; never the address, which may name somebody."""
    pattern = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{pattern}" if pattern is not None else OTHER


FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def route(metrics: Metrics, networks: tuple[str, ...]) -> Route:
    """Return the route of the figures; for others than these networks it is not there.

    Nor is it for callers that come by a proxy: one that nobody named has an address of this
    machine, no matter who is behind it.
    """
    allowed = [ip_network(network) for network in networks]

    async def figures(request: Request) -> Response:
        by_proxy = any(name in request.headers for name in FORWARDED)
        if by_proxy or not _is_in(request.scope, allowed):
            raise Problem(404, "not-found", "There is nothing under this address.")
        page = await run_in_threadpool(metrics.page)
        return Response(page, media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", figures)


def _is_in(scope: Scope, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address((scope.get("client") or ("", 0))[0])
    except ValueError:
        return False
    return any(address in network for network in networks)
