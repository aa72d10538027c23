"""Brief rule in use: up to which length something that ended by itself is answered with others."""

from datetime import date, timedelta
from functools import cache
from importlib import resources

from mesure.incidents import brief
from mesure.incidents.brief import BriefLengths, BriefRule


@cache
def default_rule() -> BriefRule:
    """Return the rule of the default programme."""
    data = resources.files("mesure.incidents").joinpath("brief.yaml").read_bytes()
    return brief.read("brief.yaml", data)


def lengths(day: date) -> BriefLengths:
    """Return the lengths by which something brought on a day is brief."""
    return default_rule().lengths(day)


def again_within(day: date) -> timedelta:
    """Return how soon behind a long silence the next is of the same thing."""
    return default_rule().again_within(day)
