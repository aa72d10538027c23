"""The public Python interface: what `mesure replay` does, as a function and a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Literal

from mesure.evaluation.assessment import Assessment, SupersededAssessment
from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_faults import FixesError
from mesure.incidents.incident import Incident
from mesure.orders.text.order_faults import OrderError
from mesure.record import output
from mesure.record import replay as replay_
from mesure.record.replay import YEARS, Replay, ReplayRequest

AnyPath = str | PathLike[str]


class InputError(ValueError):
    """Files that cannot be read; the text has one sentence for each fault."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a device's record says of an order at one moment of looking.

    All instants are aware and in UTC. The assessments are sorted by condition and time, and are
    met, not met or unknown; incidents are *possible* breaches, brought to an officer.
    """

    _replay: Replay

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Return what is said of each condition, span by span."""
        return self._replay.statement.assessments

    @property
    def superseded(self) -> tuple[SupersededAssessment, ...]:
        """Return the assessments that applied until late evidence replaced them."""
        return self._replay.statement.superseded

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Return the possible breaches and silences, by when an officer could see them."""
        return self._replay.incidents

    @property
    def ask_for_fixes(self) -> tuple[FixRequest, ...]:
        """Return when a live device would have been asked for more fixes, and why."""
        return self._replay.statement.ask_for_fixes

    @property
    def fixes_read(self) -> int:
        """Return how many rows the files of fixes have."""
        return self._replay.gathered.read

    @property
    def fixes_kept_unused(self) -> dict[str, int]:
        """Return how many of them were kept and not used, by reason."""
        return dict(self._replay.gathered.kept_unused)

    @property
    def until(self) -> datetime:
        """Return the moment of looking."""
        return self._replay.until

    def to_json(self) -> str:
        """Return everything, as docs/specs/replay_output.md says; the same bytes every time."""
        return output.render(self._replay, "json")

    def to_text(self) -> str:
        """Return the table that the command prints."""
        return output.render(self._replay, "text")

    def to_html(self) -> str:
        """Return the report as one page that needs no network."""
        return output.render(self._replay, "html")


def replay(
    orders: AnyPath | Iterable[AnyPath],
    fixes: AnyPath | Iterable[AnyPath],
    *,
    policy: AnyPath | None = None,
    trace: str | None = None,
    until: datetime | None = None,
    device_class: Literal["phone", "gnss_tag"] | None = None,
) -> ReplayResult:
    """Judge files of fixes against the versions of an order.

    `until` is the moment of looking, aware; None is the last receipt. `device_class` None is what
    the files say, or a phone. Raises `InputError` with a sentence for each fault of the files.
    """
    order_paths = _paths(orders)
    if not order_paths:
        raise InputError("No order was given, so there is nothing to judge by; name its file.")
    request = ReplayRequest(
        order_paths,
        _paths(fixes),
        None if policy is None else Path(policy),
        trace,
        None if until is None else _in_utc(until),
        None if device_class is None else DeviceClass(device_class),
    )
    try:
        return ReplayResult(replay_.replay(request))
    except (OrderError, FixesError) as error:
        raise InputError(str(error)) from None


def _in_utc(until: datetime) -> datetime:
    if until.tzinfo is None:
        raise InputError("“until” has no offset, so it could mean any clock; give it a time zone.")
    if until.year in YEARS and (in_utc := until.astimezone(UTC)).year in YEARS:
        return in_utc
    span = f"{YEARS[0]} to {YEARS[-1]}"
    raise InputError(f"“until” lies outside the years {span}; name another moment.")


def _paths(given: AnyPath | Iterable[AnyPath]) -> tuple[Path, ...]:
    if isinstance(given, str | PathLike):
        return (Path(given),)
    return tuple(Path(path) for path in given)
