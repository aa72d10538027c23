"""Deadlines in words: until when to look and decide, and by how much that is over."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.web.shared.words.incident_phrases import Tag
from mesure.web.shared.words.page_texts import PageTexts


def clocks(
    look_by: datetime | None,
    decide_by: datetime | None,
    catalogue: PageTexts,
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[Tag]:
    """Yield a tag for each clock that still runs; one that is None does not."""
    if look_by is not None:
        length = catalogue.short_length(abs(now - look_by))
        if now >= look_by:
            yield catalogue.text("first look overdue by {length}", length=length), "amiss"
        else:
            when = catalogue.near(look_by, now, zone)
            yield catalogue.text("first look due {when}", when=when), "wait"
    if decide_by is not None:
        length = catalogue.short_length(abs(now - decide_by))
        if now >= decide_by:
            yield catalogue.text("finding overdue by {length}", length=length), "amiss"
        else:
            when = catalogue.near(decide_by, now, zone)
            yield catalogue.text("finding due {when}", when=when), "wait"
