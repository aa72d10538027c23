"""Assemble one person's fixes from several files, with the reason why other rows are unused.

Invariant: read = used + rest claims + unused, and the same rows in other files or in another order
give the same columns, but for the numbers of the rows.

Why a row is not used, in the order in which it is asked: `other_trace`, `not_a_track` (a saved
place or a planned route) or what the file itself says of it, `out_of_range` (no place on Earth, or
0/0, or no readable time), `heartbeat`, `future`, `stale`, `after_until`, `duplicate` (of a row that
would otherwise be used: the same time and place; the first received is kept).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Self

import numpy as np

from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.apps import topics
from mesure.formats.columns import traces
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import (
    NO_TIME,
    Bools,
    ClaimedProvider,
    FileNotes,
    FileRows,
    UnusedReason,
    is_believed,
    is_claim,
    is_placed,
    replace_where,
)
from mesure.geo.fixes import (
    F64,
    I8,
    I64,
    NOT_KNOWN,
    POSITION,
    SINCE_FIX,
    Fixes,
    Provider,
    claim_rest,
    merge,
    sort,
)
from mesure.instants import CREDIBLE_FROM_US, US_PER_S

SPEED_MPS_MAX: Final = 1_000.0  # Three times an airliner's; beyond it no device knows its speed.

# A receiver that counts 10 bits of weeks is 1,024 weeks behind after April 2019.
ROLLOVER_US: Final = 7_168 * 86_400 * US_PER_S
ROLLOVER_SLACK_US: Final = 3_600 * US_PER_S


class ClaimRules(NamedTuple):
    """How what a device claims is read; the policy gives the reasons."""

    radius95_ratio: float  # How much wider the circle is that holds the truth 95 % of the time,
    wifi_above_m: float  # and what the claim shows where the device does not say how it knew:
    cell_from_m: float  # iOS jumps from 65 m (Wi-Fi) to over 500 m (cells).


@dataclass(frozen=True, slots=True)
class AssembledFixes:
    """What there is to judge one person by, and the rows that are not used."""

    fixes: Fixes
    rest_claims: Fixes  # Signs of life by which the device says that it lies still.
    unused: Mapping[str, Fixes]  # Reason -> rows, sorted alike; empty reasons are left out.
    last_receipt_us: int | None  # None: no row of this person has a readable place and time.
    clock_corrected_row: I64  # Rows whose clock was 1,024 weeks behind, by their receipt.
    notes: tuple[FileNotes, ...] = ()  # What is to be said of each file.

    @property
    def read(self) -> int:
        """Return how many rows the files have."""
        return len(self.fixes) + len(self.rest_claims) + sum(self.kept_unused.values())

    @property
    def to_judge(self) -> Fixes:
        """Return all that is judged: the fixes and the rest claims."""
        return merge(self.fixes, self.rest_claims)

    @property
    def still_us(self) -> list[tuple[int, int]]:
        """Return from when until when the device says that it lay still, joined.

        A sign that does not say since when speaks for the time since the last fix.
        """
        claims, taken_us = self.rest_claims, self.fixes.observed_us
        if not len(claims):
            return []
        numbers = np.searchsorted(taken_us, claims.observed_us, side="right")
        fix_us = np.append(0, taken_us)[numbers]
        fix_us = np.where(numbers > 0, fix_us, claims.observed_us)
        since_us = np.where(claims.rest_us == SINCE_FIX, fix_us, claims.rest_us)
        spans: list[tuple[int, int]] = []
        for start_us, end_us in zip(since_us.tolist(), claims.observed_us.tolist(), strict=True):
            if start_us > end_us:
                continue  # It moves.
            first_us = start_us
            while spans and first_us <= spans[-1][1]:
                first_us = min(first_us, spans.pop()[0])
            spans.append((first_us, end_us))
        return spans

    def with_rows(self, row: I64) -> Self:
        """Return the same, its rows known by other numbers: of each row read, its own."""

        def renumber(fixes: Fixes) -> Fixes:
            return replace(fixes, row=row[fixes.row])

        unused = {reason: renumber(rows) for reason, rows in self.unused.items()}
        return replace(
            self,
            fixes=renumber(self.fixes),
            rest_claims=renumber(self.rest_claims),
            unused=unused,
            clock_corrected_row=row[self.clock_corrected_row],
        )

    @property
    def kept_unused(self) -> dict[str, int]:
        """Return how many rows were kept and not used, by reason."""
        return {reason: len(rows) for reason, rows in self.unused.items()}


def gather(
    records: Sequence[FileRows],
    *,
    trace: str | None,
    device_class: DeviceClass,
    until_us: int | None,
    policy: Policy,
) -> AssembledFixes:
    """Return the fixes of one person. Rows are numbered through the records in the order given.

    `until_us` None: nothing is after it, and the moment of looking is the last receipt.
    """
    record = traces.join(records)
    mine = traces.of_one_person(record, trace)
    read_by = claims_of(policy, device_class)
    rows = columns(record, device_class, read_by)
    observed_us = correct_rollover(rows.observed_us, rows.received_us)
    corrected, rows = observed_us != rows.observed_us, replace(rows, observed_us=observed_us)
    reason = np.where(mine, UnusedReason.NONE, UnusedReason.OTHER_TRACE).astype(np.int8)
    _mark_unfit(reason, rows, record)
    claims_rest = (reason == UnusedReason.HEARTBEAT) & (record.rest_us != POSITION)
    claims_rest &= is_believed(rows.observed_us)
    last_us = _last_us(
        rows.received_us[(reason == UnusedReason.NONE) | (reason == UnusedReason.HEARTBEAT)]
    )
    reason[claims_rest] = UnusedReason.NONE
    _mark_untimely(reason, rows, until_us, policy)
    reason[_repeats(rows, np.flatnonzero(reason == UnusedReason.NONE))] = UnusedReason.DUPLICATE
    is_used = reason == UnusedReason.NONE
    return AssembledFixes(
        fixes=_sorted(rows, np.flatnonzero(is_used & ~claims_rest)),
        rest_claims=_rest_claims(rows, np.flatnonzero(is_used & claims_rest), record.rest_us),
        unused=_unused(rows, reason),
        last_receipt_us=last_us,
        clock_corrected_row=np.flatnonzero(corrected & mine),
        notes=tuple(_of_trace(one, trace) for one in record.notes),
    )


def device_class_of(
    records: Sequence[FileRows], trace: str | None, requested: DeviceClass | None
) -> DeviceClass:
    """Return the class of device to judge by: what was asked for, what the files say, or a phone.

    Where the files say by which class their fixes were judged, another comes to other answers. Of
    several traces none is chosen here: `gather` refuses to guess which is meant.
    """
    notes = [note for record in records for note in record.notes]
    named = [(name, device_class) for note in notes for name, device_class in note.classes]
    names = {name for name, _ in named if name}
    classes = {device_class for name, device_class in named if name in ("", trace or name)}
    if not classes or requested in classes or (trace is None and len(names) > 1):
        return requested or DeviceClass.PHONE
    if requested is None and len(classes) == 1:
        return classes.pop()
    raise FixesError(
        ", ".join(dict.fromkeys(note.file for note in notes)),
        f"its fixes come from a {' and a '.join(sorted(classes))}",
        "by the thresholds of another class of device other answers come out",
        "leave --device-class out"
        if requested
        else "name with --device-class what the person carried first under the order",
    )


def _of_trace(notes: FileNotes, trace: str | None) -> FileNotes:
    """Return the notes of one trace: its own device's, by its name or the topic of OwnTracks."""
    if trace is None:
        return notes
    device = topics.read(trace).claimed or trace
    return replace(notes, events=tuple(one for one in notes.events if one.device == device))


