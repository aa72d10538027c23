"""Device notices replayed: device reports equal those of one reading of all their messages."""

from collections.abc import Container, Iterator
from typing import Final

from mesure.actions.judging import judge_store
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind
from mesure.incidents import device_problems
from mesure.incidents.device_problems import (
    CONDITION,
    DeviceNotice,
    DeviceProblemKind,
    DeviceProblemState,
    DeviceSignal,
)
from mesure.live import device_notices
from mesure.live.load_person import EvaluationConfig
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import JudgingProgress
from mesure_lab.whole.checks import replay_differences
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.world import World

_KINDS: Final = {
    UplinkEventKind.STRAP: DeviceProblemKind.STRAP,
    UplinkEventKind.LOCATING: DeviceProblemKind.LOCATING,
}


@invariant("device_problems_by_replay", "decision 0029; docs/specs/live_judging.md")
def device_problems_by_replay(world: World) -> Iterator[str]:
    """Yield where what is kept of somebody's devices is not what hearing all of it again says."""
    with world.read_undisturbed() as reading:
        for person, config, judged in world.lives_judged(reading):
            if not world.is_varied(person):
                for difference in _differences(reading, config, judged):
                    yield f"{person.name}: {difference}"


@invariant("what_is_over_ends", "decision 0029")
def what_is_over_ends(world: World) -> Iterator[str]:
    """Yield states that are shown as lasting, and the device said last that they are over."""
    with world.read_undisturbed() as reading:
        for person, config, judged in world.lives_judged(reading):
            [duty] = judge_store.duties(reading, config.keyring, judged.person)
            _, evidence = replay_differences.hear_all(reading, config, judged, judged.until_us)
            last = {
                (report.device, _KINDS.get(report.event.what)): report.event.value
                for report in evidence.health
                if isinstance(report.event, UplinkEvent)
            }
            for state in device_notices.notices_of_order(reading, config.keyring, duty).values():
                notice = state.notice
                if notice.end_us is None and last.get((notice.device, notice.kind)):
                    yield f"{person.name}: {notice} lasts, and it was said that it is over"


def _differences(
    reading: ReadTransaction, config: EvaluationConfig, judged: JudgingProgress
) -> Iterator[str]:
    """Yield the notices that are only kept, and those that are only said."""
    [duty] = judge_store.duties(reading, config.keyring, judged.person)
    stored = device_notices.notices_of_order(reading, config.keyring, duty)
    lasted = {name for name, state in stored.items() if state.notice.day is None}
    expected = _said_again(reading, config, judged, lasted, judged.until_us)
    for name in sorted({*stored, *expected}):
        known = stored[name].notice if name in stored else None
        if known != expected.get(name):
            yield f"{known} is kept, and {expected.get(name)} is said"


def untold_notices(
    reading: ReadTransaction, config: EvaluationConfig, judged: JudgingProgress, until_us: int
) -> Iterator[DeviceNotice]:
    """Yield what devices said of themselves by then, and is not kept as it is."""
    [duty] = judge_store.duties(reading, config.keyring, judged.person)
    stored = device_notices.notices_of_order(reading, config.keyring, duty)
    lasted = {name for name, state in stored.items() if state.notice.day is None}
    kept = {
        (incident.id, incident.kind, incident.start_us, incident.end_us)
        for incident in reading.incidents_of(judged.person)
        if incident.condition == CONDITION
    }
    for notice in _said_again(reading, config, judged, lasted, until_us).values():
        if (notice.id, notice.kind.value, notice.start_us, notice.end_us) not in kept:
            yield notice


def _said_again(
    reading: ReadTransaction,
    config: EvaluationConfig,
    judged: JudgingProgress,
    lasted: Container[str],
    until_us: int,
) -> dict[str, DeviceNotice]:
    """Return, by name, what is to be reported of a person's devices, heard in the order it came.

    `lasted`: names of what was reported by itself; hearing all of it cannot show whether that was
    before its end came.
    """
    [duty] = judge_store.duties(reading, config.keyring, judged.person)
    rules, evidence = replay_differences.hear_all(reading, config, judged, until_us)
    signs = [DeviceSignal(one.device, one.event, one.received_us) for one in evidence.health]
    policy, zone = rules.policy, duty.versions[-1].zone
    health, ended = device_problems.hear(
        DeviceProblemState(), signs, policy, zone, duty.order, lasted, duty.spans
    )
    lasting = device_problems.state_notices(
        health, policy, duty.order, until_us, duty.spans, lasted
    )
    return {notice.id: notice for notice in (*ended, *lasting)}
