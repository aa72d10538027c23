"""The text table of a replay: what a person reads first, on 80 columns, with or without colour.

Colour and lines only repeat what the letters say. Names from the order are shown as plain text, so
that nothing in a file can steer the terminal.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mesure.evaluation.assessment import Assessment, Status
from mesure.incidents.incident import Incident, IncidentKind
from mesure.incidents.words import phrases
from mesure.machine import texts
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.reports.replay import report_words, selection, timeline, totals, unused_rows
from mesure.reports.replay.replay_report import ReplayReport, ReportedCondition, Texts
from mesure.reports.replay.selection import NumberedIncident
from mesure.reports.replay.timeline import TimelineDay
from mesure.reports.text import clock_text, visible_text

WIDTH_MIN: Final = 40
WIDTH_MAX: Final = 100  # Longer lines are hard to read.
EXPLAINED_MAX: Final = 12
LISTED_MAX: Final = 30
CONDITIONS_MAX: Final = 20  # With a strip.
MONTHS_MAX: Final = 4  # In the strip of each condition; the page has every day.
SIGNS: Final = {Status.MET: ".", Status.NOT_MET: "#", Status.UNKNOWN: "?", None: " "}
STYLES: Final = {
    Status.MET: "green",
    Status.NOT_MET: "bold red",
    Status.UNKNOWN: "yellow",
    None: "",
}


def render(
    report: ReplayReport, width: int, catalogue: Catalogue | None = None, *, colour: bool = False
) -> str:
    """Return the report as text of at most `width` columns, in English unless told otherwise."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=min(max(width, WIDTH_MIN), WIDTH_MAX),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    for part in _parts(report, catalogue or texts.catalogue("en")):
        console.print(part)
    lines = out.getvalue().removesuffix("\n").split("\n")
    return "".join(f"{line.rstrip(' ')}\n" for line in lines)


def _parts(report: ReplayReport, catalogue: Catalogue) -> Iterator[RenderableType]:
    yield _header(report, catalogue)
    yield Text()
    yield _notice(report, catalogue)
    yield Text()
    yield _looked_at(report, catalogue)
    if report.conditions:
        yield _totals(report, catalogue)
        yield from _strips(report, catalogue)
    yield Text()
    yield from _incidents(report, catalogue)
    yield Text()
    yield _next(catalogue)


def _header(report: ReplayReport, catalogue: Catalogue) -> Text:
    order = visible_text.shorten(report.order, report_words.NAME_LENGTH_MAX)
    person = visible_text.shorten(report.person, report_words.NAME_LENGTH_MAX)
    line = catalogue.text("Order {order}, person {person}").format(order=order, person=person)
    return Text(f"{line}\n", style="bold").append(
        visible_text.visible(report.court), style="not bold"
    )


def _notice(report: ReplayReport, catalogue: Catalogue) -> Text:
    notice = Text(
        catalogue.text(
            "A possible breach is not a finding. Only a person makes a finding, after hearing the "
            "person under the order."
        )
    )
    if report.unsigned:
        notice.append("\n")
        notice.append(catalogue.text("Unsigned."), style="bold")
        notice.append(" ")
        notice.append(
            catalogue.text(
                "The device did not sign these fixes. Nothing here proves that they come from it, "
                "or that nobody changed them."
            )
        )
    return notice


def _looked_at(report: ReplayReport, catalogue: Catalogue) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    span = report.looked_at
    if span is not None:
        start = catalogue.moment(span.start, report.zone)
        table.add_row(catalogue.text("Judged from"), start)
    until = catalogue.moment(report.until, report.zone)
    table.add_row(catalogue.text("Moment of looking"), until)
    shown = Span(report.until if span is None else span.start, report.until)
    zone = clock_text.zone_in_words(report.zone, shown, catalogue)
    table.add_row(catalogue.text("All times are in the time zone"), Text(zone))
    counts = catalogue.text("{read} read, {used} used").format(
        read=report_words.count(report.fixes_read), used=report_words.count(len(report.used))
    )
    table.add_row(catalogue.text("Fixes"), Text(counts))
    for place, unused in enumerate(unused_rows.by_reason(report)):
        line = (
            f"{report_words.count(unused.count)}: {report_words.reason(catalogue, unused.reason)}"
        )
        table.add_row("" if place else catalogue.text("Kept, not used"), Text(line))
    if report.clock_corrected:
        corrected = report_words.clock_corrected(catalogue, report.clock_corrected)
        table.add_row(catalogue.text("Clock set right"), Text(corrected))
    if report.still_s:
        still = durations.in_list(report.still_s, catalogue)
        table.add_row(catalogue.text("Device lies still"), Text(still))
    for heading, line in report_words.of_files(catalogue, report.files):
        table.add_row(heading, Text(line))
    if report.asks:
        table.add_row(
            catalogue.text("In doubt"), Text(report_words.fix_requests(catalogue, report.asks))
        )
    return table


def _totals(report: ReplayReport, catalogue: Catalogue) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    table.add_column(Text(catalogue.text("Condition")), ratio=1, overflow="fold")
    for status in Status:
        heading = Text(report_words.status(catalogue, status), style=STYLES[status])
        table.add_column(heading, justify="right", no_wrap=True)
    total_by_condition = totals.by_condition(report)
    for condition in report.conditions:
        total = total_by_condition[condition.id]
        name = Text(visible_text.shorten(condition.id, report_words.NAME_LENGTH_MAX), style="bold")
        name.append(f" {visible_text.visible(_said(condition.words, catalogue))}", style="not bold")
        cells = (_share(catalogue, time, total.whole) for time in _times(total))
        table.add_row(name, *cells)
    return table


