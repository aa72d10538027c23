"""Health check: is the service alive, and can it do its work? It says nothing about anybody.

`/healthz` answers as long as the process does: a watcher starts it anew when it does not.
`/readyz` says by name what works and what does not: the store was written, no judge stands still,
nothing has waited for long to be judged, the clock is sane, there is room on the disk.
"""

from collections.abc import Callable, Mapping

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# Each check by its name, and whether it holds.
Readiness = Callable[[], Mapping[str, bool]]


def routes(readiness: Readiness) -> list[Route]:
    """Return the two routes."""

    async def alive(request: Request) -> Response:  # noqa: ARG001  Whoever asks is told the same.
        return _json({"status": "alive"}, 200)

    async def ready(request: Request) -> Response:  # noqa: ARG001
        checks = dict(await run_in_threadpool(readiness))
        is_ready = all(checks.values())
        body = {"status": "ready" if is_ready else "not_ready", "checks": checks}
        return _json(body, 200 if is_ready else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]


def _json(body: object, status: int) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
