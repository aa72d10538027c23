"""Reader of an explanation: the person under the order, or anybody else.

Both are told the same facts, in the same order. Only the person is spoken to: on a page of an
officer "you" would be the officer, and on a paper of the court it would be the judge.
Decision: docs/decisions/0060-you-means-the-reader.md
"""

from enum import Enum


class Reader(Enum):
    """Who reads."""

    PERSON = "person"
    OFFICE = "office"  # Officers, supervisors, inspectors, counsel and courts.

    def choose(self, to_person: str, of_person: str) -> str:
        """Return what is said to the person, or what is said of them to anybody else."""
        return to_person if self is Reader.PERSON else of_person
