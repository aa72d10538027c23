"""Health check: is the service alive, and can it do its work? It says nothing about anybody.

`/healthz` answers as long as the process does: a watcher starts it anew when it does not. `/readyz`
says by name what works and what does not: the store was written, no judge hangs, nothing has waited
for long to be judged, the clock is sane, there is room on the disk. `/readyz/receiving` says the
part of it without which this process can take no message and show no page: a proxy chooses among
several by it, for judging that waits is no reason to receive nothing.
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# Each check by its name, and whether it holds.
Readiness = Callable[[], Mapping[str, bool]]


def routes(readiness: Readiness, receives: Readiness) -> list[Route]:
    """Return the three routes."""

    async def alive(request: Request) -> Response:  # noqa: ARG001  Every caller is told the same.
        return _json({"status": "alive"}, 200)

    return [
        Route("/healthz", alive),
        Route("/readyz", _endpoint(readiness)),
        Route("/readyz/receiving", _endpoint(receives)),
    ]


def _endpoint(readiness: Readiness) -> Callable[[Request], Awaitable[Response]]:
    async def ready(request: Request) -> Response:  # noqa: ARG001
        checks = dict(await run_in_threadpool(readiness))
        is_ready = all(checks.values())
        body = {"status": "ready" if is_ready else "not_ready", "checks": checks}
        return _json(body, 200 if is_ready else 503)

    return ready


def _json(body: object, status: int) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
