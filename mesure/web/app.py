"""The service as one ASGI application: frame, pages, API, health and figures.

The frame surrounds everything, from the outside in: an id for the request; headers; a query that
can be read; the log and the figures; limits on rate; who asks; limits on length; whether our own
page asked. Devices do not come this way: `mesure.ingest.http_listener` is in front.
Decision: docs/decisions/0033-api-and-webhooks.md
"""

from collections.abc import Callable, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from mesure.actions.refusals.refusals import ActionError
from mesure.actions.refusals.store_faults import ConflictError, LostKeyError, UnavailableError
from mesure.web import api, health_check, languages, static_files
from mesure.web.dependencies import Dependencies
from mesure.web.refused_requests import RefusalsEntered
from mesure.web.requests import metrics, problem_answers, problems
from mesure.web.requests.body_limits import BodyLimits
from mesure.web.requests.csrf import CsrfCheck
from mesure.web.requests.metrics import CountedRequests, Metrics
from mesure.web.requests.problems import MEDIA_TYPE, Problem, request_id
from mesure.web.requests.rates import RateLimits
from mesure.web.requests.request_ids import RequestIds
from mesure.web.requests.request_log import BROKEN, RequestLog
from mesure.web.requests.security_headers import SecurityHeaders
from mesure.web.signed_in import API, SessionAuthentication
from mesure.web.static_files import StaticFiles

SIGN_IN_PATHS: Final = ("/sign-in", "/set-up", "/account")  # Where secrets could be tried.
# Where a link or a visit is looked up, or begun, by opening a page.
OPENING_PATHS: Final = ("/sign-in/directory", "/set-up/")
ASCII_MAX: Final = 0x7F
LONG_PATHS: Final = (
    "/api/v1/orders",
    "/api/v1/incidents/",
    "/console/orders",
    "/console/requests/",
    "/portal/",
)

# How a page says what went wrong.
Failed = Callable[[Request, Problem], Response]


def build(
    parts: Dependencies,
    static: StaticFiles | None = None,
    pages: Sequence[BaseRoute] = (),
    failed: Failed | None = None,
) -> ASGIApp:
    """Return the application; `failed` says on a page what the API says as a problem."""
    request_metrics = Metrics(parts.figures)
    routes = [
        *health_check.routes(parts.readiness, parts.receives),
        metrics.route(request_metrics, parts.metrics_networks),
        *api.routes(parts),
        Mount("/static", static or static_files.own()),
        *pages,
    ]
    inside = Starlette(routes=routes, exception_handlers=_handlers(parts, failed or _as_problem))
    # Its redirections lead to whichever host a request names, and without TLS behind a proxy.
    inside.router.redirect_slashes = False
    return with_middleware(inside, parts, request_metrics, routes)


def with_middleware(
    inside: ASGIApp, parts: Dependencies, request_metrics: Metrics, routes: Sequence[BaseRoute] = ()
) -> ASGIApp:
    """Put the frame around an application that answers under these routes."""
    app: ASGIApp = CsrfCheck(inside)
    app = BodyLimits(app, LONG_PATHS)
    app = RefusalsEntered(app, parts, routes)
    app = SessionAuthentication(app, parts)
    app = RateLimits(app, parts.limits, parts.now, SIGN_IN_PATHS, OPENING_PATHS, parts.share)
    app = CountedRequests(RequestLog(app), request_metrics)
    return RequestIds(SecurityHeaders(AsciiQueries(app), parts.is_secure), parts.random)


class AsciiQueries:
    """Spells what is no ASCII in a query as browsers spell it, so that everybody can read it.

    Servers hand on the bytes as they came. Source: RFC 3986, section 2.1.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, its query in ASCII."""
        query = scope.get("query_string", b"")
        if not query.isascii():
            scope["query_string"] = b"".join(
                b"%%%02X" % byte if byte > ASCII_MAX else bytes([byte]) for byte in query
            )
        await self._app(scope, receive, send)


def _handlers(
    parts: Dependencies, failed: Failed
) -> dict[int | type[Exception], Callable[..., Response]]:
    def answer(request: Request, problem: Problem) -> Response:
        problems.note(problem, request.scope)
        is_api = request.url.path.startswith(API)
        return (_as_problem if is_api else failed)(request, problem)

    def answer_refusal(request: Request, error: ActionError) -> Response:
        catalogue = parts.catalogues(languages.of_request(request, parts.languages))
        return answer(request, problem_answers.of_action(error, catalogue))

    def http(request: Request, error: HTTPException) -> Response:
        return answer(request, error if isinstance(error, Problem) else _problem(error))

    def of_store(request: Request, error: Exception) -> Response:
        problem = problem_answers.of_store(error)
        assert problem is not None
        return answer(request, problem)

    def broken(request: Request, _error: Exception) -> Response:
        return answer(request, BROKEN)  # It is logged on its way out.

    faults = (UnavailableError, ConflictError, LostKeyError)
    return {
        ActionError: answer_refusal,
        HTTPException: http,
        Exception: broken,
        **dict.fromkeys(faults, of_store),
    }


def _problem(error: HTTPException) -> Problem:
    """Return what the router itself found wrong."""
    if error.status_code == 405:
        detail = "This is not how this address is asked; the header `Allow` says how it is."
        return Problem(405, "method-not-allowed", detail, headers=error.headers)
    if error.status_code == 404:
        return Problem(404, "not-found", "There is nothing under this address.")
    return Problem(error.status_code, "not-understood", "This request cannot be understood.")


def _as_problem(request: Request, problem: Problem) -> Response:
    body = problem.body(request_id(request.scope))
    headers = {"Cache-Control": "no-store", **(problem.headers or {})}
    return Response(body, problem.status_code, headers, MEDIA_TYPE)
