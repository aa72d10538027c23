"""The description of the API, in the form that other programs read: OpenAPI 3.1.

It is made from the table of addresses and from the types of the actions, so it cannot say anything
else than what is done. What each field means stands in `words`.
"""

import json
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mesure.actions.acting import Look, Sort
from mesure.privacy.roles import Role
from mesure.version import VERSION
from mesure.web import problems
from mesure.web.api import answering, following, table, words
from mesure.web.api.endpoint import PREFIX, Endpoint

PATH: Final = "/openapi.json"
REFERENCE: Final = "#/components/schemas/{name}"

Object = dict[str, Any]

PROBLEMS: Final = {
    400: "What was sent is not JSON.",
    401: "Nobody is known by what was brought along: sign in, or bring a token that holds.",
    403: "Whoever asks may not do or see this. The attempt is in the audit log.",
    404: "There is nothing here under this name, or it was erased.",
    409: "It contradicts what is the case now; somebody may have been quicker.",
    410: "The list has changed since the cursor was given.",
    413: "What was sent is too long.",
    415: "What was sent says that it is no JSON.",
    422: "What was sent cannot be read; `faults` says why.",
    429: "There were too many requests; `Retry-After` says when to come again.",
    500: "Something is wrong with the service itself.",
    503: "The service cannot write now; `Retry-After` says when to come again.",
}
FOR_LISTS: Final = {410}
FOR_BODIES: Final = {400, 413, 415}


def route() -> Route:
    """Return the route of the description; anybody may read it."""
    body = written().encode()

    async def described(request: Request) -> Response:  # noqa: ARG001
        return Response(body, media_type="application/vnd.oai.openapi+json;version=3.1")

    return Route(PATH, described)


def written() -> str:
    """Return the description as a text, the same for the same code."""
    return json.dumps(described(), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def described() -> Object:
    """Return the description."""
    schemas = _schemas()
    paths: Object = {}
    for endpoint in table.ENDPOINTS:
        paths.setdefault(endpoint.address, {})[endpoint.method.lower()] = _operation(
            endpoint, schemas
        )
    paths[PREFIX + following.PATH] = {"get": following.described()}
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
            "schemas": schemas | {"Problem": _problem_schema()},
            "responses": {f"Problem{status}": _problem(status) for status in PROBLEMS},
            "securitySchemes": words.SECURITY,
        },
    }


# --- Types -------------------------------------------------------------------------------------


def _schemas() -> Object:
    """Return the types of everything asked for and given, each field in words."""
    kinds = [endpoint.action.asks for endpoint in table.ENDPOINTS]
    kinds += [endpoint.action.gives for endpoint in table.ENDPOINTS if not endpoint.gives_nothing]
    _, found = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    schemas: Object = dict(sorted(found.items()))
    for schema in schemas.values():
        for name, part in schema.get("properties", {}).items():
            said, example = words.FIELDS[name]
            part.setdefault("description", said)
            if "$ref" not in part and example is not words.NONE:
                part["examples"] = [example]
        if schema.get("properties"):
            schema["additionalProperties"] = False
    return schemas


def _schema_of(endpoint: Endpoint, schemas: Object) -> Object:
    [shape], _ = msgspec.json.schema_components([endpoint.action.asks], ref_template=REFERENCE)
    schema: Object = schemas[str(shape["$ref"]).rpartition("/")[2]]
    return schema


def _body(endpoint: Endpoint, schemas: Object) -> Object:
    whole = _schema_of(endpoint, schemas)
    names = endpoint.elsewhere
    schema = {
        "type": "object",
        "description": whole.get("description", ""),
        "properties": {name: whole["properties"][name] for name in names},
        "required": [name for name in whole.get("required", ()) if name in names],
        "additionalProperties": False,
    }
    example = {name: words.example(one.type, name) for name, one in names.items() if one.required}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"required": bool(schema["required"]), "content": content}


def _parameters(endpoint: Endpoint, schemas: Object) -> list[Object]:
    whole = _schema_of(endpoint, schemas)
    in_query = [] if endpoint.has_body else list(endpoint.elsewhere)
    found: list[Object] = []
    for name in (*endpoint.in_path, *in_query):
        schema = dict(whole["properties"][name])
        said = schema.pop("description", words.FIELDS[name][0])
        examples = schema.pop("examples", None)
        found.append(
            {
                "name": name,
                "in": "path" if name in endpoint.in_path else "query",
                "required": name in endpoint.in_path or name in whole.get("required", ()),
                "description": said,
                "schema": schema,
                **({"example": examples[0]} if examples else {}),
            }
        )
    if endpoint.gives_list:
        found += [words.CURSOR, words.limit(answering.LIMIT, answering.LIMIT_MAX)]
    if endpoint.takes_key:
        found.append(words.KEY)
    return found


# --- Operations --------------------------------------------------------------------------------


def _operation(endpoint: Endpoint, schemas: Object) -> Object:
    operation: Object = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.action.says,
        "description": _said(endpoint),
        "parameters": _parameters(endpoint, schemas),
        "responses": {
            "204" if endpoint.gives_nothing else str(endpoint.status): _success(endpoint),
            **{
                str(status): {"$ref": f"#/components/responses/Problem{status}"}
                for status in _statuses(endpoint)
            },
        },
    }
    if endpoint.has_body:
        operation["requestBody"] = _body(endpoint, schemas)
    return operation


def _said(endpoint: Endpoint) -> str:
    """Return who may ask, and what a look has to say."""
    action = endpoint.action
    roles = ", ".join(sorted(role.value for role in action.allows - {Role.PROGRAM}))
    sentences = [f"For: {roles}.", f"Scope of a service account: `{action.name}`."]
    if issubclass(action.asks, Look):
        sentences.append(words.LOOK)
    elif action.sort is Sort.CHANGE:
        sentences.append(words.CHANGE)
    return " ".join(sentences)


def _success(endpoint: Endpoint) -> Object:
    if endpoint.gives_nothing:
        return {"description": "It is done."}
    (
        [
            (shape),
        ],
        _,
    ) = msgspec.json.schema_components([endpoint.action.gives], ref_template=REFERENCE)
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
            "request_id": {"type": "string", "description": "Under which it stands in the log."},
            "faults": {"type": "array", "items": fault, "description": "Each fault found."},
        },
        "required": ["type", "title", "status", "detail", "request_id"],
    }
