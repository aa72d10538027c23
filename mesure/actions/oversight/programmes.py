"""A whole programme is handed on, or taken in from elsewhere: either is in the audit log."""

import msgspec

from mesure.actions.framework.action import Doing, action
from mesure.privacy.roles import Role


class Exported(msgspec.Struct, frozen=True):
    """What is handed on: how many persons' records."""

    persons: int


class TakenIn(msgspec.Struct, frozen=True):
    """What was taken in: by the hash of its list, and whether its rows were bound anew."""

    export: str
    is_bound_anew: bool


@action("programme.export", {Role.PROGRAM})
def exported(doing: Doing, request: Exported) -> None:
    """Enter that the records of everybody are handed on, opened, before any of it is written."""
    doing.note(persons=request.persons)


@action("programme.import", {Role.PROGRAM})
def taken_in(doing: Doing, request: TakenIn) -> None:
    """Enter that a programme was taken in, and whether its rows were held against its log."""
    doing.note(export=request.export, bound_anew=request.is_bound_anew)
