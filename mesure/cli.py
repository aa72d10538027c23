"""The command line: one thin file that hands arguments on and turns faults into sentences.

Exit status: 0 done, 1 a check that failed, 2 bad input or usage.
"""

import os
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mesure.compliance.policy import DeviceClass
from mesure.ingest.faults import FixesError
from mesure.orders.faults import OrderError, shown
from mesure.reports import visible
from mesure.runtime import (
    calibrate_home,
    device_commands,
    order_check,
    replay_output,
    texts,
    verify_log,
    writing,
)
from mesure.runtime.device_state import DeviceError
from mesure.runtime.patience import Stages, patience
from mesure.runtime.replay import YEARS, Request, replay
from mesure.runtime.writing import WritingError
from mesure.simulator import demo_run, score_report, simulate
from mesure.simulator.score_report import Asked
from mesure.simulator.towns import Town
from mesure.version import VERSION

STOPPED = 130  # By Ctrl-C, as shells say it.
NO_MEMORY = (
    "The files are larger than the memory of this machine; nothing was judged; judge a shorter "
    "time at once, or on a machine with more memory."
)

app = typer.Typer(
    name="mesure",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.add_typer(device_commands.app, name="device")


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class Rendering(StrEnum):
    """How figures are written."""

    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    """A language of the sentences."""

    EN = "en"
    FR = "fr"
    RU = "ru"
    KK = "kk"


def _version(wanted: bool) -> None:
    if wanted:
        print(VERSION)
        raise typer.Exit


def _instant(text: str) -> datetime:
    """Return an instant in RFC 3339; without an offset it could mean any clock."""
    try:
        instant = datetime.fromisoformat(text)
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{shown(text)} is no instant; write it like 2026-02-12T22:00:00+05:00."
        ) from None
    if instant.tzinfo is None:
        raise typer.BadParameter(
            f"{shown(text)} has no offset, so it could mean any clock; end it with Z or +05:00."
        )
    if in_utc.year not in YEARS:
        raise typer.BadParameter(
            f"{shown(text)} lies outside the years {YEARS[0]} to {YEARS[-1]}; name another moment."
        )
    return in_utc


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{shown(text)} is no date; write it like 2026-07-01.") from None


def _refuse_page_without_file(form: Format, out: Path | None) -> None:
    """Refuse where a result could not go, so that nobody waits for it in vain."""
    if form is Format.HTML and out is None:
        raise typer.BadParameter("a page needs a file to go to; add --out report.html.")
    if out is not None:
        writing.refuse_impossible(out)


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Say, condition by condition, whether a court order was met, and how sure one can be."""


Orders = Annotated[
    list[Path], typer.Option("--order", help="An order file; again for each later version.")
]
FixesFiles = Annotated[
    list[Path], typer.Option("--fixes", help="A file of fixes; again for each further one.")
]


@app.command(
    "replay",
    epilog="Example: mesure replay --order order.yaml --fixes fixes.csv --format json",
)
def replay_command(
    order: Orders,
    fixes: FixesFiles,
    trace: Annotated[
        str | None, typer.Option(help="The one trace to judge where a file has several.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file with the thresholds that differ.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="The moment of looking, e.g. 2026-02-12T22:00:00+05:00.")
    ] = None,
    device_class: Annotated[
        DeviceClass, typer.Option(help="What reported: decides what its accuracy means.")
    ] = DeviceClass.PHONE,
    form: Annotated[
        Format, typer.Option("--format", help="How to write it; html needs --out.")
    ] = Format.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write the result to this file.")] = None,
) -> None:
    """Judge what a device reported against a court order: met, not met or unknown, and why."""
    _refuse_page_without_file(form, out)
    moment = None if until is None else _instant(until)
    request = Request(tuple(order), tuple(fixes), policy, trace, moment, device_class)
    stages = Stages()
    with patience(stages):
        result = replay(request, stages)
        stages.reach("writing the result")
        replay_output.put(result, form.value, out)


@app.command(
    "check-order",
    epilog="Example: mesure check-order order.yaml --language ru",
)
def check_order(
    orders: Annotated[list[Path], typer.Argument(help="The versions of one order.")],
    language: Annotated[Language, typer.Option(help="Language of the sentences.")] = Language.EN,
    as_of: Annotated[
        str | None, typer.Option(help="Name the reviews overdue on this day, e.g. 2026-07-01.")
    ] = None,
) -> None:
    """Read an order back as sentences to compare with the court's paper, or name its errors."""
    day = _day(as_of)
    stages = Stages()
    with patience(stages):
        stages.reach("reading the order")
        told = order_check.read_back(orders, texts.catalogue(language.value), day)
    writing.show(told)


@app.command(
    "calibrate-home",
    epilog="Example: mesure calibrate-home order.yaml --fixes visit.csv "
    "--enrolled 2026-01-06T10:00+05:00 2026-01-06T11:30+05:00",
)
def calibrate_home_command(
    order: Annotated[Path, typer.Argument(help="The order, as it is in force.")],
    fixes: FixesFiles,
    enrolled: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="FROM UNTIL", help="When officer and person were there with it."),
    ] = None,
    confirmed_by_beacon: Annotated[
        bool, typer.Option("--confirmed-by-beacon", help="Where the home beacon was heard.")
    ] = False,
    place: Annotated[str, typer.Option(help="The place of the order to measure.")] = "home",
    trace: Annotated[
        str | None, typer.Option(help="The one trace to use where a file has several.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file with the thresholds that differ.")
    ] = None,
    device_class: Annotated[DeviceClass, typer.Option(help="What reported.")] = DeviceClass.PHONE,
    language: Annotated[Language, typer.Option(help="Language of the sentences.")] = Language.EN,
) -> None:
    """Measure where the device shows the home, and print what an officer may enter."""
    if (enrolled is None) is not confirmed_by_beacon:
        raise typer.BadParameter(
            "what confirms that the device was at home? Name --enrolled FROM UNTIL or "
            "--confirmed-by-beacon, and not both."
        )
    visit = _visit(enrolled)
    request = calibrate_home.Request(order, tuple(fixes), visit, place, policy, trace, device_class)
    stages = Stages()
    with patience(stages):
        told = calibrate_home.tell(request, texts.catalogue(language.value), stages)
    writing.show(told.text)
    if not told.is_proposed:
        raise typer.Exit(1)