def _times(total: totals.StatusTotal) -> tuple[timedelta, timedelta, timedelta]:
    return total.met, total.not_met, total.unknown


def _share(catalogue: Catalogue, time: timedelta, whole: timedelta) -> Text:
    if not time:
        return Text("-")
    return Text(
        f"{durations.in_list(time.total_seconds(), catalogue)}\n{totals.percent(time, whole)}"
    )


def _said(by_language: Texts, catalogue: Catalogue) -> str:
    """Return what is said in the language of the catalogue, or in another where it is not."""
    return by_language.get(catalogue.language) or next(iter(by_language.values()), "")


def _strips(report: ReplayReport, catalogue: Catalogue) -> Iterator[RenderableType]:
    """Yield a sign for each day, a month to a line."""
    legend = catalogue.text(
        "Day by day: {met} met  {not_met} not met at some time  {unknown} unknown for over a tenth"
    ).format(met=SIGNS[Status.MET], not_met=SIGNS[Status.NOT_MET], unknown=SIGNS[Status.UNKNOWN])
    yield Text(legend)
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="ellipsis", no_wrap=True, max_width=12)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row("", "", Text("1   5    10   15   20   25   30"), style="dim")
    assessments_by_condition = totals.apart(report)
    for condition in report.conditions[:CONDITIONS_MAX]:
        name = visible_text.shorten(condition.id, report_words.NAME_LENGTH_MAX)
        months = _months(assessments_by_condition[condition.id], condition, report.zone)
        for month, signs in months[-MONTHS_MAX:]:
            table.add_row(Text(name), month, signs)
            name = ""
    yield table


def _months(
    assessments: Sequence[Assessment], condition: ReportedCondition, zone: ZoneInfo
) -> list[tuple[str, Text]]:
    start_h = timeline.day_starts_at_h(condition.binding, zone)
    days = timeline.days(assessments, zone, start_h)
    by_month = groupby(days, key=lambda day: day.date.isoformat()[:7])
    return [(month, _signs(list(found))) for month, found in by_month]


def _signs(days: list[TimelineDay]) -> Text:
    by_day = {day.date.day: day.total.mostly for day in days}
    line = Text()
    for number in range(1, max(by_day) + 1):
        status = by_day.get(number)
        line.append(SIGNS[status], style=STYLES[status])
    return line


def _incidents(report: ReplayReport, catalogue: Catalogue) -> Iterator[RenderableType]:
    selected = selection.select(report, EXPLAINED_MAX, LISTED_MAX)
    silent = selection.silences(report)
    heading = catalogue.text("Possible breaches: {breaches}. Silences: {silences}.").format(
        breaches=report_words.count(len(report.incidents) - silent),
        silences=report_words.count(silent),
    )
    yield Text(heading, style="bold")
    for numbered in selected.full:
        yield Text()
        yield _headline(report, numbered, catalogue)
        if numbered.reported.incident.kind is IncidentKind.SILENT:
            continue  # The same words each time; they are shown once, below.
        for paragraph in visible_text.paragraphs(_said(numbered.reported.explanation, catalogue)):
            yield Padding(Text(paragraph), (0, 0, 0, 4))
    if selected.listed:
        yield Text()
        yield Text(catalogue.text("Further incidents"), style="bold")
        for numbered in selected.listed:
            yield _headline(report, numbered, catalogue)
    if silent:
        yield Text()
        yield Text(
            catalogue.text("A silence says nothing about where anybody was, and is not a breach.")
        )
    if selected.left_out:
        left_out = catalogue.text("Not listed here: {number}. The JSON output has all.")
        yield Text(left_out.format(number=report_words.count(selected.left_out)))


def _headline(report: ReplayReport, numbered: NumberedIncident, catalogue: Catalogue) -> Table:
    incident = numbered.reported.incident
    condition = visible_text.shorten(incident.condition, report_words.NAME_LENGTH_MAX)
    line = Text(f"{condition}  {report_words.title(catalogue, incident)}", style="bold")
    if incident.withdrawn_at is not None:
        line.append(f" ({catalogue.text('withdrawn')})")
    line.append(f"\n{_when(report, incident, catalogue)}", style="not bold")
    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column()
    table.add_row(Text(str(numbered.number)), line)
    return table


def _when(report: ReplayReport, incident: Incident, catalogue: Catalogue) -> str:
    start = clock_text.moment(incident.start, report.zone)
    if incident.end is None and incident.withdrawn_at is None:
        return f"{start} - {catalogue.text('still open at the moment of looking')}"
    if incident.end is None:
        return start
    length = durations.in_list((incident.end - incident.start).total_seconds(), catalogue)
    when = f"{start} - {clock_text.moment(incident.end, report.zone)} ({length})"
    chance = phrases.chance(incident.p_outside_max, catalogue)
    if incident.kind in (IncidentKind.SILENT, IncidentKind.MISSED) or chance is None:
        return when
    return f"{when}, {catalogue.text('chance {chance}').format(chance=chance)}"


def _next(catalogue: Catalogue) -> Text:
    return Text(
        catalogue.text(
            "With --format html --out report.html: maps, every day, the order read back, and how "
            "to contest. With --format json: everything, for programs."
        )
    )
