"""Requests of the API: read as the input of an action, or as every fault in them.

Nothing is guessed: a field that is not known is a fault, as is a time without its offset from UTC.
No fault repeats what was sent.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from starlette.datastructures import QueryParams

from mesure.web.api.endpoint import AFTER, COUNT, Endpoint, is_many
from mesure.web.requests.problems import FieldFault, Problem

CURSOR: Final = "cursor"
LIMIT: Final = "limit"
PAGING: Final = (CURSOR, LIMIT)
LIMIT_MAX: Final = 200
_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<where>.*)`)?$", re.DOTALL)
_REPEATED: Final = re.compile(r"(Invalid enum value|Invalid value) '.*'", re.DOTALL)
# A reason may have line breaks; nothing else that no keyboard types.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_UNKNOWN: Final = re.compile(r"^Object contains unknown field `.*`(?= - at `[^`]*`$)", re.DOTALL)
NOT_KNOWN: Final = "there is a field in it that is not known here"
WITHOUT_OFFSET: Final = "a time needs its offset from UTC, as in 2026-02-10T08:00:00Z"
NOT_PRINTABLE: Final = "it has a sign in it that cannot be printed"


def read_request(
    endpoint: Endpoint, path: dict[str, str], query: QueryParams, body: bytes
) -> msgspec.Struct:
    """Return what the action asks for; raises `Problem` with all faults that were found."""
    values: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for name, text in path.items():
        _take(endpoint, name, text, "path", values, faults)
    if endpoint.has_body:
        values |= _from_body(endpoint, body, faults)
        if query:
            faults.append(FieldFault("query", "nothing is read from the query here"))
    else:
        _take_query(endpoint, query, values, faults)
    if faults:
        raise faulty(faults)
    try:
        request: msgspec.Struct = msgspec.convert(values, endpoint.action.asks)
    except msgspec.ValidationError as error:
        raise faulty([_fault(error, "body" if endpoint.has_body else "query")]) from None
    value_faults = [FieldFault(where, what) for where, what in _amiss(request, "$")]
    if value_faults:
        raise faulty(value_faults)
    return request


def faulty(faults: list[FieldFault]) -> Problem:
    """Return the problem that faults in a request are."""
    return Problem(422, "faulty", "What was sent cannot be read; `faults` says why.", tuple(faults))


def _from_body(endpoint: Endpoint, body: bytes, faults: list[FieldFault]) -> dict[str, Any]:
    try:
        sent = msgspec.json.decode(body or b"{}")
    except (ValueError, RecursionError):  # Also of text that is no UTF-8.
        raise Problem(400, "not-json", "What was sent is not JSON.") from None
    if not isinstance(sent, dict):
        raise faulty([FieldFault("body", "an object is expected: {...}")])
    for name in sent:
        if name not in endpoint.elsewhere:
            faults.append(FieldFault("body", NOT_KNOWN))
            break
    return {name: value for name, value in sent.items() if name in endpoint.elsewhere}


def _take_query(
    endpoint: Endpoint, query: QueryParams, values: dict[str, Any], faults: list[FieldFault]
) -> None:
    for name in dict.fromkeys(query.keys()):
        texts = query.getlist(name)
        if name == CURSOR and endpoint.page is not None:
            values[AFTER] = texts[0]
        elif name == LIMIT and endpoint.page is not None and endpoint.takes_limit:
            values[COUNT] = limit(texts[0])
        elif name in PAGING and endpoint.gives_list and endpoint.page is None:
            continue
        elif name not in endpoint.elsewhere:
            faults.append(FieldFault("query", "there is a parameter in it that is not known here"))
        elif is_many(endpoint.fields[name]):
            values[name] = texts
        elif len(texts) > 1:
            faults.append(FieldFault(f"query: {name}", "this may be said once only"))
        else:
            _take(endpoint, name, texts[0], "query", values, faults)


def limit(text: str) -> int:
    """Return how long a page is to be."""
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= LIMIT_MAX):
        raise faulty(
            [FieldFault("query: limit", f"a whole number from 1 to {LIMIT_MAX} is expected")]
        )
    return int(text)


def _take(
    endpoint: Endpoint,
    name: str,
    text: str,
    where: str,
    values: dict[str, Any],
    faults: list[FieldFault],
) -> None:
    """Take a value that came as text: numbers, times and words of lists are read from it."""
    try:
        values[name] = msgspec.convert(text, endpoint.types[name], strict=False)
    except msgspec.ValidationError as error:
        faults.append(FieldFault(f"{where}: {name}", _fault(error, where).what))


def _fault(error: msgspec.ValidationError, within: str) -> FieldFault:
    match = _AT.match(_UNKNOWN.sub(NOT_KNOWN, str(error)))
    assert match is not None
    what = _REPEATED.sub(r"\1", match["what"]).replace("`", "")
    where = (match["where"] or "").removeprefix("$").removeprefix(".")
    return FieldFault(f"{within}: {where}" if where else within, what)


def _amiss(value: Any, where: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield what no type says: times without offset, and signs that no name has."""
    if isinstance(value, datetime) and value.tzinfo is None:
        yield where, WITHOUT_OFFSET
    elif isinstance(value, str) and _CONTROL.search(value):
        yield where, NOT_PRINTABLE
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _amiss(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _amiss(name, where)
            yield from _amiss(item, f"{where}.*")
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _amiss(item, f"{where}[]")