def _mark_unfit(reason: I8, rows: Fixes, record: FileRows) -> None:
    """Mark rows that are no fix: no place or time, or a sign of life that repeats a position."""
    has_reason = (record.reason != UnusedReason.NONE) & (record.reason != UnusedReason.HEARTBEAT)
    if has_reason.any():
        np.copyto(reason, record.reason, where=has_reason & (reason == UnusedReason.NONE))
    _mark(reason, _out_of_range(rows, record.reason), UnusedReason.OUT_OF_RANGE)
    _mark(reason, record.reason == UnusedReason.HEARTBEAT, UnusedReason.HEARTBEAT)
    repeating = np.flatnonzero(record.repeats & (reason == UnusedReason.NONE))
    reason[_repeats(rows, repeating)] = UnusedReason.HEARTBEAT


def _mark_untimely(reason: I8, rows: Fixes, until_us: int | None, policy: Policy) -> None:
    """Mark rows from the future, too old when they came, or received after the last look."""
    age_us = rows.received_us - rows.observed_us
    _mark(reason, age_us < -int(policy.future_s * US_PER_S), UnusedReason.FUTURE)
    _mark(reason, age_us > int(policy.stale_s * US_PER_S), UnusedReason.STALE)
    if until_us is not None:
        _mark(reason, rows.received_us >= until_us, UnusedReason.AFTER_UNTIL)


