"""Window sentences: what a whole window comes to: met, possibly not met, or unknown.

The explanation of a possible breach speaks of one episode; this speaks of a night or a slot as a
whole, also when all was well, because the person is owed that sentence too. What is not known is
said, and said not to count.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from mesure.evaluation.assessment import Assessment, Status
from mesure.incidents.words import phrases
from mesure.incidents.words.reader import Reader
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span

TIMES_NAMED_MAX: Final = 2  # More are counted, so that the sentence stays short.


def window_sentence(
    duty: str,
    place: str,
    window: Span,
    assessments: Sequence[Assessment],
    uncounted: tuple[datetime, ...],
    zone: ZoneInfo,
    catalogue: Catalogue,
) -> str:
    """Return one to five short sentences on what the assessments of a condition say of a window.

    `uncounted`: when fixes were taken that the judge saw and gave no weight; those outside the
    window are ignored.
    """
    spans = {status: _spans(status, assessments, window) for status in Status}
    present = [status for status in Status if spans[status]]
    if present == [Status.MET]:
        sentences = [_all_met(duty, place, catalogue)]
    elif present == [Status.NOT_MET]:
        sentences = [_all_not_met(duty, place, catalogue)]
    elif present == [Status.UNKNOWN]:
        sentences = [
            catalogue.text("Nothing shows where you were then."),
            catalogue.text("That is not held against you."),
        ]
    else:
        sentences = list(_mixed(duty, place, window, spans, zone, catalogue))
    sentences.extend(_uncounted([when for when in uncounted if when in window], zone, catalogue))
    return " ".join(sentences)


def _spans(status: Status, assessments: Sequence[Assessment], window: Span) -> list[Span]:
    shared = (each.span.overlap(window) for each in assessments if each.status is status)
    return sorted(filter(None, shared), key=lambda span: span.start)


def _all_met(duty: str, place: str, catalogue: Catalogue) -> str:
    match duty:
        case "curfew":
            met = catalogue.text("You were {at_place} for the whole curfew.")
        case "residence":
            met = catalogue.text("You stayed inside “{place}” all the time.")
        case "exclusion":
            met = catalogue.text("You kept out of “{place}” all the time.")
        case "appointment":
            met = catalogue.text("You came to the appointment {at_place}.")
        case _:
            met = catalogue.text("You kept to this condition all the time.")
    return met.format(at_place=phrases.at(place, catalogue, Reader.PERSON), place=place)


def _all_not_met(duty: str, place: str, catalogue: Catalogue) -> str:
    match duty:
        case "curfew":
            seems = catalogue.text("You seem to have been {away} for the whole curfew.")
        case "residence":
            seems = catalogue.text("You seem to have been outside “{place}” all the time.")
        case "exclusion":
            seems = catalogue.text("You seem to have been inside “{place}” all the time.")
        case "appointment":
            seems = catalogue.text("You seem to have missed the appointment {at_place}.")
        case _:
            seems = catalogue.text("You seem not to have kept to this condition.")
    away, at_place = (
        phrases.away(place, catalogue, Reader.PERSON),
        phrases.at(place, catalogue, Reader.PERSON),
    )
    return seems.format(away=away, at_place=at_place, place=place)


def _mixed(
    duty: str,
    place: str,
    window: Span,
    spans: dict[Status, list[Span]],
    zone: ZoneInfo,
    catalogue: Catalogue,
) -> Iterator[str]:
    if not any(spans.values()):
        yield catalogue.text("There is nothing to say about this time.")
    if spans[Status.NOT_MET]:
        yield _part_not_met(duty, catalogue).format(
            away=phrases.away(place, catalogue, Reader.PERSON),
            place=place,
            times=_times(spans[Status.NOT_MET], window, zone, catalogue),
        )
    if spans[Status.UNKNOWN]:
        yield catalogue.text("Nothing shows where you were {times}.").format(
            times=_times(spans[Status.UNKNOWN], window, zone, catalogue)
        )
        yield catalogue.text("That is not held against you.")
    if spans[Status.MET]:
        yield _rest_met(duty, catalogue).format(
            at_place=phrases.at(place, catalogue, Reader.PERSON), place=place
        )


def _part_not_met(duty: str, catalogue: Catalogue) -> str:
    match duty:
        case "curfew":
            return catalogue.text("You seem to have been {away} {times}.")
        case "residence":
            return catalogue.text("You seem to have been outside “{place}” {times}.")
        case "exclusion":
            return catalogue.text("You seem to have been inside “{place}” {times}.")
        case _:
            return catalogue.text("You seem not to have kept to this condition {times}.")


def _rest_met(duty: str, catalogue: Catalogue) -> str:
    match duty:
        case "curfew":
            return catalogue.text("For the rest of the curfew you were {at_place}.")
        case "residence":
            return catalogue.text("The rest of the time you were inside “{place}”.")
        case "exclusion":
            return catalogue.text("The rest of the time you kept out of “{place}”.")
        case _:
            return catalogue.text("The rest of the time you kept to this condition.")


def _times(spans: list[Span], window: Span, zone: ZoneInfo, catalogue: Catalogue) -> str:
    named_max = TIMES_NAMED_MAX if phrases.is_short(window) else 1
    if len(spans) <= named_max:
        return catalogue.items([phrases.within(span, window, zone, catalogue) for span in spans])
    total_s = sum((span.end - span.start).total_seconds() for span in spans)
    return catalogue.plural(
        "{count} time, for {duration} in all", "{count} times, for {duration} in all", len(spans)
    ).format(count=len(spans), duration=durations.in_sentence(total_s, catalogue))


def _uncounted(instants: list[datetime], zone: ZoneInfo, catalogue: Catalogue) -> Iterator[str]:
    count = len(instants)
    if count == 1:
        yield catalogue.text(
            "One reading at {time} was too uncertain to say where you were, and was not counted."
        ).format(time=catalogue.clock(instants[0], zone))
    elif count > 1:
        yield catalogue.plural(
            "{count} reading was too uncertain to say where you were, and was not counted.",
            "{count} readings were too uncertain to say where you were, and were not counted.",
            count,
        ).format(count=count)
