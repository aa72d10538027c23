"""Words of the API's description around its types; an example is made of `fields`."""

from typing import Any, Final

import msgspec
from msgspec import inspect

from mesure.web.api.descriptions.examples import NONE
from mesure.web.api.descriptions.field_descriptions import FIELDS

Object = dict[str, Any]

SUMMARY: Final = "Says, condition by condition, whether a court order was met, and how sure one is."
DESCRIPTION: Final = (
    "Everything here is an action of somebody: it is allowed or refused by role and case, and it "
    "is entered in the audit log, also when it was refused. Anyone who looks at a person's data "
    "says why and gives the number of the case; the person sees who looked. There is no address "
    "under which the places of several people are listed, and none that searches by place.\n\n"
    "Times are in UTC, as RFC 3339 has them. Spans begin with their first instant and end before "
    "their last. Lists come in pages. Errors have one form (RFC 9457). A POST that is sent with an "
    "`Idempotency-Key` is done once, however often it is sent in a day."
)
LOOK: Final = (
    "This is a look at somebody's data: officers, supervisors and inspectors say for what "
    "(`purpose`) and give the number of the case (`case_number`)."
)
CHANGE: Final = "This changes something, whole or not at all."

SECURITY: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a service account; it was shown once, when it was made.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-mesure",
        "description": "The session of somebody who signed in. Changes also need `X-CSRF-Token`.",
    },
}

CURSOR: Final = {
    "name": "cursor",
    "in": "query",
    "required": False,
    "description": "Where to continue: `next` of the previous page.",
    "schema": {"type": "string"},
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your choice. With the same key the request is carried out only once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "example": "order-ALM-2026-0042-1",
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what was read: the change is made only if that is still current.",
    "schema": {"type": "string"},
}
ID: Final = {
    "type": "object",
    "properties": {"id": {"type": "string", "description": "The id of what was made."}},
    "required": ["id"],
}


def stage(shape: Object) -> Object:
    """Return the shape of an answer that says how far a review has come."""
    return {"type": "object", "properties": {"stage": shape}, "required": ["stage"]}


NEXT: Final = {
    "type": ["string", "null"],
    "description": "What to send as `cursor` for the next page; null on the last page.",
}
ETAG: Final = {
    "description": "A tag of this state; send it as `If-None-Match` to receive only what is new.",
    "schema": {"type": "string"},
}
REQUEST_ID: Final = {
    "description": "The id of the request in the log of the service.",
    "schema": {"type": "string"},
}


def limit(usual: int, most: int) -> Object:
    """Return the parameter that says how long a page is."""
    return {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "The most items on a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
        "example": usual,
    }


def of(kind: str, name: str) -> tuple[str, Any]:
    """Return what a field means in one type: its own words there, or those it has everywhere."""
    entry = FIELDS.get(f"{kind}.{name}") or FIELDS.get(name)
    return entry or (name.replace("_", " "), NONE)  # A test asks for better words.


def example_of(asks: type) -> dict[str, Any]:
    """Return an example of what is asked for, with what must be there."""
    return {
        field.encode_name: example(asks.__name__, field.encode_name, inspect.type_info(field.type))
        for field in msgspec.structs.fields(asks)
        if field.required
    }


def example(kind: str, name: str, shape: inspect.Type) -> Any:  # noqa: ANN401
    """Return an example of a field: from its words, or made from the fields within it."""
    value = of(kind, name)[1]
    if value is not NONE:
        return value
    if isinstance(shape, inspect.UnionType):
        shape = next(one for one in shape.types if not isinstance(one, inspect.NoneType))
    if isinstance(shape, inspect.VarTupleType | inspect.ListType):
        return [example(kind, name, shape.item_type)]
    assert isinstance(shape, inspect.StructType), f"{kind}.{name} has no example"
    return example_of(shape.cls)
