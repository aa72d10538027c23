import base64
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from mesure.actions.notifications import webhooks
from mesure.service.mail import DeliveryError
from mesure.service.outgoing import webhook_delivery
from mesure.service.outgoing.webhook_delivery import (
    Address,
    NetworkPolicy,
    Resolve,
    WebhookRequest,
    WebhookSender,
)
from tests.service.sinks import HookSink, answer_slowly, hook_sink

SECRET = b"s" * 32
SENT_S = 1_770_681_600
HERE = NetworkPolicy(loopback=True)


@pytest.fixture
def sink() -> Iterator[HookSink]:
    with hook_sink() as running:
        yield running


@pytest.fixture
def sender() -> WebhookSender:
    return WebhookSender(HERE)


def _hook(address: str) -> WebhookRequest:
    return WebhookRequest(address, SECRET, "I-1:1:W-1", b'{"specversion":"1.0"}')


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification and its libraries.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    name, sent_s, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert webhook_delivery.signature(secret, name, sent_s, body) == expected


def test_a_webhook_arrives_signed(sink: HookSink, sender: WebhookSender) -> None:
    hook = _hook(sink.address)
    sender.send(hook, SENT_S)
    [request] = sink.requests
    assert (request.path, request.body) == ("/hooks", hook.body)
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert request.headers["host"] == f"127.0.0.1:{sink.port}"
    assert request.headers["webhook-id"] == hook.name
    assert request.headers["webhook-timestamp"] == str(SENT_S)
    expected = webhook_delivery.signature(SECRET, hook.name, SENT_S, hook.body)
    assert request.headers["webhook-signature"] == expected


@pytest.mark.parametrize(("status", "is_final"), [(500, False), (404, False), (410, True)])
def test_what_is_not_taken_is_sent_again_unless_nobody_wants_it(
    sink: HookSink, sender: WebhookSender, status: int, is_final: bool
) -> None:
    sink.status = status
    with pytest.raises(DeliveryError) as raised:
        sender.send(_hook(sink.address), SENT_S)
    assert raised.value.is_final is is_final


def test_nobody_is_followed_elsewhere(sink: HookSink, sender: WebhookSender) -> None:
    sink.status, sink.location = 307, f"http://127.0.0.1:{sink.port}/elsewhere"
    with pytest.raises(DeliveryError):
        sender.send(_hook(sink.address), SENT_S)
    assert [heard.path for heard in sink.requests] == ["/hooks"]


def test_a_name_is_looked_up_as_it_was_registered() -> None:
    """In letters, `straße` was looked up as `strasse`, which belongs to somebody else."""
    names: list[str] = []

    def resolve(host: str, _port: int) -> tuple[Address, ...]:
        names.append(host)
        return ()

    with pytest.raises(DeliveryError):
        WebhookSender(HERE, resolve).send(_hook("https://xn--strae-oqa.example/hooks"), SENT_S)
    assert names == ["xn--strae-oqa.example"]


def _resolving(*addresses: str) -> Resolve:
    return lambda host, port: tuple(map(ip_address, addresses))


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
        "168.63.129.16", "100.100.100.200", "192.0.0.192", "fe80::a9fe:a9fe",
        "::ffff:169.254.169.254",
        "::ffff:168.63.129.16", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1",
        "2001:0:101:101::5601:5601", "2001:0:a9fe:a9fe::fefe:fefe", "fd00::5efe:a9fe:a9fe",
        "2001:470::200:5efe:a9fe:a9fe",
    ],
)  # fmt: skip
def test_nobody_is_told_where_a_cloud_keeps_its_keys(sink: HookSink, address: str) -> None:
    """Also not where the house's own networks may be told; and not by a name that leads there."""
    own = NetworkPolicy(private=True, loopback=True)
    for there in (f"https://[{address}]/" if ":" in address else f"https://{address}/",
                  f"https://hooks.example:{sink.port}/"):  # fmt: skip
        with pytest.raises(DeliveryError, match="forbidden_address"):
            WebhookSender(own, _resolving("10.0.0.1", address)).send(_hook(there), SENT_S)
    assert not sink.requests


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "fe80::1", "fd00::1", "0.0.0.0", "::", "224.0.0.1", "100.64.0.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "fec0::1",
        "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_leads_nowhere(sink: HookSink, address: str) -> None:
    for addresses in ([address], ["1.1.1.1", address]):
        sender = WebhookSender(NetworkPolicy(), _resolving(*addresses))
        with pytest.raises(DeliveryError, match="forbidden_address"):
            sender.send(_hook(f"https://hooks.example:{sink.port}/"), SENT_S)
    assert not sink.requests


@pytest.mark.parametrize("address", ["https://256.1.1.1/", "https://xn--/", "https://[v1.x]/"])
def test_what_is_no_address_is_neither_entered_nor_sent_to(sink: HookSink, address: str) -> None:
    assert not webhooks.is_address(address)
    with pytest.raises(DeliveryError, match="name"):
        WebhookSender(NetworkPolicy(), _resolving("1.1.1.1")).send(_hook(address), SENT_S)
    assert not sink.requests


def test_an_outside_that_a_gateway_translates_is_outside() -> None:
    assert NetworkPolicy().allows(ip_address("64:ff9b::101:101"))
    assert NetworkPolicy().allows(ip_address("2606:4700::1"))


def test_networks_of_the_house_are_reached_only_if_the_operator_says_so() -> None:
    assert NetworkPolicy(private=True).allows(ip_address("10.0.0.1"))
    assert not NetworkPolicy(private=True).allows(ip_address("169.254.169.254"))
    assert not NetworkPolicy(private=True).allows(ip_address("127.0.0.1"))


def test_the_connection_goes_to_the_address_that_was_checked(sink: HookSink) -> None:
    sender = WebhookSender(HERE, _resolving("127.0.0.1"))
    sender.send(_hook(f"http://nowhere.invalid:{sink.port}/hooks"), SENT_S)
    assert sink.requests[0].headers["host"] == f"nowhere.invalid:{sink.port}"


def test_nothing_leaves_this_machine_without_tls(sink: HookSink) -> None:
    sender = WebhookSender(NetworkPolicy(private=True, loopback=True), _resolving("10.0.0.1"))
    with pytest.raises(DeliveryError, match="not_https"):
        sender.send(_hook("http://hooks.example/"), SENT_S)


def test_a_name_that_nobody_has_is_tried_again() -> None:
    def unknown(host: str, port: int) -> tuple[()]:
        raise OSError("no such name")

    sender = WebhookSender(NetworkPolicy(), unknown)
    with pytest.raises(DeliveryError, match="name") as raised:
        sender.send(_hook("https://hooks.invalid/"), SENT_S)
    assert not raised.value.is_final


@pytest.mark.parametrize("takes", [True, False])
def test_who_answers_in_drips_is_left_when_the_time_is_over(takes: bool) -> None:
    sender = WebhookSender(HERE, deadline_s=0.3)
    body = b"1" * (16 << 20)  # More than any buffer on the way: who does not read it holds us.
    with answer_slowly(takes) as address:
        hook = WebhookRequest(address, SECRET, "I-1:1:W-1", b"1" if takes else body)
        with pytest.raises(DeliveryError, match="deadline") as raised:
            sender.send(hook, SENT_S)
    assert not raised.value.is_final
