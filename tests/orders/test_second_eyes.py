"""Which places of an order a second person must have looked at."""

from mesure.orders.model import second_eyes
from tests.orders import samples

FIRST = samples.read(samples.ORDER)


def to_check(old: str, new: str) -> tuple[str, ...]:
    return second_eyes.new_or_redrawn(samples.read(samples.replace_once(old, new)), FIRST)


def test_every_place_of_a_first_version_is_new() -> None:
    assert second_eyes.new_or_redrawn(FIRST, None) == ("home", "office")


def test_other_hours_need_no_second_eyes() -> None:
    assert to_check("from: 22:00, until: 06:00", "from: 21:00, until: 06:00") == ()


def test_a_place_that_is_drawn_otherwise_needs_them() -> None:
    assert to_check("radius_m: 60", "radius_m: 61") == ("home",)


def test_a_place_that_comes_needs_them_and_one_that_goes_does_not() -> None:
    way = "  way: {corridor: [[43.2565, 76.9285], [43.2600, 76.9300]], width_m: 120}\n"
    assert to_check("conditions:", f"{way}conditions:") == ("way",)
    more = samples.read(samples.replace_once("conditions:", f"{way}conditions:"))
    assert second_eyes.new_or_redrawn(FIRST, more) == ()
