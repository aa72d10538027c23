"""The page that says who may do what, made from the list of actions."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from mesure.actions.framework.action import Action, ActionType, ReadRequest
from mesure.actions.registry import ACTIONS
from mesure.privacy.roles import Role

COLUMNS: Final = {
    Role.OFFICER: "officer",
    Role.SUPERVISOR: "supervisor",
    Role.OPERATOR: "operator",
    Role.INSPECTOR: "inspector",
    Role.PERSON: "person",
    Role.COUNSEL: "counsel",
    Role.SERVICE: "program",
}
RULE: Final = "<!-- made from the list of actions: make docs -->\n"


def page(now: str) -> str:
    """Return the page under the words that a person wrote above it."""
    above, _, _ = now.partition(RULE)
    return above + RULE + "".join(_sections())


def _sections() -> Iterator[str]:
    shown = (ACTIONS[name] for name in sorted(ACTIONS))
    for room, actions in groupby(shown, key=lambda action: action.name.partition(".")[0]):
        yield f"\n## {room.replace('_', ' ').capitalize()}\n"
        yield "| | what it does | " + " | ".join(COLUMNS.values()) + " |\n"
        yield "|---|---|" + "---|" * len(COLUMNS) + "\n"
        yield from (_row(action) for action in actions)


def _row(action: Action[Any, Any]) -> str:
    marks = " | ".join("x" if role in action.allows else "" for role in COLUMNS)
    return f"| `{action.name}` | {action.says}{_note(action)} | {marks} |\n"


def _note(action: Action[Any, Any]) -> str:
    if action.allows == {Role.PROGRAM}:
        return " *By the service itself.*"
    if action.allows == {Role.VISITOR}:
        return " *Before signing in.*"
    if action.sort is ActionType.LOOK and issubclass(action.asks, ReadRequest):
        return " *Purpose and case number.*"
    if action.sort is ActionType.LOOK and action.purpose is not None:
        return f" *Always for: {action.purpose.value}.*"
    return ""
