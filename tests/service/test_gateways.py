import json
from collections.abc import Iterator

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.mail import DeliveryError
from mesure.service.outgoing.gateways import Gateways
from tests.service.sinks import HookSink, hook_sink

# What Apprise imports; the module goes with Python 3.13, and Apprise is ready for that.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


@pytest.fixture
def sink() -> Iterator[HookSink]:
    with hook_sink() as running:
        yield running


def test_a_notice_goes_through_the_gateway_that_was_named(sink: HookSink) -> None:
    gateways = Gateways({"house": f"json://127.0.0.1:{sink.port}/to/{{address}}"})
    sink.status = 200
    gateways.send("house", "77010000001", "News", "There is something to read.")
    [delivery] = sink.requests
    assert delivery.path.rstrip("/") == "/to/77010000001"
    assert json.loads(delivery.body)["message"] == "There is something to read."


@pytest.mark.parametrize(
    "to",
    [
        "../../admin?x=1#y@evil.example:1",
        "77010000001, 79000000001",
        "77010000001 79000000001 79000000002",
        "77010000001/79000000001",
        "7" * 16,
        "12",
        "7701\n",
    ],
)
def test_what_is_no_single_number_gets_nothing(sink: HookSink, to: str) -> None:
    gateways = Gateways({"house": f"json://127.0.0.1:{sink.port}/to/{{address}}"})
    with pytest.raises(DeliveryError, match="address") as raised:
        gateways.send("house", to, "News", "Text")
    assert (raised.value.is_final, sink.requests) == (True, [])


def test_a_number_is_one_however_it_is_grouped(sink: HookSink) -> None:
    gateways = Gateways({"house": f"json://127.0.0.1:{sink.port}/to/{{address}}"})
    sink.status = 200
    gateways.send("house", "+7 (701) 000-00-01", "News", "Text")
    assert sink.requests[0].path.rstrip("/").removeprefix("/to/") in {
        "+77010000001",
        "%2B77010000001",
    }


def test_a_gateway_that_does_not_take_it_is_tried_again(sink: HookSink) -> None:
    gateways = Gateways({"house": f"json://127.0.0.1:{sink.port}/to/{{address}}"})
    sink.status = 500
    with pytest.raises(DeliveryError) as raised:
        gateways.send("house", "7701", "News", "Text")
    assert not raised.value.is_final


def test_a_gateway_that_nobody_named_is_none() -> None:
    with pytest.raises(DeliveryError, match="no_gateway"):
        Gateways({}).send("sms", "7701", "News", "Text")


@pytest.mark.parametrize("address", ["json://127.0.0.1/", "nonsense://{address}", "{address}"])
def test_a_gateway_without_a_place_for_whom_it_is_to_is_refused(address: str) -> None:
    with pytest.raises(ServiceError, match="gateways, sms"):
        Gateways({"sms": address})
