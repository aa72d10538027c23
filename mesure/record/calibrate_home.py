"""Home calibration from files: tells an officer what point to enter, or why none.

No file is changed: what is printed becomes law only when an officer has entered it and a second
one has confirmed it. Decision: docs/decisions/0024-home-is-calibrated-in-the-open.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from mesure.evaluation.feasibility import home_calibration
from mesure.evaluation.feasibility.home_calibration import (
    CalibrationProposal,
    CalibrationRefusal,
    Confirmed,
    HomeOffset,
)
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats import fixes_files
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.stored import assemble_fixes
from mesure.formats.stored.assemble_fixes import AssembledFixes, gather
from mesure.geo.fixes import Fixes, Provider
from mesure.instants import to_datetime, to_us
from mesure.machine import file_loading, timezones
from mesure.machine.progress import ProgressStages
from mesure.orders.clock import durations
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order as reading
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.text.order_faults import FileFault, OrderError, join_names, quote
from mesure.orders.values.places import Circle
from mesure.orders.wording import calibration_sentences
from mesure.orders.wording.place_sentences import number
from mesure.record.policy_loading import read_policy
from mesure.record.replay import read_order
from mesure.reports.replay import report_words
from mesure.reports.replay.replay_report import FileSummary
from mesure.reports.text import visible_text

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CalibrationRequest:
    """What to measure: `enrolled` None takes the periods that the home beacon confirms."""

    order: Path
    fixes: tuple[Path, ...]
    enrolled: tuple[datetime, datetime] | None
    place: str = "home"
    policy: Path | None = None
    trace: str | None = None
    device_class: DeviceClass | None = None  # As in a request to replay.


class CalibrationResult(NamedTuple):
    """What is said, and whether there is a point to enter."""

    text: str
    is_proposed: bool


def tell(
    request: CalibrationRequest, catalogue: Catalogue, stages: ProgressStages | None = None
) -> CalibrationResult:
    """Return the proposal in words; raises `OrderError` or `FixesError` for what is unreadable."""
    stages = stages or ProgressStages()
    timezones.pin()
    stages.reach("reading the order")
    [version] = reading.versions([read_order(request.order)])
    home = _home(version, request.place)
    day = version.in_force.start.astimezone(version.zone).date()
    stages.reach("reading the fixes")
    records = _records(request)
    device_class = assemble_fixes.device_class_of(records, request.trace, request.device_class)
    policy = read_policy(request.policy)[0].at(day, device_class)
    gathered = gather(
        records, trace=request.trace, device_class=device_class, until_us=None, policy=policy
    )
    fixes = gathered.fixes
    stages.reach(f"measuring by {len(fixes):,} fixes")
    confirmed = _confirmed(request, fixes, policy)
    proposal = home_calibration.propose(home, fixes, confirmed, policy)
    lines = [
        *_of_files(gathered, catalogue),
        *_measured(request.place, proposal, catalogue),
        *_refused(proposal, policy, catalogue),
        *_entry(request, version, proposal, confirmed, catalogue),
    ]
    text = "".join(f"{visible_text.visible(line)}\n" for line in lines)
    return CalibrationResult(text, proposal.point is not None)


def _home(version: OrderVersion, name: str) -> Circle:
    place = version.places.get(name)
    if place is None:
        what = f"the order has no place called {quote(name)}"
        remedy = f"name one of {join_names(version.places)} with --place"
        raise OrderError(
            [FileFault(version.file, None, "places", what, "nothing to measure", remedy)]
        )
    match place.shapes:
        case [Circle() as circle]:
            return circle
    what = f"the place {quote(name)} is no circle"
    why = "only a circle round an address is measured again"
    remedy = "name the home with --place"
    raise OrderError([FileFault(version.file, None, f"places.{name}", what, why, remedy)])


def _records(request: CalibrationRequest) -> list[FileRows]:
    data = [
        file_loading.read_file(path, "nothing is measured without it") for path in request.fixes
    ]
    return [
        fixes_files.read(path.name, content)
        for path, content in zip(request.fixes, data, strict=True)
    ]


def _confirmed(request: CalibrationRequest, fixes: Fixes, policy: Policy) -> tuple[Confirmed, ...]:
    if request.enrolled is None:
        return home_calibration.beacon_periods(fixes, policy)
    start, end = request.enrolled
    return ((to_us(start), to_us(end)),)


# --- In words ------------------------------------------------------------------------------------


def _of_files(gathered: AssembledFixes, catalogue: Catalogue) -> Iterator[str]:
    files = [FileSummary(one.file, one.unread, one.has_accuracy) for one in gathered.notes]
    for heading, line in report_words.of_files(catalogue, files):
        yield f"{heading}. {line}"


def _measured(place: str, proposal: CalibrationProposal, catalogue: Catalogue) -> Iterator[str]:
    shown = proposal.shown
    yield catalogue.text("“{place}”, in {duration} of confirmed time:").format(
        place=place, duration=_duration(proposal.confirmed_s, catalogue)
    )
    yield f"  {_where(shown, catalogue)}"
    for provider, part in proposal.by_provider:
        source = _source(provider, catalogue)
        yield f"  {source.format(what=_where(part, catalogue))}"


def _where(shown: HomeOffset, catalogue: Catalogue) -> str:
    ways = calibration_sentences.ways(shown.north_m, shown.east_m, catalogue)
    counts = catalogue.text("{fixes} fixes, independent pieces of evidence: {pieces}.").format(
        fixes=report_words.count(shown.fixes), pieces=report_words.count(shown.pieces)
    )
    if not shown.fixes:
        return counts
    where = catalogue.text("The device shows it at the address.")
    if ways:
        where = catalogue.text("The device shows it {ways} of the address.").format(ways=ways)
    spread = catalogue.text("Half of the evidence lies within {spread} m of that point.").format(
        spread=round(shown.spread_m)
    )
    return f"{where} {spread} {counts}"


def _source(provider: Provider, catalogue: Catalogue) -> str:
    if provider is Provider.GNSS:
        return catalogue.text("By satellites: {what}")
    if provider is Provider.WIFI:
        return catalogue.text("By Wi-Fi: {what}")
    return catalogue.text("By other means: {what}")


def _duration(time_s: float, catalogue: Catalogue) -> str:
    return durations.in_list(time_s, catalogue)


def _refused(proposal: CalibrationProposal, policy: Policy, catalogue: Catalogue) -> Iterator[str]:
    for refusal in proposal.refusals:
        yield _refusal(refusal, policy, catalogue)
    if proposal.refusals:
        yield catalogue.text("There is nothing to enter.")


def _refusal(refusal: CalibrationRefusal, policy: Policy, catalogue: Catalogue) -> str:
    if refusal is CalibrationRefusal.TOO_SHORT:
        return catalogue.text("At least {least} of confirmed time with fixes is needed.").format(
            least=_duration(policy.home_calibration_confirmed_s_min, catalogue)
        )
    if refusal is CalibrationRefusal.TOO_LITTLE:
        return catalogue.text(
            "At least {least} independent pieces of evidence are needed; each takes {time}."
        ).format(
            least=number(policy.home_calibration_evidence_ratio_min),
            time=_duration(policy.correlation_s, catalogue),
        )
    if refusal is CalibrationRefusal.SCATTERED:
        return catalogue.text(
            "The fixes do not agree: half of them would have to lie within {limit} m."
        ).format(limit=number(policy.home_calibration_spread_m_max))
    return catalogue.text(
        "That is more than {limit} m away. The address may be wrong: ask the officer to check it."
    ).format(limit=number(policy.home_calibration_far_m))


def _entry(
    request: CalibrationRequest,
    version: OrderVersion,
    proposal: CalibrationProposal,
    confirmed: tuple[Confirmed, ...],
    catalogue: Catalogue,
) -> Iterator[str]:
    """Yield the lines to enter, to count from the end of what was confirmed on."""
    if proposal.point is None:
        return
    if proposal.is_capped:
        ways = calibration_sentences.ways(proposal.north_m, proposal.east_m, catalogue)
        yield catalogue.text(
            "A point may not lie so far off. The one below lies {ways} of the address."
        ).format(ways=ways)
    lat_deg, lon_deg = proposal.point
    ended = to_datetime(max(end_us for _, end_us in confirmed)) + MINUTE - timedelta.resolution
    since = ended.astimezone(version.zone).replace(second=0, microsecond=0, tzinfo=None)
    during = "beacon" if request.enrolled is None else "enrolment"
    yield ""
    yield catalogue.text(
        "For “{place}” in {file}; one officer enters it, a second one confirms it:"
    ).format(place=request.place, file=version.file)
    yield ""
    yield f"    calibrated: {{lat_deg: {number(lat_deg)}, lon_deg: {number(lon_deg)},"
    yield f"      from: {since.isoformat(timespec='minutes')}, by: , confirmed_by: ,"
    spread = round(proposal.shown.spread_m)
    yield f"      during: {during}, fixes: {proposal.shown.fixes}, spread_m: {spread}}}"
    yield ""
    if version.places[request.place].calibrations:
        yield catalogue.text("The place has a point already: keep it, and write both as a list.")
    yield catalogue.text("Nothing was changed. Read the entry to the person before it counts.")
