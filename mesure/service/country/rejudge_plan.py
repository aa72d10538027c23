"""Plan of a run: under which policy everybody is judged again, over what time, and in which folder.

The folder holds the plan, the policy, and a sealed file for each partition that is done. A run
with the same folder goes on; with another plan it is refused, so no run is of two policies.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from mesure.instants import to_us
from mesure.machine import file_writing
from mesure.machine.service_error import ServiceError
from mesure.record import policy_loading
from mesure.service.installation import data_folder, settings_reading
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import erase
from mesure.version import VERSION

FORM: Final = "mesure country rejudge 1"
PLAN: Final = "plan.json"
POLICY: Final = "policy.yaml"
MEMORY: Final = timedelta(days=1)  # For so long the judge remembers what lies before.
WHY: Final = "nothing was judged"


class RejudgePlan(msgspec.Struct, frozen=True):
    """What a run does; two runs with equal plans over the same archive say the same."""

    form: str
    installation: str
    engine: str
    policy: str  # The version of the new policy,
    policy_sha256: str  # and the hash of its file.
    present: str  # The version of the policy by which the service judges,
    present_sha256: str  # and the hash of its file.
    start_us: int
    until_us: int
    whole_us: int  # Before this, trails were let go by the rules of retention.


class WorkerSetup(NamedTuple):
    """Where a process finds the settings of the installation; secrets stay where they are."""

    data: Path | None
    settings: Path | None

    def load(self) -> Settings:
        """Return the settings, as this process finds them."""
        return settings_reading.load({"data": self.data}, self.settings)


def begin(
    instance: Installation, policy: Path, span: tuple[datetime, datetime], out: Path, now: datetime
) -> RejudgePlan:
    """Write down the plan in a new folder, or find that it is that of a run that was broken off."""
    if instance.settings.archive is None:
        what = "this programme archives no trails"
        remedy = "name a folder in the setting “archive”, and write it: mesure country archive"
        raise ServiceError("archive", what, WHY, remedy)
    if span[1] <= span[0]:
        what, remedy = "it is not after --from", "name a later moment"
        raise ServiceError("--until", what, WHY, remedy)
    plan = _plan(instance, policy, span, now)
    data_folder.make_private(out)
    if (out / PLAN).exists():
        return _same(out, plan)
    if any(path.name != POLICY for path in out.iterdir()):
        raise ServiceError(out, "there is something else in this folder", WHY, "name a new one")
    _write(out / POLICY, policy_loading.policy_files(policy)[-1][1])
    _write(out / PLAN, msgspec.json.format(msgspec.json.encode(plan)) + b"\n")
    return plan


def read(out: Path) -> RejudgePlan:
    """Return the plan of a folder."""
    try:
        return msgspec.json.decode((out / PLAN).read_bytes(), type=RejudgePlan)
    except (OSError, msgspec.MsgspecError):
        what, remedy = "it holds no plan of a run that this version reads", "name a new folder"
        raise ServiceError(out, what, WHY, remedy) from None


def _plan(
    instance: Installation, policy: Path, span: tuple[datetime, datetime], now: datetime
) -> RejudgePlan:
    new, new_sha256 = policy_loading.read_policy(policy)
    present, present_sha256 = policy_loading.read_policy(instance.settings.policy)
    days = erase.rules(instance.settings).days("trails_days", now.date(), now.date())
    return RejudgePlan(
        FORM,
        instance.settings.name,
        VERSION,
        new.version,
        new_sha256,
        present.version,
        present_sha256,
        to_us(span[0]),
        to_us(span[1]),
        to_us(now - timedelta(days=days) + MEMORY),
    )


_WHAT: Final = {
    "installation": "of another installation",
    "engine": "by another version of Mesure",
    "policy_sha256": "under another policy",
    "present_sha256": "beside another policy of the service",
    "start_us": "with another --from",
    "until_us": "with another --until",
}


def _same(out: Path, plan: RejudgePlan) -> RejudgePlan:
    """Return the plan that is there if it is this one; how far trails reach was settled then."""
    there = read(out)
    for name, what in _WHAT.items():
        if getattr(there, name) != getattr(plan, name):
            remedy = "name a new folder, or repeat the command as it was"
            raise ServiceError(out, f"a run was begun here {what}", WHY, remedy)
    return there


def _write(path: Path, data: bytes) -> None:
    mask = os.umask(0o077)
    try:
        file_writing.write(path, data)
    finally:
        os.umask(mask)
