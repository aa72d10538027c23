"""Swarm: each seed draws its own mix of what can happen, so that what is rare becomes common.

Paper: A. Groce et al., Swarm testing, ISSTA 2012.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

from mesure.evaluation.policy import PolicyFile
from mesure.instants import to_us
from mesure.record.policy_loading import read_policy
from mesure_lab.whole.drawn.disk_fault_kinds import DiskFault

FIRST_DAYS: Final = (
    date(2026, 2, 2),
    date(2026, 2, 2),
    date(2026, 3, 27),  # Clocks in Paris are set forward on the 29th.
    date(2026, 10, 23),  # And back on the 25th.
    date(2028, 2, 27),  # A leap day.
    date(2026, 12, 29),  # A new year.
)
DEFAULT: Final = read_policy(None)[0]
OF_DISK: Final = tuple(one for one in DiskFault if one is not DiskFault.MEMORY)
DAYS_OF_MISSING: Final = 3  # After these a decision is out of the reach of evidence.
FORGETS: Final = {
    "stale_s": 21 * 3_600.0,
    "onset_s_max": 6 * 3_600.0,
    "jump_memory_s": 10_800.0,
    "rest_hold_s_max": 10_800.0,
    "approximate_s": 1_800.0,
    "approximate_m": 100.0,
}


def forgetful() -> PolicyFile:
    """Return the policy with memories of hours, so that some days cross many cuts."""
    values = dict(DEFAULT.values)
    for name, value in FORGETS.items():
        values[name] = tuple((day, dict.fromkeys(by, value)) for day, by in values[name])
    return PolicyFile("forgetful", values)


def policy_file(swarm: "Swarm", folder: Path) -> Path | None:
    """Return the programme's own file of thresholds, as it is written into a folder; None: none."""
    if not swarm.is_forgetful:
        return None
    lines = ["policy: Forgetful", "version: forgetful", "thresholds:"]
    for name, value in {**FORGETS, "stale_s": swarm.stale_h * 3_600.0}.items():
        lines += [
            f"  {name}:", "    unit: seconds", "    reason: So that some days cross many cuts.",
            "    reference: decision 0051", f"    values: [{{from: 2000-01-01, value: {value:g}}}]",
        ]  # fmt: skip
    path = folder / "policy.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


class PhoneWay(StrEnum):
    """How the phone of somebody in a pilot reports."""

    OSMAND = "osmand"
    TRACCAR_CLIENT = "traccar_client"
    OWNTRACKS = "owntracks"
    MQTT = "mqtt"  # OwnTracks by a broker.


@dataclass(frozen=True)
class Swarm:
    """What happens in the life of a seed, and how often."""

    persons: int
    days: int
    first_day: date
    is_forgetful: bool
    # Of each transfer of a device.
    p_lost: float
    p_answer_lost: float
    p_twice: float
    p_late_copy: float
    p_shuffled: float
    p_offline: float  # That a device then says nothing for hours.
    # Of each hour.
    p_fault: float
    faults: tuple[DiskFault, ...]
    p_restart: float
    p_clock_step: float
    p_outside_down: float  # Mail and webhooks, of each delivery.
    p_judged_later: float  # That a step of the worker is left out.
    acts_per_day: float  # What people do with the records of each person.
    p_rotated: float  # That a device takes a new key, of each day.
    is_erased: bool  # One of the persons, on the last day.
    is_restored: bool
    is_handed_on: bool
    is_outlived: bool  # What is due for erasure in the year after.
    # Drawn later than the others, so that earlier seeds kept what they had.
    is_kept_and_missed: bool  # Somebody more, who keeps an appointment and misses the next.
    is_corrected: bool  # An order is corrected backwards, long after.
    sign_ins_per_day: float  # Of who works there, and of strangers at their accounts.
    phone_way: PhoneWay | None  # Of somebody more, who carries a phone that nobody signs for.
    stale_h: float  # How old what comes may be: the shorter, the sooner anything is settled.
    p_restart_between: float  # That it starts anew between a message and its judging.
    p_taken_over: float  # That another server judges from then on, of each hour.
    p_struck_erasing: float  # That a fault strikes while somebody is erased.
    # Drawn by dice of their own, for the same reason.
    has_two_nodes: bool  # Two services over one store, of which one leads.
    p_stands_still: float  # Of each hour: that the one that leads stands still, or is cut off.
    in_hand_max: int | None  # How many persons a worker holds in memory; None: as in service.
    keys_per_day: float  # Of passkeys and the directory, of who works there.
    is_link_left: bool  # Somebody lets their link lie until it is over.

    @property
    def begin_us(self) -> int:
        """Return the first instant."""
        return to_us(datetime.combine(self.first_day, time(), UTC))


