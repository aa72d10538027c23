"""How the device was in the hours round a possible breach: its battery, its charger, its strap.

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
from mesure.formats.stored.device_reports import DeviceTold, Told
from mesure.incidents.words import phrases
from mesure.orders.values.span import Span
from mesure.reports.drawing import strips
from mesure.reports.drawing.strips import Bar, Scale
from mesure.web.shared.words.page_texts import PageTexts

FULL_PERCENT: Final = 100.0
_LEAST: Final = timedelta(microseconds=1)  # Of what was said once and never again.


@dataclass(frozen=True, slots=True)
class Row:
    """One strip below that of the chance."""

    name: str
    kind: str  # Of its style.
    words: str  # What it shows, for whoever cannot see it.
    bars: tuple[Bar, ...] = ()
    path: str = ""
    said: str = ""


def rows(told: Sequence[DeviceTold], scale: Scale, zone: ZoneInfo, texts: PageTexts) -> list[Row]:
    """Return the strips of the device; one that never spoke of a thing has none for it."""
    catalogue = texts
    found = [_battery(_of(told, Told.BATTERY), scale, texts)]
    charging, strap = _of(told, Told.CHARGING), _of(told, Told.STRAP)
    if charging:
        name, none = catalogue.text("Charging"), catalogue.text("not charging")
        spans = _spans(charging, 1)
        found.append(of_spans(name, "charging", none, spans, scale, zone, texts))
    if strap:
        name, none = catalogue.text("Strap open"), catalogue.text("closed")
        spans = _spans(strap, 0)
        found.append(of_spans(name, "open", none, spans, scale, zone, texts))
    return found


def _of(told: Sequence[DeviceTold], what: Told) -> list[DeviceTold]:
    return [one for one in told if one.told is what]


def _battery(said: Sequence[DeviceTold], scale: Scale, texts: PageTexts) -> Row:
    catalogue = texts
    shown = [one for one in said if one.observed_at in scale.shown]
    if not shown:
        unknown = str(catalogue.text("not known"))
        return Row(str(catalogue.text("Battery")), "battery", unknown, said=unknown)
    percents = [one.value for one in shown]
    name = catalogue.text("Battery, the least {percent} %", percent=min(percents))
    words = catalogue.text("from {first} % to {last} %", first=percents[0], last=percents[-1])
    at_us = np.array([instants.to_us(one.observed_at) for one in shown], np.int64)
    path = strips.heights(scale, at_us, np.array(percents, np.float64) / FULL_PERCENT)
    return Row(str(name), "battery", str(words), path=path)


def _spans(said: Sequence[DeviceTold], value: int) -> list[Span]:
    """Return when it was so, as far as is known: from one word to the next, joined."""
    found: list[Span] = []
    for device in sorted({one.device for one in said}):
        own = [one for one in said if one.device == device]
        for one, later in pairwise(own):
            if one.value != value or one.observed_at == later.observed_at:
                continue
            if found and found[-1].end == one.observed_at:
                found[-1] = Span(found[-1].start, later.observed_at)
            else:
                found.append(Span(one.observed_at, later.observed_at))
        last = own[-1]
        if last.value == value and not (found and found[-1].end == last.observed_at):
            found.append(Span(last.observed_at, last.observed_at + _LEAST))
    return sorted(found, key=lambda span: span.start)


def of_spans(
    name: str,
    kind: str,
    none: str,
    spans: Sequence[Span],
    scale: Scale,
    zone: ZoneInfo,
    texts: PageTexts,
) -> Row:
    """Return a strip of when something was so; `none`: what is said where it never was."""
    said = [(span, phrases.dated(span, zone, texts.catalogue)) for span in spans]
    bars = strips.bars(scale, said)
    words = "; ".join(bar.words for bar in bars) or str(none)
    return Row(str(name), kind, words, bars, said="" if bars else str(none))
