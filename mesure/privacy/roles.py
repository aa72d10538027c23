"""Roles: who somebody is in this installation: one role an account, and what no role may mix.

An account has one role. Somebody who does two jobs has two accounts, so that a record never leaves
open in which of them something was done.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """In what capacity somebody acts."""

    OFFICER = "officer"  # Supervises persons, and decides.
    SUPERVISOR = "supervisor"  # Is responsible for officers, and the second pair of eyes.
    OPERATOR = "operator"  # Keeps the service and the devices running; sees no case.
    INSPECTOR = "inspector"  # Sees from outside what was done, and changes nothing.
    PERSON = "person"  # Is under an order; sees and answers what concerns them alone.
    COUNSEL = "counsel"  # Is invited by one person, for a time, and reads.
    SERVICE = "service"  # Another program, with a token for what it was given.
    PROGRAM = "program"  # This program itself, at a moment that was due; nobody signs in as it.
    VISITOR = "visitor"  # Somebody who has not signed in.


# Who can have an account that a supervisor opens, with a password or from another directory.
STAFF: Final = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.OPERATOR, Role.INSPECTOR})
# Who works on cases.
CASEWORK: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})
# Those who are on the person's side, and reach one person only.
OWN_SIDE: Final = frozenset({Role.PERSON, Role.COUNSEL})
EVERYBODY: Final = frozenset(Role)
SIGNED_IN: Final = EVERYBODY - {Role.VISITOR, Role.PROGRAM}