def draw(seed: int) -> Swarm:
    """Return the mix of a seed."""
    dice = Random(f"swarm {seed}")

    def at_times(*values: float) -> float:
        return dice.choice((0.0, *values))

    later, newest = Random(f"swarm {seed} later"), Random(f"swarm {seed} newest")
    faults: list[DiskFault] = [one for one in OF_DISK if dice.random() < 0.5]
    if later.random() < 0.3:
        faults.append(DiskFault.MEMORY)
    has_two_nodes = newest.random() < 0.3
    persons, days = dice.choice((1, 1, 2, 2, 3)), dice.choice((2, 2, 3, 3, 4))
    return Swarm(
        persons=persons,
        days=days,
        first_day=dice.choice(FIRST_DAYS),
        is_forgetful=dice.random() < 0.8,
        p_lost=at_times(0.02, 0.2),
        p_answer_lost=at_times(0.05, 0.3),
        p_twice=at_times(0.05, 0.3),
        p_late_copy=at_times(0.05, 0.2),
        p_shuffled=at_times(0.3),
        p_offline=at_times(0.02, 0.1),
        p_fault=at_times(0.03, 0.12) if faults else 0.0,
        faults=tuple(faults),
        p_restart=at_times(0.01, 0.05),
        p_clock_step=at_times(0.02),
        p_outside_down=at_times(0.2, 0.6),
        p_judged_later=at_times(0.1, 0.5),
        acts_per_day=dice.choice((4.0, 8.0, 16.0)),
        p_rotated=at_times(1.0),
        is_erased=dice.random() < 0.4,
        is_restored=dice.random() < 0.3,
        is_handed_on=dice.random() < 0.2,
        is_outlived=dice.random() < 0.3,
        is_kept_and_missed=later.random() < 0.4 and days == DAYS_OF_MISSING,
        is_corrected=later.random() < 0.3,
        stale_h=later.choice((21.0, 5.0)),
        p_restart_between=later.choice((0.0, 0.0, 0.02, 0.1)),
        p_struck_erasing=later.choice((0.0, 1.0)),
        p_taken_over=later.choice((0.0, 0.0, 0.06)),
        sign_ins_per_day=later.choice((0.0, 6.0, 20.0)),
        phone_way=later.choice((None, None, None, *PhoneWay, PhoneWay.MQTT)),
        has_two_nodes=has_two_nodes,
        p_stands_still=newest.choice((0.04, 0.2)) if has_two_nodes else 0.0,
        in_hand_max=newest.choice((None, None, 1)),
        keys_per_day=newest.choice((0.0, 0.0, 8.0)),
        is_link_left=newest.random() < 0.4,
    )


CALM: Final = Swarm(
    persons=1, days=1, first_day=FIRST_DAYS[0], is_forgetful=True,
    p_lost=0.0, p_answer_lost=0.0, p_twice=0.0, p_late_copy=0.0, p_shuffled=0.0, p_offline=0.0,
    p_fault=0.0, faults=(), p_restart=0.0, p_clock_step=0.0, p_outside_down=0.0,
    p_judged_later=0.0, acts_per_day=0.0, p_rotated=0.0,
    is_erased=False, is_restored=False, is_handed_on=False, is_outlived=False,
    is_kept_and_missed=False, is_corrected=False, stale_h=21.0,
    p_restart_between=0.0, p_struck_erasing=0.0,
    p_taken_over=0.0, sign_ins_per_day=0.0, phone_way=None, has_two_nodes=False, p_stands_still=0.0,
    in_hand_max=None, keys_per_day=0.0, is_link_left=False,
)  # fmt: skip
"""A world in which everything arrives."""
