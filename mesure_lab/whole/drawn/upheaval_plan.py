"""Upheaval plan: which upheavals a seed has, and when; drawn by dice of their own.

Seeds before `FROM_SEED` have none, so that they live what they lived. Those that have the work of
the office alone have none either; from `BESIDE_OFFICE_FROM` on a seed has both.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.office_days import OFFICE_FROM
from mesure_lab.whole.drawn.random_persons import DrawnPerson
from mesure_lab.whole.drawn.scenery import H, M
from mesure_lab.whole.drawn.swarm import FORGETS, Swarm

FROM_SEED: Final = 8_000
BESIDE_OFFICE_FROM: Final = 10_000
NOBODY: Final = -1
HOURS_BEFORE_END: Final = 6  # Or nothing would come after it.


class UpheavalKind(StrEnum):
    """What kind of upheaval it is."""

    POLICY = "policy"  # The programme brings other thresholds.
    UPGRADE = "upgrade"  # Another version of the program, which cannot read what was kept.
    LOSE = "lose"  # A device is lost and retired, and another one takes its place.
    TEAR = "tear"  # The machine goes off between two writes of plain files.
    LEAP = "leap"  # The machine's clock is wrong by hours for a while.
    FILL = "fill"  # The disk has no room for minutes.
    LOSE_KEY = "lose_key"  # The key of a person is gone for minutes.
    END_WRONGLY = "end_wrongly"  # An early end is entered, changed and taken back.


TIMES: Final = {
    UpheavalKind.POLICY: (0, 0, 1, 2),
    UpheavalKind.UPGRADE: (0, 0, 1),
    UpheavalKind.TEAR: (0, 1, 3),
    UpheavalKind.LEAP: (0, 0, 1),
}
P_LOST: Final = 0.4  # Of each person: that their device is lost.

UpheavalEvent = tuple[int, UpheavalKind, int, int]


def has_upheavals(seed: int) -> bool:
    """Tell whether a seed has any."""
    return FROM_SEED <= seed < OFFICE_FROM or seed >= BESIDE_OFFICE_FROM


def events(seed: int, swarm: Swarm, persons: list[DrawnPerson]) -> Iterator[UpheavalEvent]:
    """Yield the upheavals of a seed: when, which, of whom, and the number of its kind."""
    if not has_upheavals(seed):
        return
    for kind, times in TIMES.items():
        dice = Random(f"{seed} {kind}")
        for number in range(dice.choice(times)):
            yield _instant(swarm, dice), kind, NOBODY, number
    dice = Random(f"{seed} losses")
    for number in range(len(persons)):
        if dice.random() < P_LOST:
            yield _instant(swarm, dice), UpheavalKind.LOSE, number, 0
    if narrow_limits.is_narrow(seed):
        yield _instant(swarm, dice), UpheavalKind.FILL, NOBODY, 0
        person = dice.randrange(len(persons))
        yield _instant(swarm, dice), UpheavalKind.LOSE_KEY, person, 0
        yield from _wrong_ends(swarm, dice, persons)


def _wrong_ends(swarm: Swarm, dice: Random, persons: list[DrawnPerson]) -> Iterator[UpheavalEvent]:
    """Yield the steps of early ends that are wrong: of who is freed early, and of somebody else."""
    somebody = dice.randrange(len(persons))
    for number, person in enumerate(persons):
        if person.ended_us is None and number != somebody:
            continue
        first_us = _instant(swarm, dice) if person.ended_us is None else person.ended_us - 5 * H
        is_taken_back = person.ended_us is None or dice.random() < 0.5
        for step in range(4 if is_taken_back else 3):
            yield first_us + step * H + step * M, UpheavalKind.END_WRONGLY, number, step


def slow_share(seed: int) -> float:
    """Return how many letters a mail server takes its time over."""
    return Random(f"{seed} slow").choice((0.0, 0.0, 0.3, 1.0)) if has_upheavals(seed) else 0.0


def _instant(swarm: Swarm, dice: Random) -> int:
    hours = swarm.days * 24 - HOURS_BEFORE_END
    return swarm.begin_us + H + dice.randrange(hours * 60) * M + dice.randrange(M)


# --- Another policy ------------------------------------------------------------------------------

_SECONDS: Final = "seconds"
_CHANCE: Final = "chance of being on the wrong side"
CHANGES: Final[dict[str, tuple[str, tuple[float, ...]]]] = {
    "silence_s": (_SECONDS, (300.0, 1_200.0, 5_400.0)),
    "silence_incident_s": (_SECONDS, (3_600.0, 21_600.0)),
    "p_not_met": (_CHANCE, (0.9, 0.99)),
    "correlation_s": (_SECONDS, (300.0, 1_200.0)),
    "late_s": (_SECONDS, (10.0, 90.0)),
    "reopen_s": (_SECONDS, (300.0, 1_800.0)),
    "stale_s": (_SECONDS, (18_000.0, 75_600.0, 172_800.0)),
    "onset_s_max": (_SECONDS, (10_800.0, 21_600.0)),
    "jump_s_max": (_SECONDS, (1_800.0,)),
    "not_charging_s": (_SECONDS, (3_600.0, 10_800.0)),
}
"""Thresholds that a programme may change, each with its unit and what it becomes."""


def policy_file(seed: int, number: int, swarm: Swarm, folder: Path) -> Path:
    """Write the thresholds that a programme brings at its nth change; return the file."""
    dice = Random(f"{seed} policy {number}")
    names = dice.sample(sorted(CHANGES), dice.randint(1, 4))
    values = {**FORGETS, "stale_s": swarm.stale_h * 3_600.0} if swarm.is_forgetful else {}
    values |= {name: dice.choice(CHANGES[name][1]) for name in names}
    version = f"changed-{number}"
    lines = ["policy: Changed", f"version: {version}", "thresholds:"]
    for name, value in values.items():
        unit = CHANGES[name][0] if name in CHANGES else _SECONDS
        lines += [
            f"  {name}:", f"    unit: {unit}", "    reason: The programme wants it so.",
            "    reference: decision 0021", f"    values: [{{from: 2000-01-01, value: {value:g}}}]",
        ]  # fmt: skip
    path = folder / f"policy-{number}.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path
