"""Narrow limits: what is done by the thousand in a large office is done by ones and threes here.

Pages, batches and memories have a size that a life of a few persons never comes to. So from
`FROM_SEED` on a seed draws some of them, and has them so small that each life crosses their ends.
"""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Final
from unittest import mock

FROM_SEED: Final = 50_000
P_NARROW: Final = 0.4  # Of each limit.
LIMITS: Final[dict[str, tuple[int, ...]]] = {
    "mesure.live.worker.RECORDS_MAX": (1, 3, 10),
    "mesure.live.worker.PERSONS_MAX": (1, 2),
    "mesure.live.worker.CHANGES_MAX": (1, 5),
    "mesure.live.evaluate_person.WAITING_MAX": (1, 20),
    "mesure.live.evaluate_person.FIXES_KEPT_MAX": (50, 300),
    "mesure.actions.bundles.bundle_proofs.PAGE": (1, 3),
    "mesure.actions.data_rights.erasure.PERSONS_AT_ONCE": (1,),
    "mesure.actions.data_rights.erasure.PAGE": (1, 7),
    "mesure.actions.data_rights.retained_data.PAGE": (1, 7),
    "mesure.actions.data_rights.erase_traces.PAGE": (1, 7),
    "mesure.actions.desk.overdue_things.PEOPLE_MAX": (1,),
    "mesure.actions.devices.device_key_cache.KEYS_MAX": (1, 2),
    "mesure.actions.devices.enrolment_codes.PAGE": (1, 2),
    "mesure.actions.framework.case_access.MEMO_MAX": (1, 3),
    "mesure.actions.framework.idempotency.FORGOTTEN_MAX": (1, 3),
    "mesure.actions.framework.waiting_incidents.PERSONS_MAX": (1,),
    "mesure.actions.incidents.incident_counts.PAGE": (1, 3),
    "mesure.actions.limits.token_buckets.BUCKETS_MAX": (1, 2),
    "mesure.actions.notifications.incident_feed.COUNT_MAX": (1, 3),
    "mesure.actions.notifications.incident_feed.LOOKED_THROUGH_MAX": (1, 3),
    "mesure.actions.notifications.notification_dispatch.COUNT_MAX": (1, 3),
    "mesure.actions.oversight.inspection.PAGE": (2, 5),
    "mesure.actions.oversight.upkeep.LET_LIE_MAX": (1, 3),
    "mesure.actions.receiving.receive_apps.WAITING_AT_ONCE": (1, 3),
    "mesure.actions.trails.trail_access.PAGE": (3, 7),
    "mesure.audit.entries.SPANS_MAX": (1, 2),
    "mesure.service.archive.trail_archive.PAGE": (1, 5),
    "mesure.service.export.export_import.TAKEN_AT_ONCE": (1, 5),
    "mesure.service.installation.log_signing.PAGE": (1, 5),
    "mesure.service.maintenance.witness_signing.PAGE": (1, 5),
    "mesure.service.outgoing.dispatch.BATCH": (1, 3),
    "mesure.store.commitments.row_commitments.BATCHES_MAX": (1, 3),
    "mesure.store.commitments.row_commitments.RANGES_MAX": (1, 3),
    "mesure.store.interface.verify_rows.AT_ONCE": (1, 5),
    "mesure.store.keyring.file.READ_MAX": (1, 2),
}
"""Where each limit is, and what it may be."""


def is_narrow(seed: int) -> bool:
    """Tell whether a seed has any, and what else came with them."""
    return seed >= FROM_SEED


def draw(seed: int) -> dict[str, int]:
    """Return the limits that are narrow in a seed."""
    dice = Random(f"{seed} narrow limits")
    drawn = {name: (dice.random(), dice.choice(sizes)) for name, sizes in LIMITS.items()}
    return {name: size for name, (p, size) in drawn.items() if p < P_NARROW and is_narrow(seed)}


@contextmanager
def hold(limits: dict[str, int]) -> Iterator[None]:
    """Have these limits hold while this lasts."""
    with ExitStack() as stack:
        for name, size in limits.items():
            module, _, limit = name.rpartition(".")
            where = importlib.import_module(module)
            if not isinstance(getattr(where, limit), int):
                raise TypeError(f"{name} is not a count")
            stack.enter_context(mock.patch.object(where, limit, size))
        yield
