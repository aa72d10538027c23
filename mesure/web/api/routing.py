"""Routes of the API: a request becomes the input of an action, and its result an answer."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import msgspec
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router

from mesure.actions.framework import idempotency, optimistic_lock
from mesure.actions.framework.action import Action, perform
from mesure.web import languages, signed_in
from mesure.web.api import answering, asking, document, following, table
from mesure.web.api.endpoint import PREFIX, Endpoint
from mesure.web.dependencies import Dependencies
from mesure.web.requests import error_frames, problem_answers, problems
from mesure.web.requests.problems import Problem

KEY_HEADER: Final = "idempotency-key"
KEY_CHARS_MAX: Final = 200
JSON: Final = ("application/json", "")

NOT_KEEPABLE: Final = Problem(
    422, "not-keepable", "Something in it is too long, or lies outside of what can be kept."
)
NOT_JSON: Final = Problem(
    415, "not-json", "Only JSON is read here: send `Content-Type: application/json`."
)
NOT_COMPARED: Final = Problem(
    422, "not-compared", "Nothing is compared with `If-Match` here, and nothing was done."
)
BAD_KEY: Final = Problem(
    422, "key", f"A key under which something is done once has 1 to {KEY_CHARS_MAX} plain signs."
)

Answer = Callable[[Request], Awaitable[Response]]


def routes(parts: Dependencies) -> list[BaseRoute]:
    """Return the one route of the API, with all others in it."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in table.ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    inside: list[BaseRoute] = [
        Route(path, _answer(parts, endpoints), methods=list(endpoints))
        for path, endpoints in by_path.items()
    ]
    inside += [document.route(), *following.routes(parts)]
    return [Mount(PREFIX, app=Router(inside, redirect_slashes=False))]


def _answer(parts: Dependencies, endpoints: dict[str, Endpoint]) -> Answer:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        _refuse_nobody(parts, request)  # Before a stranger's body is taken into the memory.
        body = await request.body()
        return await run_in_threadpool(_performed, parts, endpoints[method], request, body)

    return answer


def _refuse_nobody(parts: Dependencies, request: Request) -> None:
    if request.scope["state"].get("actor") is None:
        language = languages.of_request(request, parts.languages)
        raise problem_answers.nobody(parts.catalogues(language))


def _performed(parts: Dependencies, endpoint: Endpoint, request: Request, body: bytes) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if endpoint.has_body and kind not in JSON:
        raise NOT_JSON
    action_request = asking.read_request(endpoint, request.path_params, request.query_params, body)
    context = signed_in.context_of(parts, request.scope)
    action, do = _action(endpoint, request), _doing(endpoint, request)
    try:
        result = do(context, action, action_request)
    except (ValueError, OverflowError) as error:
        structlog.get_logger("mesure.web").warning(
            "request_not_keepable",
            request_id=problems.request_id(request.scope),
            frames=error_frames.frames(error),
        )
        raise NOT_KEEPABLE from None
    return answering.answer(endpoint, result, request.query_params, request.headers)


def _action(endpoint: Endpoint, request: Request) -> Action[Any, Any]:
    """Return the action, guarded where the caller says how they have read what they change."""
    header = request.headers.get("if-match")
    if header is None:
        return endpoint.action
    if endpoint.state is None:  # Who sends it relies on it.
        raise NOT_COMPARED
    looked = msgspec.convert(request.path_params, endpoint.state.asks, strict=False)

    def is_same(shown: object) -> bool:
        return answering.is_among(header, answering.mark_of(shown))

    return optimistic_lock.if_unchanged(endpoint.action, endpoint.state, looked, is_same)


def _doing(endpoint: Endpoint, request: Request) -> Callable[..., Any]:
    """Return how an action is performed: plainly, or once only under the key that was sent."""
    key = request.headers.get(KEY_HEADER)
    if key is None or not endpoint.takes_key:
        return perform
    if not (0 < len(key) <= KEY_CHARS_MAX and key.isascii() and key.isprintable()):
        raise BAD_KEY
    return partial(idempotency.perform_once, key=key)
