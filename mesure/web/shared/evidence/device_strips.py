"""Device strips: battery, charger and strap in the hours round a possible breach.

A device says how it is from time to time. What it said holds until it says the same thing again;
after the last word, and before the first, nothing is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from mesure import instants
from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.incidents.words import phrases
from mesure.orders.values.span import Span
from mesure.reports.drawing import strips
from mesure.reports.drawing.strips import StripBar, TimeScale
from mesure.web.shared.words.page_texts import PageTexts

FULL_PERCENT: Final = 100.0
_LEAST: Final = timedelta(microseconds=1)  # Of what was said once and never again.


@dataclass(frozen=True, slots=True)
class StripRow:
    """One strip below that of the chance."""

    name: str
    kind: str  # Of its style.
    words: str  # What it shows, for readers who cannot see it.
    bars: tuple[StripBar, ...] = ()
    path: str = ""
    said: str = ""


def rows(
    reports: Sequence[DeviceReport], scale: TimeScale, zone: ZoneInfo, catalogue: PageTexts
) -> list[StripRow]:
    """Return the strips of the device; one that never spoke of a thing has none for it."""
    strip_rows = [_battery(_of(reports, DeviceReportKind.BATTERY), scale, catalogue)]
    charging, strap = _of(reports, DeviceReportKind.CHARGING), _of(reports, DeviceReportKind.STRAP)
    if charging:
        name, none = catalogue.text("Charging"), catalogue.text("not charging")
        spans = _spans(charging, 1)
        strip_rows.append(of_spans(name, "charging", none, spans, scale, zone, catalogue))
    if strap:
        name, none = catalogue.text("Strap open"), catalogue.text("closed")
        spans = _spans(strap, 0)
        strip_rows.append(of_spans(name, "open", none, spans, scale, zone, catalogue))
    still = _rests(_of(reports, DeviceReportKind.STILL))
    if still:
        name, none = catalogue.text("Device lies still"), catalogue.text("it does not say so")
        strip_rows.append(of_spans(name, "still", none, still, scale, zone, catalogue))
    return strip_rows


def _rests(reports: Sequence[DeviceReport]) -> list[Span]:
    """Return when devices say that they have lain still: of each sign, as far back as it says."""
    spans: list[Span] = []
    for report in reports:
        if report.value < 0:
            continue
        start = report.observed_at - max(timedelta(seconds=report.value), _LEAST)
        while spans and start <= spans[-1].end:
            start = min(start, spans.pop().start)
        spans.append(Span(start, report.observed_at))
    return spans


def _of(reports: Sequence[DeviceReport], what: DeviceReportKind) -> list[DeviceReport]:
    return [one for one in reports if one.told is what]


def _battery(reports: Sequence[DeviceReport], scale: TimeScale, catalogue: PageTexts) -> StripRow:
    shown = [one for one in reports if one.observed_at in scale.shown]
    if not shown:
        unknown = str(catalogue.text("not known"))
        return StripRow(str(catalogue.text("Battery")), "battery", unknown, said=unknown)
    percents = [one.value for one in shown]
    name = catalogue.text("Battery, lowest {percent} %", percent=min(percents))
    words = catalogue.text("from {first} % to {last} %", first=percents[0], last=percents[-1])
    at_us = np.array([instants.to_us(one.observed_at) for one in shown], np.int64)
    path = strips.heights(scale, at_us, np.array(percents, np.float64) / FULL_PERCENT)
    return StripRow(str(name), "battery", str(words), path=path)


def _spans(reports: Sequence[DeviceReport], value: int) -> list[Span]:
    """Return when it was so, as far as is known: from one word to the next, joined."""
    spans: list[Span] = []
    for device in sorted({one.device for one in reports}):
        own = [one for one in reports if one.device == device]
        for report, later in pairwise(own):
            if report.value != value or report.observed_at == later.observed_at:
                continue
            if spans and spans[-1].end == report.observed_at:
                spans[-1] = Span(spans[-1].start, later.observed_at)
            else:
                spans.append(Span(report.observed_at, later.observed_at))
        last = own[-1]
        if last.value == value and not (spans and spans[-1].end == last.observed_at):
            spans.append(Span(last.observed_at, last.observed_at + _LEAST))
    return sorted(spans, key=lambda span: span.start)


def of_spans(
    name: str,
    kind: str,
    none: str,
    spans: Sequence[Span],
    scale: TimeScale,
    zone: ZoneInfo,
    catalogue: PageTexts,
) -> StripRow:
    """Return a strip of when something was so; `none`: what is said where it never was."""
    labelled = [(span, phrases.span_with_date(span, zone, catalogue.catalogue)) for span in spans]
    bars = strips.bars(scale, labelled)
    words = str(catalogue.text("; ")).join(bar.words for bar in bars) or str(none)
    return StripRow(str(name), kind, words, bars, said="" if bars else str(none))
