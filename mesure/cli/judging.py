"""Commands that judge a record of files: replay, check-order, calibrate-home.

What a command needs is loaded when it runs, so that `mesure --help` stays quick.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import options
from mesure.cli.options import (
    FixesFiles,
    Language,
    OneLanguage,
    Orders,
    OutputFormat,
    ResultFile,
    ResultFormat,
)
from mesure.evaluation.policy import DeviceClass
from mesure.machine import file_writing, texts
from mesure.machine.progress import ProgressStages, patience
from mesure.orders.text.order_faults import quote

app = typer.Typer()

PolicyFile = Annotated[
    Path | None, typer.Option(help="A policy file with the thresholds that differ.")
]
Reporter = Annotated[
    DeviceClass | None,
    typer.Option(help="What reported. Without it: as the file says, or a phone."),
]


@app.command(
    "replay", epilog="Example: mesure replay --order order.yaml --fixes fixes.csv --format json"
)
def replay_command(
    order: Orders,
    fixes: FixesFiles,
    trace: Annotated[
        str | None, typer.Option(help="The one trace to judge where a file has several.")
    ] = None,
    policy: PolicyFile = None,
    until: Annotated[
        str | None, typer.Option(help="The moment of looking, e.g. 2026-02-12T22:00:00+05:00.")
    ] = None,
    device_class: Reporter = None,
    form: ResultFormat = OutputFormat.TEXT,
    out: ResultFile = None,
) -> None:
    """Judge what a device reported against a court order: met, not met or unknown, and why."""
    from mesure.machine import garbage
    from mesure.record import output, replay

    options.refuse_page_without_file(form, out)
    moment = None if until is None else options.instant(until, "--until")
    request = replay.ReplayRequest(tuple(order), tuple(fixes), policy, trace, moment, device_class)
    stages = ProgressStages()
    with patience(stages), garbage.seldom_searched():
        result = replay.replay(request, stages)
        stages.reach("writing the result")
        output.put(result, form.value, out)


@app.command("check-order", epilog="Example: mesure check-order order.yaml --language ru")
def check_order(
    orders: Annotated[list[Path], typer.Argument(help="The versions of one order.")],
    language: OneLanguage = Language.EN,
    as_of: Annotated[
        str | None, typer.Option(help="Name the reviews overdue on this day, e.g. 2026-07-01.")
    ] = None,
) -> None:
    """Read an order back as sentences to compare with the court's paper, or name its errors."""
    from mesure.record import order_check

    day = options.day(as_of, "--as-of")
    stages = ProgressStages()
    with patience(stages):
        stages.reach("reading the order")
        text = order_check.read_back(orders, texts.catalogue(language.value), day)
    file_writing.show(text)


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
    policy: PolicyFile = None,
    device_class: Reporter = None,
    language: OneLanguage = Language.EN,
) -> None:
    """Measure where the device shows the home, and print what an officer may enter."""
    from mesure.record import calibrate_home

    if (enrolled is None) is not confirmed_by_beacon:
        raise typer.BadParameter(
            "what confirms that the device was at home? Name --enrolled FROM UNTIL or "
            "--confirmed-by-beacon, and not both."
        )
    visit = _visit(enrolled)
    request = calibrate_home.CalibrationRequest(
        order, tuple(fixes), visit, place, policy, trace, device_class
    )
    stages = ProgressStages()
    with patience(stages):
        report = calibrate_home.tell(request, texts.catalogue(language.value), stages)
    file_writing.show(report.text)
    if not report.is_proposed:
        raise typer.Exit(1)


def _visit(enrolled: tuple[str, str] | None) -> tuple[datetime, datetime] | None:
    if enrolled is None:
        return None
    start, end = (options.instant(one, "--enrolled") for one in enrolled)
    if end <= start:
        raise typer.BadParameter(
            f"{quote(enrolled[1])} is not later than {quote(enrolled[0])}; name the beginning of "
            "the session, then its end."
        )
    return start, end
