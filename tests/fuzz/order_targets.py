"""Orders and thresholds, as clerks and programmes write them."""

from importlib import resources

from mesure.evaluation import policy as policy_
from mesure.orders.reading import read_order
from mesure.orders.text import map_features
from mesure.orders.text.order_faults import OrderError, RefusedValueError
from tests.evaluation import scenes
from tests.fuzz.file_targets import _map
from tests.fuzz.target import KIB, split, target
from tests.orders import samples

MAP = "maps/a.geojson"
ON_A_MAP = samples.ORDER.replace(
    "home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}",
    f"home: {{file: {MAP}, feature: node/1}}",
)


def _orders() -> list[bytes]:
    own = scenes.order(scenes.CURFEW, scenes.RESIDENCE, scenes.EXCLUSION)
    return [samples.ORDER.encode(), own.encode()]


@target("order", _orders, OrderError, share=20)
def order(data: bytes) -> None:
    read_order.file_paths("order.yaml", data)
    version = read_order.read("order.yaml", data, {})
    assert version.order and version.person  # noqa: PT018


@target("order_with_map", lambda: [ON_A_MAP.encode() + b"\0" + _map()[0]], OrderError)
def order_with_map(data: bytes) -> None:
    text, features = split(data, 2)
    paths = read_order.file_paths("order.yaml", text)
    read_order.read("order.yaml", text, dict.fromkeys(paths, features))


class UnfitMapError(Exception):
    """A value that was refused, as the caller that names the file says it."""


@target("map_features", _map, UnfitMapError)
def features(data: bytes) -> None:
    try:
        all_features = map_features.read(data).features
        for feature in all_features:
            map_features.areas(feature)
            map_features.point(feature)
    except RefusedValueError as refused:
        raise UnfitMapError(f"{refused.what}; {refused.why}; {refused.remedy}.") from None


def _policy() -> list[bytes]:
    whole = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    return [b"\n".join(whole.splitlines()[:60]), whole]


BASE = policy_.read("policy.yaml", _policy()[1])


@target("policy", _policy, OrderError, bytes_max=8 * KIB, share=5)
def policy(data: bytes) -> None:
    policy_.read("policy.yaml", data, BASE)
