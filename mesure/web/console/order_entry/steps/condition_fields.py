"""Condition fields of the step: they show all of a condition, or nothing."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from mesure.orders.reading.order_writer import Tree
from mesure.web.console.order_entry import order_fields
from mesure.web.console.order_entry.order_fields import Fields

WINDOWS: Final = 4
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "curfew": ("at", "first_night"),
    "residence": ("stay_in",),
    "exclusion": ("keep_out_of", "venue_category", "venues", "venue_radius_m"),
    "appointment": ("at", "present_min"),
}
_HOURS: Final = ("from", "until", "every")


def fields_of(name: str, entry: Tree) -> Fields | None:
    """Return the fields of a condition; None where no field can show part of it."""
    if not isinstance(entry, Mapping):
        return None
    kinds = [key for key in entry if key in _KINDS]
    if len(kinds) != 1 or not set(entry) <= {kinds[0], "in_force", "review_by"}:
        return None
    shown = (
        _duty(kinds[0], entry[kinds[0]]),
        _in_force(entry.get("in_force")),
        _texts(entry, {"review_by": "review_by"}),
    )
    return _joined({"id": name}, *shown)


def _joined(*parts: Fields | None) -> Fields | None:
    values: Fields = {}
    for part in parts:
        if part is None:
            return None
        values |= part
    return values


def _texts(entry: Mapping[str, Tree], names: Mapping[str, str]) -> Fields | None:
    """Return the texts under some keys, by the names of their fields."""
    values = {field: entry[key] for key, field in names.items() if key in entry}
    texts = {field: value for field, value in values.items() if isinstance(value, str)}
    return texts if len(texts) == len(values) else None


def _within(entry: Tree, keys: AbstractSet[str]) -> Mapping[str, Tree] | None:
    return entry if isinstance(entry, Mapping) and set(entry) <= keys else None


def _in_force(entry: Tree | None) -> Fields | None:
    if entry is None:
        return {}
    keys = _within(entry, {"from", "until"})
    if keys is None:
        return None
    return _joined(*(order_fields.of_moment(f"force_{key}", value) for key, value in keys.items()))


def _duty(kind: str, entry: Tree) -> Fields | None:
    own = _KINDS[kind]
    duty = _within(entry, {*own, *_HOURS, "times", "on_holidays"})
    if duty is None:
        return None
    is_venues = "venue_category" in duty
    names = {key: "place" for key in own if key in ("at", "stay_in", "keep_out_of")}
    names |= {"venue_category": "category", "venues": "map", "venue_radius_m": "venue_radius_m"}
    shown = {"kind": "venues" if is_venues else kind}
    texts = _texts(duty, {**names, "present_min": "present_min"})
    return _joined(shown, texts, _hours(duty), _holidays(duty.get("on_holidays")), _night(duty))


def _hours(duty: Mapping[str, Tree]) -> Fields | None:
    beside = {key: duty[key] for key in _HOURS if key in duty}
    times = duty.get("times")
    if times is None:
        return _window(1, beside) if beside else {"always": "yes"}
    if beside or isinstance(times, str | Mapping) or not 0 < len(times) <= WINDOWS:
        return None
    return _joined(*(_window(number, one) for number, one in enumerate(times, 1)))


def _window(number: int, entry: Tree) -> Fields | None:
    window = _within(entry, set(_HOURS))
    if window is None:
        return None
    days = order_fields.of_weekdays(f"day_{number}", window.get("every"))
    whole = {} if {"from", "until"} & set(window) else {"from": "00:00", "until": "24:00"}
    names = {key: f"{key}_{number}" for key in ("from", "until")}
    return _joined({"always": "no"}, days, _texts({**whole, **window}, names))


def _holidays(entry: Tree | None) -> Fields | None:
    if entry is None:
        return {}
    keys = _within(entry, {"calendar", "as"})
    return None if keys is None else _texts(keys, {"calendar": "calendar", "as": "holiday_as"})


def _night(duty: Mapping[str, Tree]) -> Fields | None:
    entry = duty.get("first_night")
    if entry is None:
        return {}
    keys = _within(entry, {"from", "until"})
    return None if keys is None else _texts(keys, {"from": "night_from", "until": "night_until"})