def _rest_claims(rows: Fixes, index: I64, rest_us: I64) -> Fixes:
    """Return some rows as rest claims; the place that some repeat is none."""
    observed_us, received_us = rows.observed_us[index], rows.received_us[index]
    return sort(claim_rest(observed_us, received_us, rest_us[index], rows.row[index]))


def claims_of(policy: Policy, device_class: DeviceClass) -> ClaimRules:
    """Return how the claims of one class of devices are read, whichever class is judged by."""
    phone_ratio = policy.radius95_per_reported_phone_ratio
    tag_ratio = policy.radius95_per_reported_tag_ratio
    ratio = phone_ratio if device_class is DeviceClass.PHONE else tag_ratio
    return ClaimRules(ratio, policy.wifi_above_m, policy.cell_from_m)


def columns(record: FileRows, device_class: DeviceClass, read_by: ClaimRules) -> Fixes:
    """Return all rows as fixes; here, and nowhere else, a reported radius becomes a radius95."""
    speed_mps = record.speed_mps
    fast = (speed_mps < 0.0) | (speed_mps > SPEED_MPS_MAX)
    claimed_m = np.where(is_claim(record.reported_m), record.reported_m, np.nan)
    radius95_m = replace_where(claimed_m * read_by.radius95_ratio, record.is_radius95, claimed_m)
    return Fixes(
        observed_us=record.observed_us,
        received_us=record.received_us,
        lat_deg=_one_zero(record.lat_deg),
        lon_deg=_one_zero(record.lon_deg),
        radius95_m=radius95_m,
        speed_mps=_one_zero(replace_where(speed_mps, fast, np.nan)),
        motion=record.motion,
        beacon=record.beacon,
        provider=_provider(record, device_class, read_by),
        row=np.arange(len(record), dtype=np.int64),
        rest_us=record.rest_us,
    )


def _one_zero(column: F64) -> F64:
    """Return a column without negative zeros, so that equal numbers are equal bytes."""
    return replace_where(column, column == 0.0, 0.0)


def _provider(record: FileRows, device_class: DeviceClass, read_by: ClaimRules) -> I8:
    """Return the provider of each row: what the device said, or what its claim looks like.

    "network" without a claim may be a cell tower a mile away, so it is taken for one: doubt about
    a position is not held against the person. What this program has read once before, from
    whatever class of device, stays what it was.
    """
    if device_class is DeviceClass.GNSS_TAG:
        of_tags = np.full(len(record), Provider.GNSS, np.int8)
        of_tags[record.is_radius95 & ~is_claim(record.reported_m)] = Provider.UNKNOWN
        return _as_said(of_tags, record.said, where=record.is_radius95)
    claimed_providers = record.said
    narrowed_m = record.reported_m / read_by.radius95_ratio
    claimed_m = replace_where(record.reported_m, record.is_radius95, narrowed_m)
    claims, network = is_claim(claimed_m), claimed_providers == ClaimedProvider.NETWORK
    provider = np.full(len(record), Provider.UNKNOWN, np.int8)
    provider[claims] = Provider.GNSS
    provider[claims & (network | (claimed_m > read_by.wifi_above_m))] = Provider.WIFI
    provider[(claims & (claimed_m >= read_by.cell_from_m)) | (network & ~claims)] = Provider.CELL
    return _as_said(provider, claimed_providers)


def _as_said(provider: I8, claimed_providers: I8, *, where: Bools | bool = True) -> I8:
    for word, code in _PROVIDER_SAID.items():
        provider[(claimed_providers == word) & where] = code
    return provider


_PROVIDER_SAID: Final = {
    ClaimedProvider.GNSS: Provider.GNSS,
    ClaimedProvider.WIFI: Provider.WIFI,
    ClaimedProvider.CELL: Provider.CELL,
}


