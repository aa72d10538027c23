"""Export and import of a whole programme: either is entered in the audit log."""

import msgspec

from mesure.actions.framework.action import ActionContext, action
from mesure.privacy.roles import Role


class ExportProgramme(msgspec.Struct, frozen=True):
    """What is handed on: how many persons' records."""

    persons: int


class ImportProgramme(msgspec.Struct, frozen=True):
    """What was taken in: by the hash of its list, and whether its rows were bound anew."""

    export: str
    is_bound_anew: bool


@action("programme.export", {Role.PROGRAM})
def enter_export(doing: ActionContext, request: ExportProgramme) -> None:
    """Enter that the records of everybody are handed on, opened, before any of it is written."""
    doing.note(persons=request.persons)


@action("programme.import", {Role.PROGRAM})
def enter_import(doing: ActionContext, request: ImportProgramme) -> None:
    """Enter that a programme was taken in, and whether its rows were held against its log."""
    doing.note(export=request.export, bound_anew=request.is_bound_anew)
