"""Last signed checkpoint, stored beside the key: by it an older database is recognised.

Someone who can write the database can put yesterday's in its place: it fits the keys, and its log
is whole. What was found since would be gone without a word, and the log would no longer match a
later checkpoint that somebody kept. So the service starts only with a log that goes on from the
last checkpoint that it signed. Older data that is meant to be used, because the newer is lost, is
accepted by a command; that is entered in the log.
"""

import contextlib
import json
from pathlib import Path
from typing import Any, Final

from mesure.audit import checkpoints, commitments, proofs
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys, UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import notes
from mesure.machine import clock, file_loading
from mesure.machine.service_error import ServiceError
from mesure.machine.signatures import Ed25519
from mesure.service.installation import data_folder
from mesure.service.installation.installation import Installation
from mesure.store.values.mismatches import AcceptedRollback

NAME: Final = "log.last"
ACTION: Final = "accept_older"
BYTES_MAX: Final = 1 << 16
WHY: Final = "what came since would be missing without a word"


def path_of(installation: Installation) -> Path:
    """Return where the last checkpoint is remembered."""
    return installation.folder.keys / NAME


def remember(installation: Installation, text: bytes) -> None:
    """Keep a checkpoint that was signed just now in the place of the one before."""
    path = path_of(installation)
    fresh = path.with_suffix(".new")
    # Where it cannot be written the one before stays, which still reveals older data.
    with contextlib.suppress(OSError, ServiceError):
        fresh.unlink(missing_ok=True)
        data_folder.write_private(fresh, text)
        fresh.replace(path)


def refuse_older(installation: Installation) -> None:
    """Refuse data whose log does not go on from the last checkpoint that was signed."""
    known = read_checkpoint(installation)
    if known is None or _goes_on(installation, known):
        return
    with installation.store.read() as reading:
        size = reading.frontier().size
    what = (
        f"the log was signed up to entry {known.head.size}, and the data here "
        f"{'ends at' if size < known.head.size else 'says something else before'} entry {size}"
    )
    remedy = (
        "put the newest data in its place, or, if it is lost, accept what is here: "
        "mesure accept-older"
    )
    raise ServiceError(path_of(installation), what, WHY, remedy)


def read_checkpoint(installation: Installation) -> LogCheckpoint | None:
    """Return the last checkpoint that was signed; None: none was, or it was of another log."""
    path = path_of(installation)
    if not path.exists():
        return None
    name = installation.settings.name
    trust = TrustedKeys((installation.signing.log_key(name),), (), Ed25519())
    try:
        note = notes.read(file_loading.read_file(path, WHY, BYTES_MAX).decode("utf-8", "replace"))
        checkpoint, _ = checkpoints.believe(note, trust)
    except (MalformedError, UntrustedCheckpointError):
        what = f"this is no checkpoint that the key of this log signed under the name {name!r}"
        remedy = (
            "name the settings of the service with --settings, or, if this file was spoilt, "
            "accept the data as it is: mesure accept-older"
        )
        raise ServiceError(path, what, WHY, remedy) from None
    return checkpoint


def _goes_on(installation: Installation, known: LogCheckpoint) -> bool:
    """Tell whether the log begins with all that was signed."""
    with installation.store.read() as reading:
        edge = reading.frontier()
        if edge.size < known.head.size:
            return False
        proof = proofs.consistency(reading.node, known.head.size, edge.size)
    return proofs.extends(TreeHead(edge.size, edge.root()), known.head, proof)


def accept(installation: Installation) -> bool:
    """Go on with the data as it is, and enter that in the log; False where it is not older.

    The caller signs the log then.
    """
    try:
        known = read_checkpoint(installation)
        if known is None or _goes_on(installation, known):
            return False
        signed_up_to: int | None = known.head.size
    except ServiceError:
        signed_up_to = None
    with installation.store.read() as reading:
        size = reading.frontier().size
    fields: dict[str, commitments.Value] = {
        "action": ACTION,
        "at": clock.now().isoformat(),
        "signed_up_to": signed_up_to,
        "data_up_to": size,
    }
    installation.store.write(lambda work: work.record([commitments.canonical(fields)]))
    path_of(installation).unlink(missing_ok=True)
    return True


def is_acceptance(record: bytes) -> bool:
    """Tell whether a record of the audit log says that somebody went on with older data.

    >>> is_acceptance(b'{"action":"accept_older","at":"","data_up_to":4,"signed_up_to":9}')
    True
    """
    return record.startswith(b'{"action":"' + ACTION.encode() + b'"')


def read(entry: int, record: bytes) -> AcceptedRollback:
    """Return what a record of that says; raises `ValueError` where it says something else.

    >>> read(4, b'{"action":"accept_older","at":"","data_up_to":4,"signed_up_to":9}')
    AcceptedRollback(entry=4, at='', signed_up_to=9)
    """
    try:
        fields: Any = json.loads(record)
        signed = fields["signed_up_to"]
        return AcceptedRollback(entry, str(fields["at"]), None if signed is None else int(signed))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError("this record says nothing about older data") from error
