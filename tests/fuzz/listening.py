"""The listener of devices and phones over a real store, asked without a socket."""

from functools import cache

from mesure.ingest.http_listener import ListenerLimits
from tests.actions import receiving
from tests.fuzz import scratch
from tests.ingest import serving
from tests.ingest.test_http_listener_fuzz import ALL, ANSWERS, LoopClient


@cache
def wire() -> LoopClient:
    """Return the listener, which takes as much as comes."""
    here = scratch.stack().enter_context(receiving.place(scratch.folder(), 5))
    serving.enrol_phones(here)
    limits = ListenerLimits(device=ALL, address=ALL, strange=ALL)
    return LoopClient(here, serving.listener(here, limits)[0])


def check(status: int, answer: bytes) -> None:
    """Hold an answer against what devices are told, in one line where it is a sentence."""
    assert status in ANSWERS, (status, answer)
    assert status == 200 or answer.count(b"\n") == 1, (status, answer)
