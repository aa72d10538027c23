"""Home reduction: inside the home, messages are replaced by their reduced form, "present".

What is left is worked out before, from the messages (`formats.stored.reduce_messages`). Here it is
sealed as the message was, takes its place in one transaction, and is entered in the audit log: how
many fixes, how many had to stay, and a hash over the hashes of the messages.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from mesure.actions.framework.action import ActionContext, action
from mesure.instants import MIN_US, to_us
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.privacy.roles import Role
from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values.records import LogRecord
from mesure.store.values.register import RegisterRow

CURSOR: Final = "home_detail"  # Rows that say up to when and where in the log it was reduced.


class RecordRemainder(NamedTuple):
    """A record of the log, and what is left of it, not sealed yet."""

    logged: LogRecord
    body: bytes


class HomeReduction(msgspec.Struct, frozen=True):
    """What is left of a person's messages, up to an instant and a number in the log."""

    person: str
    form: str
    rewritten: tuple[RecordRemainder, ...]
    fixes: int
    kept: int
    until_us: int
    number: int


@action("erasure.homes", {Role.PROGRAM})
def homes(doing: ActionContext, request: HomeReduction) -> int:
    """Let "present" be left of fixes inside the home, when the days are over."""
    key = doing.context.keyring.key_of(request.person)
    for logged, body in request.rewritten:
        same = logged.digest if logged.counter is None else logged.counter
        bound = sealing.message_seal_context(request.person, logged.device, same)
        sealed = sealing.seal(key, body, bound, doing.context.salts)
        doing.work.rewrite(logged.place, request.form, sealed)
    _set_cursor(doing.work, request.person, (request.until_us, request.number), to_us(doing.now))
    digests = sorted(logged.digest for logged, _ in request.rewritten)
    doing.note(
        rule=RetentionKind.HOME_DETAIL.rule,
        fixes=request.fixes,
        kept=request.kept,
        messages=len(request.rewritten),
        digests=sha256(b"".join(digests)).hexdigest(),
    )
    return request.fixes


def cursor(reading: ReadTransaction, person: str) -> tuple[int, int]:
    """Return up to when a home was reduced, and by which number in the log; 0: not kept."""
    entry = reading.entry(CURSOR, person)
    until_us, _, number = (b"%d" % MIN_US if entry is None else entry.body).partition(b" ")
    return int(until_us), int(number or 0)


def _set_cursor(work: WriteTransaction, person: str, at: tuple[int, int], changed_us: int) -> None:
    entry = work.entry(CURSOR, person)
    revision = 1 if entry is None else entry.revision + 1
    work.put(RegisterRow(CURSOR, person, revision, None, b"%d %d" % at, changed_us))
