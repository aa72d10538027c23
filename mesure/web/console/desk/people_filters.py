"""People filters: which persons of a list are shown, by search words and by what waits.

A filter says what is to be done or what is amiss with a device. None says what somebody is like.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Final

from mesure.actions.cases.case_overview import CaseOverview, DeviceGlance
from mesure.actions.cases.worklist import WorkItemType
from mesure.incidents import device_problems, incident
from mesure.incidents.incident import IncidentKind
from mesure.web.shared.words.device_health import LOW_PERCENT, QUIET
from mesure.web.shared.words.page_texts import PageTexts

FILTERS: Final = ("waits", "condition", "age", "device")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value of a filter, with how many of the list have it."""

    value: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its values."""

    name: str
    label: str
    choices: tuple[FacetChoice, ...]
    chosen: str


def search(cases: Iterable[CaseOverview], words: str) -> list[CaseOverview]:
    """Return those whose name, number, order or device has every word that is searched for."""
    parts = words.casefold().split()
    return [case for case in cases if all(part in _searched(case) for part in parts)]


def _searched(case: CaseOverview) -> str:
    devices = (one.device for one in case.devices)
    return "\n".join((case.name, case.person, *case.orders, *devices)).casefold()


def narrow(
    cases: Iterable[CaseOverview], chosen: Mapping[str, str], now: datetime
) -> list[CaseOverview]:
    """Return those that have the chosen value of every filter."""
    wanted = [(name, value) for name, value in chosen.items() if value]
    return [
        case for case in cases if all(value in values_of(name, case, now) for name, value in wanted)
    ]


def facets(
    cases: Sequence[CaseOverview], chosen: Mapping[str, str], now: datetime, texts: PageTexts
) -> list[Facet]:
    """Return the filters, each value with how many of the whole list have it."""
    labels = _labels(texts)
    named = {"waits": _waits(texts), "age": _ages(texts), "device": _devices(texts)}
    named["condition"] = {name: name for name in conditions_of(cases)}
    counts = {
        name: Counter(chain.from_iterable(values_of(name, case, now) for case in cases))
        for name in FILTERS
    }
    return [
        Facet(
            name,
            labels[name],
            tuple(
                FacetChoice(value, words, counts[name][value])
                for value, words in named[name].items()
            ),
            chosen.get(name, ""),
        )
        for name in FILTERS
    ]


def at_a_glance(facets: Iterable[Facet]) -> list[tuple[str, FacetChoice]]:
    """Return the values that are worth a look whatever one came for, where somebody has them."""
    return [
        (facet.name, choice)
        for facet in facets
        for choice in facet.choices
        if (facet.name, choice.value) in _GLANCES and choice.count
    ]


_GLANCES: Final = {
    ("waits", "overdue"),
    ("device", "quiet"),
    ("device", "low"),
    ("device", "strap"),
}


def conditions_of(cases: Iterable[CaseOverview]) -> list[str]:
    """Return the conditions about which something waits, by name."""
    names = {name for case in cases for thing in case.waiting for name in thing.conditions}
    return sorted(names - {device_problems.CONDITION})


def values_of(name: str, case: CaseOverview, now: datetime) -> Collection[str]:
    """Return the values of a filter that somebody has; a list of thousands asks of each once."""
    if name == "device":
        return (device_state(case, now),)
    if name == "waits":
        if not case.waiting:
            return ("nothing",)
        return {
            "something",
            *(
                sort
                for thing in case.waiting
                for sort in _sorts(thing.what, thing.kind, is_overdue=thing.is_overdue)
            ),
        }
    if name == "condition":
        return {condition for thing in case.waiting for condition in thing.conditions}
    return _ages_of(case, now)


@lru_cache  # There are few kinds of things, and a list of everybody asks about thousands.
def _sorts(what: WorkItemType, kind: str, *, is_overdue: bool) -> frozenset[str]:
    sorts = frozenset({"overdue"}) if is_overdue else frozenset()
    if what is not WorkItemType.INCIDENT:
        return sorts | {what.value}
    if kind == IncidentKind.SILENT.value:
        return sorts | {"silence"}
    return sorts | {"breach" if incident.is_of_place(kind) else "problem"}


def _ages_of(case: CaseOverview, now: datetime) -> Collection[str]:
    since = min((thing.since_at for thing in case.waiting), default=None)
    if since is None:
        return ()
    days = (now - since) // _DAY
    if days < 1:
        return ("day",)
    return ("days",) if days < 3 else ("older",)


def device_state(case: CaseOverview, now: datetime) -> str:
    """Return how the devices of somebody are, by what is most pressing."""
    if not case.devices:
        return "none"
    if len(case.devices) == 1:  # As nearly always; a list of everybody asks of each.
        return _state(case.devices[0], now)
    states = {_state(device, now) for device in case.devices}
    return next((one for one in _PRESSING if one in states), "well")


_PRESSING: Final = ("strap", "quiet", "never", "low")


def _state(device: DeviceGlance, now: datetime) -> str:
    if device.heard_at is None:
        return "never"
    if device.is_strap_closed is False:
        return "strap"
    if now - device.heard_at >= QUIET:
        return "quiet"
    percent = device.battery_percent
    return "low" if percent is not None and percent <= LOW_PERCENT else "well"


def _labels(catalogue: PageTexts) -> dict[str, str]:
    return {
        "waits": catalogue.text("Open items"),
        "condition": catalogue.text("Condition"),
        "age": catalogue.text("For how long"),
        "device": catalogue.text("Device"),
    }


def _waits(catalogue: PageTexts) -> dict[str, str]:
    return {
        "something": catalogue.text("something"),
        "overdue": catalogue.text("something overdue"),
        "breach": catalogue.text("a possible breach"),
        "silence": catalogue.text("a silence"),
        "problem": catalogue.text("something about the device"),
        WorkItemType.CONTEST.value: catalogue.text("a contested finding"),
        WorkItemType.ABSENCE.value: catalogue.text("an absence to answer"),
        "nothing": catalogue.text("nothing"),
    }


def _ages(catalogue: PageTexts) -> dict[str, str]:
    return {
        "day": catalogue.text("less than a day"),
        "days": catalogue.text("1 to 3 days"),
        "older": catalogue.text("3 days or longer"),
    }


def _devices(catalogue: PageTexts) -> dict[str, str]:
    return {
        "well": catalogue.text("all is well"),
        "quiet": catalogue.text("not heard for an hour or longer"),
        "low": catalogue.text("battery low"),
        "strap": catalogue.text("the strap is open"),
        "never": catalogue.text("not heard yet"),
        "none": catalogue.text("no device"),
    }
