"""Policies: the files of thresholds that people are judged by, entered when a service begins.

Assessments name the version of a policy. So that nobody can change under a version what it says,
each file is a row like others, bound to the audit log, once for each content that it ever had.
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, action, perform
from mesure.actions.framework.context import Context
from mesure.actions.records.record_types import RecordType, RegisterReader, Stored
from mesure.privacy.roles import Role


class PolicyRecord(msgspec.Struct, frozen=True):
    """A file of thresholds as it was in force, and since when."""

    version: str
    text: str
    since_at: datetime


POLICY: Final = RecordType("policy", PolicyRecord, lambda policy: [("version", policy.version)])


class EnterPolicy(msgspec.Struct, frozen=True):
    """A file of thresholds that a service begins with."""

    version: str
    text: str

    @property
    def id(self) -> str:
        """Return the name of the row: the hash of the file."""
        return sha256(self.text.encode()).hexdigest()


def begin(context: Context, request: EnterPolicy) -> tuple[Stored[PolicyRecord], ...]:
    """Enter a file of thresholds if it is new; return others that were called the same."""
    with context.store.read() as reading:
        rows = RegisterReader(reading, context.keyring)
        is_new = rows.get(POLICY, request.id) is None
        alike = tuple(rows.find(POLICY, "version", request.version))
    if is_new:
        perform(context, enter, request)
    return tuple(kept for kept in alike if kept.id != request.id)


@action("policies.enter", {Role.PROGRAM})
def enter(doing: ActionContext, request: EnterPolicy) -> None:
    """Enter a file of thresholds by which people are judged from now on."""
    doing.rows.add(POLICY, request.id, PolicyRecord(request.version, request.text, doing.now))
    doing.note(policy=request.version, sha256=request.id)
