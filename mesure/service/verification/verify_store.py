"""Verify a store: the audit log, what it has of rows, and every row that is evidence.

Everything is read from one moment, while the service goes on, and nothing is changed.
Specification: docs/specs/store.md, Binding
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys
from mesure.machine.progress import ProgressStages
from mesure.machine.signatures import Ed25519
from mesure.orders.text.catalogue import Catalogue
from mesure.service.installation import last_checkpoint
from mesure.service.installation.installation import Installation
from mesure.service.verification import store_words, verify_log
from mesure.service.verification.verify_log import VerifyResult
from mesure.service.verification.verify_store_log import LogWalk
from mesure.store.interface.store import Store
from mesure.store.interface.verify_rows import RowComparison, Tell
from mesure.store.values.mismatches import RowMismatch, StoreVerification

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class VerifyStoreRequest:
    """Against what a store is held, besides its own key."""

    keys: tuple[str, ...] = ()  # Others that the log had before.
    witnesses: tuple[str, ...] = ()
    earlier: tuple[Path, ...] = ()


def tell(
    installation: Installation,
    request: VerifyStoreRequest,
    catalogue: Catalogue,
    stages: ProgressStages,
) -> VerifyResult:
    """Check the store of an installation, and say what was found."""
    outcome = verify(installation, request, stages)
    lines = store_words.lines(outcome, catalogue, SHOWN_MAX)
    return VerifyResult("".join(f"{line}\n" for line in lines), holds=not outcome.found)


def verify(
    installation: Installation, request: VerifyStoreRequest, stages: ProgressStages
) -> StoreVerification:
    """Check the store of an installation."""
    own = installation.signing.log_key(installation.settings.name)
    others = (verify_log.log_key(one) for one in request.keys)
    witnesses = tuple(verify_log.witness_key(one) for one in request.witnesses)
    trust = TrustedKeys((own, *others), witnesses, Ed25519())
    earlier = [verify_log.checkpoint(path, trust) for path in request.earlier]
    remembered = last_checkpoint.read_checkpoint(installation)
    if remembered is not None:
        earlier.append(remembered)

    def report_progress(table: str, count: int) -> None:
        stages.reach(f"checking {table}: {count:,} rows")

    stages.reach("checking the audit log")
    return check_store(
        installation.store,
        StoreReference(installation.settings.name, trust, tuple(earlier)),
        report_progress,
    )


class StoreReference(NamedTuple):
    """Against what a store is held."""

    log: str
    trust: TrustedKeys
    earlier: tuple[LogCheckpoint, ...] = ()


def check_store(store: Store, known: StoreReference, report_progress: Tell) -> StoreVerification:
    """Check a store, all of it as it is at one moment."""
    with store.read() as reading:
        log = LogWalk(reading, known.trust, known.earlier, report_progress)
        differences = list(log.mismatches())
        comparison = RowComparison(reading, log.pins, report_progress, is_log_whole=not differences)
        differences += [*log.rows_bound_anew(), *store.misshapen()]
        differences += _once(comparison.mismatches())
    return StoreVerification(
        known.log,
        log.entries,
        log.checkpoints,
        comparison.rows,
        tuple(log.begun),
        comparison.open_batches,
        tuple(differences),
        tuple(log.accepted),
        log.ahead,
    )


def _once(differences: Iterator[RowMismatch]) -> Iterator[RowMismatch]:
    """Yield what was found, each once."""
    yield from dict.fromkeys(differences)
