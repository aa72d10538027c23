"""Shown fixes: the fixes round a possible breach, with what the page says of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from mesure import instants
from mesure.geo.fixes import F64, I8, I64, Fixes
from mesure.geo.zones import Flags
from mesure.incidents.incident import Incident
from mesure.incidents.words import phrases
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.venues import place_names
from mesure.reports.replay.deciding_fixes import Bearing
from mesure.reports.text import visible_text
from mesure.web.shared.evidence import map_timeline
from mesure.web.shared.words.page_texts import PageTexts

EITHER_RATIO: Final = 0.5  # The chance that a fix says nothing.
WRONG, DECIDED, USED = 1, 2, 4  # Flags of a fix for the script of the map.


@dataclass(frozen=True, slots=True, eq=False)
class ShownFixes:
    """What the strips, the map and its slider are made from."""

    incident: Incident
    end: datetime  # Of the possible breach, as far as it is known.
    keep_out: bool | None  # Of the place that it is about; None: it is about none that is drawn.
    fixes: Fixes
    ahead_s: F64  # By how much the device's clock was ahead of the time of each.
    p_wrong: F64  # Of each fix, taken alone; NaN where it is not known.
    wrong: Flags  # Whether each lies on the wrong side by itself,
    bearing: I8  # and what it was to the possible breach.
    signed: Flags  # Whether a device signed it.
    zone: ZoneInfo
    texts: PageTexts

    def rows(self, chosen: I64) -> "ShownFixes":
        """Return some of them, by their places."""
        return ShownFixes(
            self.incident,
            self.end,
            self.keep_out,
            self.fixes.rows(chosen),
            self.ahead_s[chosen],
            self.p_wrong[chosen],
            self.wrong[chosen],
            self.bearing[chosen],
            self.signed[chosen],
            self.zone,
            self.texts,
        )

    def flags(self) -> list[int]:
        """Return for each fix its side, and what it was to the possible breach, for the script."""
        known = {Bearing.DECIDED: DECIDED, Bearing.USED: USED}
        codes = [known.get(Bearing(code), 0) for code in self.bearing.tolist()]
        sides = self.wrong.tolist()
        return [code + WRONG * is_wrong for code, is_wrong in zip(codes, sides, strict=True)]

    def phrases(self) -> list[str]:
        """Return what is said of each fix beside its time, part by part."""
        silences = map_timeline.silences(self.fixes, self.texts)
        return [
            " · ".join(filter(None, (*self._seen(at), self._state(at), silences[at])))
            for at in range(len(self.fixes))
        ]

    def _seen(self, at: int) -> list[str]:
        """Return where a fix lies, how sure that is, and where it came from."""
        catalogue = self.texts.catalogue
        parts = [self._place(at)]
        if self.ahead_s[at]:
            ahead = catalogue.text("put right: the device’s clock was {seconds} s ahead")
            parts.append(ahead.format(seconds=round(float(self.ahead_s[at]))))
        radius = phrases.distance(float(self.fixes.radius95_m[at]), catalogue)
        if radius is not None:
            parts.append(catalogue.text("confidence circle {radius}").format(radius=radius))
        chance = phrases.chance(float(self.p_wrong[at]), catalogue)
        if chance is not None:
            wrong = catalogue.text("chance on the wrong side {chance}")
            parts.append(wrong.format(chance=chance))
        parts += [catalogue.text("unsigned")] * (not self.signed[at])
        # Of a fix that lies inside, the place says as much.
        if self.fixes.beacon[at] == 1 and self.wrong[at]:
            parts.append(catalogue.text("home beacon heard"))
        return parts

    def _place(self, at: int) -> str:
        """Return the side of the boundary on which a fix lies by itself."""
        if self.keep_out is None:
            return ""
        catalogue = self.texts.catalogue
        shown = visible_text.visible(self.incident.facts.place or "")
        name = place_names.quote_name(shown, catalogue)
        is_inside = bool(self.wrong[at]) == self.keep_out
        if is_inside:
            return catalogue.text("inside: {place}").format(place=name)
        return catalogue.text("outside: {place}").format(place=name)

    def _state(self, at: int) -> str:
        """Return whether the condition applied then, how that was judged, and by which fixes."""
        catalogue = self.texts.catalogue
        observed_us = int(self.fixes.observed_us[at])
        if not _within(self.incident.facts.window, observed_us):
            applied = catalogue.text("the condition did not apply")
        elif _within(Span(self.incident.start, self.end), observed_us):
            applied = catalogue.text("judged: not met")
        else:
            applied = catalogue.text("the condition applied")
        return f"{applied} · {_bearing(self._agrees(at), int(self.bearing[at]), catalogue)}"

    def _agrees(self, at: int) -> bool:
        """Tell whether a fix counts for the wrong side; where that is not known, by its place.

        A fix that lies outside while the radio at home is heard speaks against.
        """
        chance = float(self.p_wrong[at])
        return bool(self.wrong[at]) if np.isnan(chance) else chance > EITHER_RATIO


def _within(span: Span, observed_us: int) -> bool:
    return instants.to_us(span.start) <= observed_us < instants.to_us(span.end)


def _bearing(is_wrong: bool, bearing: int, catalogue: Catalogue) -> str:
    """Return what a fix was to the possible breach."""
    if bearing == Bearing.DECIDED:
        return catalogue.text("it decided")
    if bearing == Bearing.NOT_USED:
        return catalogue.text("not used for this")
    return catalogue.text("used, agrees") if is_wrong else catalogue.text("used, speaks against")
