"""Case opening from a row that names it: the one incident of an action, or a line of a list."""

from collections.abc import Iterable

from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.case_access import CaseFile
from mesure.store.values.effects import StoredIncident


def open_incident(doing: ActionContext, name: str) -> StoredIncident:
    """Return an incident, with the person's case open."""
    incident, _ = doing.open_case_of(doing.work.incident(name))
    doing.note(incident=name)
    return incident


def may_open(doing: ActionContext, file: CaseFile) -> bool:
    """Tell whether a case is listed at all: one from which somebody is barred is not."""
    return doing.actor.refusal(doing.access_of(file)) is None


def openable(doing: ActionContext, files: Iterable[CaseFile]) -> list[CaseFile]:
    """Return the files that a list has: none of a person erased a moment ago, rows and all."""
    open_files = [file for file in files if may_open(doing, file)]
    keyring = doing.context.keyring
    known = keyring.find_keys(file.person for file in open_files)
    return [
        file for file in open_files if file.person in known or not keyring.is_erased(file.person)
    ]
