"""Which actions a simulated life calls, and why it calls no other: that list can only shrink."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

import mesure_lab.whole
from mesure.actions.framework.action import Action
from mesure.actions.registry import ACTIONS
from mesure_lab.whole import living
from mesure_lab.whole.drawn.office_days import OFFICE_FROM, WORKS, OfficeWork
from mesure_lab.whole.drawn.planned_events import EventKind
from mesure_lab.whole.search import seed_search

BY_ITSELF: Final = "the service does it by itself in each life, in its turn"
AT_THE_END: Final = "a check at the end of a life has the service do it"
BY_DEVICE: Final = "the simulated device asks for it through the listener"

# Not called by a life itself, but by a part of the service which lives in it.
BY_THE_SERVICE: Final = MappingProxyType(
    {
        "answers.forget": BY_ITSELF,
        "assignments.end_due": BY_ITSELF,
        "bundle.made": AT_THE_END,
        "bundle.make": AT_THE_END,
        "devices.introduce": BY_DEVICE,
        "erasure.homes": BY_ITSELF,
        "erasure.messages": BY_ITSELF,
        "erasure.persons": BY_ITSELF,
        "erasure.records": BY_ITSELF,
        "erasure.refused": BY_ITSELF,
        "erasure.sent": BY_ITSELF,
        "notify.escalate": BY_ITSELF,
        "notify.follow": BY_ITSELF,
        "notify.overdue": BY_ITSELF,
        "policies.enter": BY_ITSELF,
        "programme.export": AT_THE_END,
        "programme.import": AT_THE_END,
        "sign_in.forget_failures": BY_ITSELF,
        "statistics.count": BY_ITSELF,
    }
)
NOT_LIVED: Final = MappingProxyType(
    {
        "accounts.reset": "lives of sign-ins get their new links from the machine, which ends more",
        "bundle.add_papers": "bundles of the end are made without the court's papers",
        "devices.change_pilot": "a phone of a pilot keeps its app and its units for a whole life",
        "venues.import_extract": "an operator's command reads the map; what it gives is imported",
    }
)
NOT_LIVED_MAX: Final = 5


def call_names() -> set[str]:
    """Return the actions that a module of the simulated whole names."""
    return {action for path in _modules() for action in _named(path)}


def _modules() -> list[Path]:
    [folder] = mesure_lab.whole.__path__
    return sorted(path for path in Path(folder).rglob("*.py") if path.name != "__init__.py")


def _named(path: Path) -> Iterator[str]:
    parts = path.relative_to(Path(mesure_lab.whole.__path__[0])).with_suffix("").parts
    module = importlib.import_module(".".join(("mesure_lab.whole", *parts)))
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = getattr(module, node.value.id, None)
            action = getattr(owner, node.attr, None)
            if isinstance(action, Action):
                yield action.name


def test_each_action_is_called_by_a_life_or_it_is_said_why_not() -> None:
    lived, reasons = call_names(), {**BY_THE_SERVICE, **NOT_LIVED}
    assert lived.isdisjoint(reasons), "a life calls it now: take it off the list"
    assert BY_THE_SERVICE.keys().isdisjoint(NOT_LIVED)
    assert lived | reasons.keys() == set(ACTIONS)
    assert all(reasons.values())


def test_the_list_of_what_is_not_lived_only_shrinks() -> None:
    assert len(NOT_LIVED) <= NOT_LIVED_MAX


# --- Work of the office, without what devices say ------------------------------------------------

OFFICE_SEEDS: Final = (9_007, 9_010, 9_016)  # Together they live every piece of work.
OFFICE: Final = {EventKind.ENTER, EventKind.OFFICE}


def test_the_work_of_the_office_is_lived_from_a_seed_on_and_leaves_those_of_before() -> None:
    before = seed_search.events_of(OFFICE_FROM - 1)
    assert EventKind.OFFICE not in {event.kind for event in before}
    events = [
        event
        for seed in range(OFFICE_FROM, OFFICE_FROM + 20)
        for event in seed_search.events_of(seed)
        if event.kind is EventKind.OFFICE
    ]
    assert {WORKS[event.item] for event in events} == {*OfficeWork}
    assert all(event.number > len(before) for event in events)


def test_what_the_office_does_is_done_and_what_it_may_not_is_refused() -> None:
    outcomes: dict[OfficeWork, set[str]] = {}
    for seed in OFFICE_SEEDS:
        numbers = [one.number for one in seed_search.events_of(seed) if one.kind in OFFICE]
        with living.open_world(seed, frozenset(numbers)) as world:
            living.live(world)
            for line in world.trace:
                _, kind, *words = line.split(maxsplit=5)
                if kind == EventKind.OFFICE:
                    outcomes.setdefault(OfficeWork(words[2]), set()).update(words[3:])
            refused = {act.action for act in world.people.acts if act.outcome == "refused"}
            assert refused
    asked = set(OfficeWork) - {OfficeWork.PROCEDURE}  # For which nobody asks the service.
    assert [work for work in asked if "done" not in " ".join(outcomes[work])] == []
    assert "minutes," in " ".join(outcomes[OfficeWork.PROCEDURE])