def _visit(enrolled: tuple[str, str] | None) -> tuple[datetime, datetime] | None:
    if enrolled is None:
        return None
    start, end = _instant(enrolled[0]), _instant(enrolled[1])
    if end <= start:
        raise typer.BadParameter(
            f"{shown(enrolled[1])} is not later than {shown(enrolled[0])}; name the beginning of "
            "the session, then its end."
        )
    return start, end


@app.command(
    "verify-log",
    epilog="Example: mesure verify-log audit.log --key almaty.key --earlier kept.txt",
)
def verify_log_command(
    log: Annotated[Path, typer.Argument(help="The file of the log.")],
    key: Annotated[
        list[str], typer.Option(help="Public key of the log, or a file with it; again for more.")
    ],
    witness: Annotated[
        list[str] | None,
        typer.Option(help="Key of a witness that must have seen it, or a file with it."),
    ] = None,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint kept from before; again for more.")
    ] = None,
    records: Annotated[
        Path | None, typer.Option(help="The records with their salts, to be held against it.")
    ] = None,
    selection: Annotated[
        bool, typer.Option("--selection", help="The records are some of them: others may miss.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Write the last checkpoint there, for the next time.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the sentences.")] = Language.EN,
) -> None:
    """Check a whole audit log against its signatures: was anything changed, and where?"""
    if selection and records is None:
        raise typer.BadParameter("--selection says something of --records; name them, too.")
    request = verify_log.Request(
        log, tuple(key), tuple(witness or ()), tuple(earlier or ()), records, selection, keep
    )
    stages = Stages()
    with patience(stages):
        told = verify_log.tell(request, texts.catalogue(language.value), stages)
    writing.show(told.text)
    if not told.holds:
        raise typer.Exit(1)


@app.command("simulate", epilog="Example: mesure simulate --seed 1 --persons 30 --days 7")
def simulate_command(
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    persons: Annotated[int, typer.Option(help="How many persons live in the town.")] = 60,
    days: Annotated[int, typer.Option(help="How many days are simulated.")] = 14,
    out: Annotated[
        Path | None,
        typer.Option(help="Write each person's order, fixes and truth below this folder."),
    ] = None,
    asking: Annotated[
        bool, typer.Option("--asking", help="Devices answer when the judge is in doubt.")
    ] = False,
    form: Annotated[Rendering, typer.Option("--format", help="How to write it.")] = Rendering.TEXT,
) -> None:
    """Simulate a town, judge everybody in it, and say how well that went."""
    stages = Stages()
    plan = Town(seed, persons=persons, days=days)
    try:
        with patience(stages):
            told = simulate.report(plan, form.value, out, stages, is_asked=asking)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    writing.show(told)


@app.command("score", epilog="Example: mesure score --traces data/dev --rules mesure,point_state")
def score_command(
    traces: Annotated[
        Path, typer.Option(help="A folder of real traces with their truth, or a simulated town.")
    ],
    rules: Annotated[
        str, typer.Option(help="Rules by name, with commas between; mesure is the judge.")
    ] = score_report.ALL,
    radius_m: Annotated[
        list[str] | None,
        typer.Option(help="Radius of the circle; again, or with commas, for more: 50,100,200."),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Run each baseline once without our ingest as well.")
    ] = False,
    throughput: Annotated[
        bool, typer.Option("--throughput", help="Time each rule; then no two runs are the same.")
    ] = False,
    form: Annotated[
        Format, typer.Option("--format", help="How to write it; html needs --out.")
    ] = Format.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write the result to this file.")] = None,
) -> None:
    """Hold the judge and every baseline against real traces: false incidents, delay, misses."""
    _refuse_page_without_file(form, out)
    stages = Stages()
    try:
        with patience(stages):
            asked = Asked(traces, rules, score_report.radii(radius_m or ()), raw, throughput)
            told = score_report.report(asked, form.value, stages)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if out is None:
        writing.show(told)
    else:
        writing.write(out, told.encode())


@app.command(epilog="Example: mesure demo --out demo --once")
def demo(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Another seed, other hours and errors.")] = 1,
    once: Annotated[
        bool,
        typer.Option("--once", envvar="ONCE", help="End when the job has been seen to work."),
    ] = False,
) -> None:
    """Replay a fictional person's fortnight and show the report."""
    demo_run.run(out, seed, once=once)


def main() -> NoReturn:
    """Run the command line; bad input becomes sentences and status 2."""
    if sys.stderr is None:  # It was closed. Without it, sentences would go to standard output.
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  It stays open to the end.
    try:
        app()
    except (OrderError, FixesError, WritingError, DeviceError) as error:
        _say(str(error))
    except MemoryError:
        _say(NO_MEMORY)
    except SystemExit as end:
        if end.code == STOPPED:
            _say("Stopped. No file was left half-written.")
        raise
    sys.exit(2)


def _say(sentences: str) -> None:
    """Say what is wrong; the name of a file may hold signs that would steer the terminal."""
    for line in sentences.split("\n"):
        print(visible.visible(line), file=sys.stderr)
