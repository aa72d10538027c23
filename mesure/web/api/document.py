"""The description of the API, in the form that other programs read: OpenAPI 3.1.

It is made from the table of addresses and from the types of the actions, so it cannot say anything
other than what is done. `words` says what each field means.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mesure.actions.framework.action import ActionType, ReadRequest
from mesure.privacy.roles import Role
from mesure.version import VERSION
from mesure.web.api import answering, asking, following, table, words
from mesure.web.api.descriptions.examples import NONE
from mesure.web.api.endpoint import PREFIX, Endpoint
from mesure.web.requests import problems

PATH: Final = "/openapi.json"
REFERENCE: Final = "#/components/schemas/{name}"

Object = dict[str, Any]

PROBLEMS: Final = {
    400: "What was sent is not JSON.",
    401: "The request has no valid session or token: sign in, or send a token that is valid.",
    403: "The caller may not do or see this. The attempt is in the audit log.",
    404: "There is nothing here under this name, or it was erased.",
    409: "It conflicts with the present state; somebody may have been quicker.",
    410: "The list has changed since the cursor was given.",
    412: "It was changed since it was read: read it again.",
    413: "What was sent is too long.",
    415: "The content type of what was sent is not JSON.",
    422: "What was sent cannot be read; `faults` says why.",
    429: "There were too many requests; `Retry-After` says when to come again.",
    500: "Something is wrong with the service itself.",
    503: "The service cannot write now; `Retry-After` says when to come again.",
}
FOR_LISTS: Final = {410}
FOR_BODIES: Final = {400, 413, 415}
FOR_MARKED: Final = {412}


def route() -> Route:
    """Return the route of the description; anybody may read it."""

    def send_description(request: Request) -> Response:  # noqa: ARG001
        return Response(render(), media_type="application/vnd.oai.openapi+json;version=3.1")

    return Route(PATH, send_description)


@cache
def render() -> str:
    """Return the description as a text, the same for the same code; made when first asked for."""
    return json.dumps(describe(), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def describe() -> Object:
    """Return the description."""
    types = ApiTypes()
    paths: Object = {}
    for endpoint in table.ENDPOINTS:
        paths.setdefault(endpoint.address, {})[endpoint.method.lower()] = _operation(
            endpoint, types
        )
    paths[PREFIX + following.PATH] = {"get": following.describe()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mesure",
            "version": f"1 ({VERSION})",
            "summary": words.SUMMARY,
            "description": words.DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This service."}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": name, "description": said} for name, said in table.TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": types.schemas | {"Problem": _problem_schema()},
            "responses": {f"Problem{status}": _problem(status) for status in PROBLEMS},
            "securitySchemes": words.SECURITY,
        },
    }


# --- Types -------------------------------------------------------------------------------------


class ApiTypes:
    """The types of everything asked for and given, each field in words."""

    def __init__(self) -> None:
        request_types = [one.action.asks for one in table.ENDPOINTS]
        result_types = [one.gives for one in table.ENDPOINTS if one.gives_object]
        kinds = [*request_types, *result_types]
        instants = _instants(inspect.multi_type_info(kinds))
        shapes, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
        self._shapes = dict(zip(map(repr, kinds), map(_short, shapes), strict=True))
        self.schemas: Object = {
            _short_name(name): _explained(_short_name(name), _short(schema), instants)
            for name, schema in sorted(components.items())
        }

    def request_schema(self, endpoint: Endpoint) -> Object:
        """Return the schema of what an action asks for."""
        reference = self._shapes[repr(endpoint.action.asks)]["$ref"]
        schema: Object = self.schemas[reference.rpartition("/")[2]]
        return schema

    def response_shape(self, endpoint: Endpoint) -> Object:
        """Return the shape of what an action gives."""
        shape: Object = self._shapes[repr(endpoint.gives)]
        return shape


def _instants(kinds: Iterable[inspect.Type]) -> set[tuple[str, str]]:
    """Return the fields (type, name) that are instants, which JSON writes as a text."""
    instant_fields: set[tuple[str, str]] = set()
    left, visited = list(kinds), set()
    while left:
        kind = left.pop()
        if isinstance(kind, inspect.UnionType):
            left += kind.types
        elif isinstance(kind, inspect.VarTupleType | inspect.ListType):
            left.append(kind.item_type)
        elif (
            isinstance(kind, inspect.StructType | inspect.DataclassType) and kind.cls not in visited
        ):
            visited.add(kind.cls)
            for field in kind.fields:
                left.append(field.type)
                if _is_instant(field.type):
                    instant_fields.add((kind.cls.__name__, field.encode_name))
    return instant_fields


def _is_instant(kind: inspect.Type) -> bool:
    parts = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return any(isinstance(part, inspect.DateTimeType) for part in parts)


def _explained(kind: str, schema: Object, instants: set[tuple[str, str]]) -> Object:
    for name, part in schema.get("properties", {}).items():
        if any(kind.endswith(of) and name == field for of, field in instants):
            for alternative in part.get("anyOf", [part]):
                if alternative.get("type") == "string":
                    alternative["format"] = "date-time"
        description, example = words.of(kind, name)
        part.setdefault("description", description)
        if "$ref" not in part and example is not NONE:
            part["examples"] = [example]
    if schema.get("properties"):
        schema["additionalProperties"] = False
    return schema


def _short(schema: Any) -> Any:  # noqa: ANN401
    """Return a schema in which types are called by their short names."""
    if isinstance(schema, dict):
        return {
            key: REFERENCE.format(name=_short_name(value.rpartition("/")[2]))
            if key == "$ref"
            else _short(value)
            for key, value in schema.items()
        }
    return [_short(one) for one in schema] if isinstance(schema, list) else schema


def _short_name(name: str) -> str:
    """Return the name of a type; where two have the same one, with that of its module before it.

    >>> _short_name("mesure.actions.trails.grounds.GroundsRequest"), _short_name("OfOrder")
    ('GroundsGroundsRequest', 'OfOrder')
    """
    module, _, own = name.rpartition(".")
    return module.rpartition(".")[2].title().replace("_", "") + own


def _body(endpoint: Endpoint, types: ApiTypes) -> Object:
    whole = types.request_schema(endpoint)
    names = endpoint.elsewhere
    schema = {
        "type": "object",
        "description": whole.get("description", ""),
        "properties": {name: whole["properties"][name] for name in names},
        "required": [name for name in whole.get("required", ()) if name in names],
        "additionalProperties": False,
    }
    whole_example = words.example_of(endpoint.action.asks)
    example = {name: value for name, value in whole_example.items() if name in names}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"required": bool(schema["required"]), "content": content}


def _parameters(endpoint: Endpoint, types: ApiTypes) -> list[Object]:
    whole = types.request_schema(endpoint)
    in_query = [] if endpoint.has_body else list(endpoint.elsewhere)
    parameters: list[Object] = []
    for name in (*endpoint.in_path, *in_query):
        schema = dict(whole["properties"][name])
        description = schema.pop("description")
        examples = schema.pop("examples", None)
        parameters.append(
            {
                "name": name,
                "in": "path" if name in endpoint.in_path else "query",
                "required": name in endpoint.in_path or name in whole.get("required", ()),
                "description": description,
                "schema": schema,
                **({"example": examples[0]} if examples else {}),
            }
        )
    if endpoint.gives_list:
        parameters.append(words.CURSOR)
    if endpoint.takes_limit:
        parameters.append(words.limit(endpoint.page or answering.LIMIT, asking.LIMIT_MAX))
    if endpoint.takes_key:
        parameters.append(words.KEY)
    if endpoint.takes_mark:
        parameters.append(words.IF_MATCH)
    return parameters


# --- Operations --------------------------------------------------------------------------------


def _operation(endpoint: Endpoint, types: ApiTypes) -> Object:
    operation: Object = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.action.says,
        "description": _said(endpoint),
        "parameters": _parameters(endpoint, types),
        "responses": {
            "204" if endpoint.gives_nothing else str(endpoint.status): _success(endpoint, types),
            **{
                str(status): {"$ref": f"#/components/responses/Problem{status}"}
                for status in _statuses(endpoint)
            },
        },
    }
    if endpoint.has_body:
        operation["requestBody"] = _body(endpoint, types)
    return operation


def _said(endpoint: Endpoint) -> str:
    """Return who may ask, and what a look has to say."""
    action = endpoint.action
    roles = ", ".join(sorted(role.value for role in action.allows - {Role.PROGRAM}))
    sentences = [f"For: {roles}."]
    if Role.SERVICE in action.allows:
        sentences.append(f"Scope of a service account: `{action.name}`.")
    if issubclass(action.asks, ReadRequest):
        sentences.append(words.LOOK)
    elif action.sort is ActionType.CHANGE:
        sentences.append(words.CHANGE)
    return " ".join(sentences)


def _success(endpoint: Endpoint, types: ApiTypes) -> Object:
    if endpoint.gives_nothing:
        return {"description": "It is done."}
    shape = types.response_shape(endpoint) if endpoint.gives_object else words.ID
    if endpoint.wraps == "stage":
        shape = words.stage(shape)
    if endpoint.gives_list:
        shape = {
            "type": "object",
            "properties": {"items": shape, "next": words.NEXT},
            "required": ["items", "next"],
        }
    return {
        "description": "What was asked for.",
        "headers": {"ETag": words.ETAG, "X-Request-ID": words.REQUEST_ID},
        "content": {"application/json": {"schema": shape}},
    }


def _statuses(endpoint: Endpoint) -> list[int]:
    left_out = set() if endpoint.gives_list else set(FOR_LISTS)
    left_out |= set() if endpoint.has_body else FOR_BODIES
    left_out |= set() if endpoint.takes_mark else FOR_MARKED
    return [status for status in PROBLEMS if status not in left_out]


def _problem(status: int) -> Object:
    schema = {"$ref": REFERENCE.format(name="Problem")}
    return {"description": PROBLEMS[status], "content": {problems.MEDIA_TYPE: {"schema": schema}}}


def _problem_schema() -> Object:
    fault = {
        "type": "object",
        "properties": {
            "where": {"type": "string", "description": "Which part of what was sent."},
            "what": {"type": "string", "description": "What is wrong with it."},
        },
        "required": ["where", "what"],
    }
    return {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": {
            "type": {"type": "string", "description": "The same for the same cause."},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "description": "The status."},
            "detail": {"type": "string", "description": "What is wrong, and what to do."},
            "request_id": {"type": "string", "description": "The id of the request in the log."},
            "faults": {"type": "array", "items": fault, "description": "Each fault found."},
        },
        "required": ["type", "title", "status", "detail", "request_id"],
    }
