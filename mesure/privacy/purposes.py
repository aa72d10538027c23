"""Purposes: for what somebody may look at personal data: a closed list, and who may name what.

A look without a purpose is refused, and so is one whose purpose is not for the role. The list is
that of the strictest law that was read, with what the person's own rights ask for.
Law: German Code of Criminal Procedure, section 463a(4); Directive (EU) 2016/680, article 25
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Mapping
from typing import Final

from mesure.orders.text.sayings import TranslatableEnum
from mesure.privacy.roles import Role

CASE_NUMBER_CHARS_MAX: Final = 60


class Purpose(TranslatableEnum):
    """Why somebody looks."""

    POSSIBLE_BREACH = "possible_breach", "to look into a possible breach"
    SUPERVISION = "supervision", "to supervise the order"
    CONTEST = "contest", "to answer what the person contests"
    COURT = "court", "to answer a question from the court"
    DANGER = "danger", "to avert a serious and present danger"
    DEVICE = "device", "to find out what is wrong with a device"
    INSPECTION = "inspection", "to inspect how the service works"
    OWN_DATA = "own_data", "the person’s own look"
    DEFENCE = "defence", "to defend the person"


_ON_CASES: Final = frozenset(
    {
        Purpose.POSSIBLE_BREACH,
        Purpose.SUPERVISION,
        Purpose.CONTEST,
        Purpose.COURT,
        Purpose.DANGER,
        Purpose.DEVICE,
    }
)

FOR_ROLE: Final[Mapping[Role, frozenset[Purpose]]] = {
    Role.OFFICER: _ON_CASES,
    Role.SUPERVISOR: _ON_CASES,
    Role.INSPECTOR: frozenset({Purpose.INSPECTION}),
    Role.PERSON: frozenset({Purpose.OWN_DATA}),
    Role.COUNSEL: frozenset({Purpose.DEFENCE}),
    Role.SERVICE: frozenset({Purpose.SUPERVISION}),
    Role.OPERATOR: frozenset(),
    Role.PROGRAM: frozenset(),
    Role.VISITOR: frozenset(),
}


def may_name(role: Role, purpose: Purpose) -> bool:
    """Tell whether somebody in this role may look for this purpose.

    >>> may_name(Role.INSPECTOR, Purpose.SUPERVISION)
    False
    """
    return purpose in FOR_ROLE[role]


def needs_case_number(role: Role) -> bool:
    """Tell whether a look must name a case number; the person's side and programs have none."""
    return role in {Role.OFFICER, Role.SUPERVISOR, Role.INSPECTOR}


def is_case_number(text: str) -> bool:
    """Tell whether something can be the number of a case: short, printable, not blank.

    >>> is_case_number("ALM-2026-0042"), is_case_number("  ")
    (True, False)
    """
    return 0 < len(text.strip()) <= len(text) <= CASE_NUMBER_CHARS_MAX and text.isprintable()
