"""The register: everything that is administered, as rows of a kind with an id and a revision.

Absences, zones, accounts, sessions, caseloads, reviews, contests, looks: much of it, of many kinds,
little of each, changed by people and never judged by the store. A row about a person comes sealed.
What it says is known in `actions/records/record_types.py`; here it is bytes, with the names by
which it is found again.
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
"""

from typing import Final, NamedTuple, TypeAlias

import msgspec

from mesure.store.values import bounds

KEYS_MAX: Final = 16

# A look-up name and its value. Both are in clear: where the value says something about somebody (an
# e-mail address, a sign-in name), callers pass `sealing.blind` of it.
KeyValue: TypeAlias = tuple[str, str]


class RegisterRow(msgspec.Struct, frozen=True):
    """A row of the register as it is now; the audit log says what it was before.

    It is checked when it is kept, and not each time that it is read: a list reads thousands.
    """

    kind: str
    id: str
    revision: int  # 1 when it is new, and one more with each change.
    person: str | None  # Whom it is about; None: nobody under an order.
    body: bytes
    changed_us: int
    keys: frozenset[KeyValue] = frozenset()

    def check(self) -> None:
        """Refuse what some database would not keep."""
        bounds.check_names(self.kind, self.id, *(part for key in self.keys for part in key))
        if self.person is not None:
            bounds.check_person(self.person)
        bounds.check_counts(self.revision, self.changed_us)
        bounds.check_body(self.body)
        if self.revision < 1 or len(self.keys) > KEYS_MAX:
            raise ValueError(f"A row has a revision from 1 on, and at most {KEYS_MAX} keys.")


class DailyTally(NamedTuple):
    """How many rows have one value of a key and changed on one day, in UTC, and when they did."""

    value: str
    things: int
    first_us: int
    last_us: int


class PersonChange(NamedTuple):
    """That something administered about a person changed: orders, assignments, register rows.

    Numbers only grow, so a caller that knows the last one asks for what came since.
    """

    number: int
    person: str


class ChangeNumbers(NamedTuple):
    """The numbers of the last change of what is administered, and of the last of any incident."""

    administered: int
    incident: int