def correct_rollover(observed_us: I64 | int, received_us: I64 | int) -> I64:
    """Return times by clocks set right that a receipt proves to be 1,024 weeks behind."""
    beyond_us = received_us - observed_us - ROLLOVER_US
    behind = (beyond_us >= -ROLLOVER_SLACK_US) & (beyond_us <= ROLLOVER_SLACK_US)
    return np.where(behind, observed_us + ROLLOVER_US, observed_us)


def _out_of_range(rows: Fixes, marked: I8) -> Bools:
    """Say which rows have no place on Earth or no time. A heartbeat need not have a place."""
    lat_deg, lon_deg = rows.lat_deg, rows.lon_deg
    placed = is_placed(lat_deg, lon_deg)
    timed = is_believed(rows.observed_us) & is_believed(rows.received_us)
    bare = (marked == UnusedReason.HEARTBEAT) & np.isnan(lat_deg) & np.isnan(lon_deg)
    good: Bools = (placed & timed) | bare
    return ~good


def _last_us(received_us: I64) -> int | None:
    last = int(received_us.max(initial=NO_TIME))
    return last if last >= CREDIBLE_FROM_US else None


def _mark(reason: I8, rows: Bools, why: UnusedReason) -> None:
    reason[(reason == UnusedReason.NONE) & rows] = why


def _unused(rows: Fixes, reason: I8) -> dict[str, Fixes]:
    """Return the rows that are not used, by reason."""
    if not reason.any():
        return {}
    index_by_word = {
        why.word: np.flatnonzero(reason == why)
        for why in UnusedReason
        if why is not UnusedReason.NONE
    }
    return {
        word: _nameless(index) if word == UnusedReason.OTHER_TRACE.word else _sorted(rows, index)
        for word, index in index_by_word.items()
        if len(index)
    }


def _nameless(row: I64) -> Fixes:
    """Return rows that show only their number; another person's places are not ours to see."""
    time_us, value = np.full(len(row), NO_TIME), np.full(len(row), np.nan)
    flag = np.full(len(row), NOT_KNOWN, np.int8)
    provider = np.full(len(row), Provider.UNKNOWN, np.int8)
    return Fixes(time_us, time_us, value, value, value, value, flag, flag, provider, row)


def _sorted(rows: Fixes, index: I64) -> Fixes:
    """Return some of the rows in the order that `Fixes` promises."""
    order = _by_time(rows, index, ("radius95_m", "lat_deg", "lon_deg", "received_us"))
    if len(order) == len(rows) and (order[1:] > order[:-1]).all():  # All, as they are.
        return Fixes(*(np.ascontiguousarray(getattr(rows, name)) for name in Fixes.__slots__))
    return rows.rows(order)


def _repeats(rows: Fixes, index: I64) -> I64:
    """Return which of the rows repeat the time and place of one that was received earlier."""
    if len(index) < 2:
        return index[:0]
    order = _by_time(rows, index, ("lat_deg", "lon_deg", "received_us", "radius95_m"))
    time_us = rows.observed_us[order]
    same = np.flatnonzero(time_us[1:] == time_us[:-1])  # Few among millions.
    for column in (rows.lat_deg, rows.lon_deg):
        same = same[column[order[same + 1]] == column[order[same]]]
    return order[same + 1]


_REST: Final = ("speed_mps", "motion", "beacon", "provider")


def _by_time(rows: Fixes, index: I64, ties: tuple[str, ...]) -> I64:
    """Return the rows by time; equal times by these columns and then by all others.

    Only rows that share their time are compared beyond it: a few, where sorting all by ten columns
    would cost more than everything else here.
    """
    order, time_us = index, rows.observed_us[index]
    if (time_us[1:] < time_us[:-1]).any():
        by_time = np.argsort(time_us, kind="stable")
        order, time_us = index[by_time], time_us[by_time]
    shared = np.zeros(len(order), np.bool_)
    shared[1:] = time_us[1:] == time_us[:-1]
    shared[:-1] |= shared[1:]
    if not shared.any():
        return order
    tied = order[shared]
    for name in (*reversed(_REST), *reversed(ties), "observed_us"):
        tied = tied[np.argsort(getattr(rows, name)[tied], kind="stable")]
    sorted_ = order.copy()
    sorted_[shared] = tied
    return sorted_
