"""Delivery of reports to the server: late, in batches, twice or days after; and their file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mesure_lab.carrying.device import SimulatedReport
from mesure_lab.dice import Dice

# In real data one fix in seven is "received" up to 3.5 s before it was taken; the rest follow
# within seconds (`silence`, store lag 95 % 0.04-8 s).
P_CLOCK_BEHIND = 1 / 7
CLOCK_BEHIND_MS = 3500.0
LAG_MS = 400.0
# Without a network the device keeps its reports and sends them together (rate and length assumed).
OFFLINES_PER_DAY = 0.7
OFFLINE_MS = 12 * 60_000.0
OFFLINE_MS_MAX = 60 * 60_000.0
P_TWICE = 0.003  # At-least-once delivery repeats a report now and then (assumed).
TWICE_MS = (4_000.0, 90_000.0)
# A third of real traces began with a cached fix, 4 min to 13 days old, at the median 8 days.
STALE_MS_MIN = 3 * 86_400_000
REPORTS_PER_DAY = 1440.0

HEADER = "time,lat,lon,accuracy_m,speed_mps,recv_time,provider,motion,beacon"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DeliveredReport:
    """One report as the server received it."""

    report: SimulatedReport
    heard_ms: int


def deliver(
    reports: Sequence[SimulatedReport],
    offline_ms: Sequence[tuple[int, int]],
    restarts_ms: Sequence[int],
    seed: int,
) -> list[DeliveredReport]:
    """Return what the server received, in order of receipt.

    `offline_ms` are stretches in which no network failure of its own is drawn; at each of
    `restarts_ms` the device once more sends a report that was lost days before.
    """
    dice = Dice(seed, "delivery")
    result: list[DeliveredReport] = []
    offline_until_ms = 0
    for report in reports:
        starts = dice.happens(OFFLINES_PER_DAY / REPORTS_PER_DAY)
        length_ms = min(OFFLINE_MS_MAX, OFFLINE_MS * dice.around_one(4))
        is_spared = any(start <= report.taken_ms < end for start, end in offline_ms)
        if starts and not is_spared and report.taken_ms >= offline_until_ms:
            offline_until_ms = report.taken_ms + int(length_ms)
        heard_ms = max(report.taken_ms, offline_until_ms) + _lag_ms(dice)
        is_twice, again_ms = dice.happens(P_TWICE), int(dice.between(*TWICE_MS))
        if report.is_lost:
            continue
        result.append(DeliveredReport(report, heard_ms))
        if is_twice:
            result.append(DeliveredReport(report, heard_ms + again_ms))
    result.extend(_stale(reports, restarts_ms))
    return sorted(result, key=lambda delivery: (delivery.heard_ms, delivery.report.taken_ms))


def csv(deliveries: Sequence[DeliveredReport]) -> bytes:
    """Return the deliveries as a file of fixes, one line each."""
    lines = [HEADER, *(_line(delivery) for delivery in deliveries)]
    return ("\n".join(lines) + "\n").encode()


def instant(milliseconds: int) -> str:
    """Write an instant as RFC 3339 in UTC, to the millisecond.

    >>> instant(1_773_338_401_500)
    '2026-03-12T18:00:01.500Z'
    """
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def _lag_ms(dice: Dice) -> int:
    is_behind, lead_ms = dice.happens(P_CLOCK_BEHIND), dice.between(0.0, CLOCK_BEHIND_MS)
    lag_ms = LAG_MS * dice.around_one(4)
    return -int(lead_ms) if is_behind else int(lag_ms)


def _stale(reports: Sequence[SimulatedReport], restarts_ms: Sequence[int]) -> list[DeliveredReport]:
    """Return, for each restart, the last report that was lost long enough before it."""
    result = []
    for restart_ms in restarts_ms:
        lost = [r for r in reports if r.is_lost and r.taken_ms <= restart_ms - STALE_MS_MIN]
        if lost:
            result.append(DeliveredReport(lost[-1], restart_ms))
    return result


def _line(delivery: DeliveredReport) -> str:
    report = delivery.report
    speed = "" if report.speed_mps is None else f"{report.speed_mps:.2f}"
    return ",".join(
        (
            instant(report.taken_ms),
            f"{report.lat_deg:.7f}",
            f"{report.lon_deg:.7f}",
            f"{report.accuracy_m:.1f}",
            speed,
            instant(delivery.heard_ms),
            report.provider,
            str(report.motion).lower(),
            str(report.beacon).lower(),
        )
    )
