"""Requests of the API: what every action is asked, from path, query and body."""

from starlette.datastructures import QueryParams

from mesure.web.api import asking
from mesure.web.api.table import ENDPOINTS
from mesure.web.requests.problems import Problem
from tests.fuzz.target import refusal_faults, split, target

BODIES = [
    b'{"person":"P-1","name":"Somebody","email":"a@example.org","language":"en"}',
    b'{"order":"A-1","conditions":["C1"],"start_at":"2026-02-10T08:00:00Z","reason":"work"}',
    b'{"incident":"I-1","outcome":"excused","cause":"illness","reason":"seen"}',
]
QUERIES = [b"purpose=supervision&case_number=A&limit=20&cursor=x", b"start_at=2026-02-10T08:00:00Z"]


def _asked() -> list[bytes]:
    return [
        bytes([number]) + b"P-1\0" + query + b"\0" + body
        for number in range(len(ENDPOINTS))
        for query, body in ((QUERIES[number % 2], b""), (b"", BODIES[number % 3]))
    ]


@target("api_request", _asked, Problem, share=20)
def api_request(data: bytes) -> None:
    """Every action of the API reads what it is asked, or says every fault in it."""
    endpoint = ENDPOINTS[(data[0] if data else 0) % len(ENDPOINTS)]
    name, query, body = split(data[1:], 3)
    path = dict.fromkeys(endpoint.in_path, name.decode("utf-8", "replace"))
    try:
        asking.read_request(endpoint, path, QueryParams(query), body)
    except Problem as problem:
        for fault in problem.faults:
            assert not list(refusal_faults(f"{fault.where}: {fault.what}")), fault
        problem.body("-")
        raise
