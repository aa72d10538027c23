import pytest

from mesure.orders.clock import time_zones


def test_a_zone_is_found_by_its_name() -> None:
    zone = time_zones.find_zone("Asia/Almaty")
    assert zone is not None
    assert zone.key == "Asia/Almaty"


@pytest.mark.parametrize(
    "name", ["", "Almaty", "asia/almaty", "../UTC", "/etc/passwd", "America", "GMT+25"]
)
def test_what_is_no_zone_is_none(name: str) -> None:
    assert time_zones.find_zone(name) is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("asia/almaty", "Asia/Almaty"), ("Almaty", "Asia/Almaty"), ("Pariss", "Europe/Paris"),
        ("Europe/Pariss", "Europe/Paris"), ("Middle of nowhere", None),
    ],
)  # fmt: skip
def test_the_zone_that_was_probably_meant(name: str, near: str | None) -> None:
    assert time_zones.near(name) == near
