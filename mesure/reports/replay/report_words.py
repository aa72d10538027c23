"""Short words of a report in one language: kinds, reasons, lengths, counts."""

from collections.abc import Iterator, Sequence
from typing import Final

from mesure.evaluation.assessment import Status
from mesure.incidents.incident import Incident, IncidentKind
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues import place_names
from mesure.orders.wording import place_sentences
from mesure.reports.replay.replay_report import FileSummary
from mesure.reports.text import visible_text

_KILOMETRE_M: Final = 1_000
_GAP: Final = "\u00a0"  # Keeps a number in one piece at the end of a line.
NAME_LENGTH_MAX: Final = 60
UNREAD_MAX: Final = 20  # Columns of a file that are listed in a text.


def title(catalogue: Catalogue, incident: Incident) -> str:
    """Return what an incident is called; only a silence is not called a possible breach."""
    words = {
        IncidentKind.ABSENT: catalogue.text("Possible breach: absent from {place}"),
        IncidentKind.LEFT: catalogue.text("Possible breach: outside {place}"),
        IncidentKind.ENTERED: catalogue.text("Possible breach: in the exclusion zone {place}"),
        IncidentKind.MISSED: catalogue.text("Possible breach: appointment at {place} missed"),
        IncidentKind.SILENT: catalogue.text("Silence: the device reported nothing"),
    }
    if incident.kind is IncidentKind.ABSENT and incident.facts.place == place_names.HOME:
        return catalogue.text("Possible breach: absent from home")
    place = visible_text.shorten(incident.facts.place, NAME_LENGTH_MAX)
    return words[incident.kind].format(place=place)


def status(catalogue: Catalogue, value: Status) -> str:
    """Return the word for one of the three values of an assessment."""
    words = {
        Status.MET: catalogue.text("met"),
        Status.NOT_MET: catalogue.text("not met"),
        Status.UNKNOWN: catalogue.text("unknown"),
    }
    return words[value]


def reason(catalogue: Catalogue, key: str) -> str:
    """Return why a fix was kept and not used; an unlisted reason keeps its own name."""
    words = {
        "duplicate": catalogue.text("the same fix was already there"),
        "stale": catalogue.text("received too long after it was taken"),
        "future": catalogue.text("taken later than it was received: a clock was wrong"),
        "out_of_range": catalogue.text("cannot be read, or is no place on Earth"),
        "heartbeat": catalogue.text("repeats an old position to say that the device is alive"),
        "after_until": catalogue.text("received after the moment of looking"),
        "not_a_track": catalogue.text(
            "a saved place or a planned route, where nobody need have been"
        ),
        "other_trace": catalogue.text("belongs to another trace of the file"),
    }
    return words.get(key, visible_text.shorten(key, NAME_LENGTH_MAX))


def clock_corrected(catalogue: Catalogue, number: int) -> str:
    """Return how many rows had their clock set right, and why that could be done."""
    text = catalogue.text("{number}: the clock was 1024 weeks behind, as the receipt shows")
    return text.format(number=count(number))


def unread(catalogue: Catalogue, file: str, columns: Sequence[str]) -> str:
    """Return which columns of a file nothing was read from."""
    listed = [visible_text.shorten(name, NAME_LENGTH_MAX) for name in columns[:UNREAD_MAX]]
    names, more = ", ".join(listed), len(columns) - len(listed)
    if more:
        text = catalogue.text("{names} and {number} more, which the JSON output has")
        names = text.format(names=names, number=count(more))
    return f"{visible_text.shorten(file, NAME_LENGTH_MAX)}: {names}"


def without_accuracy(catalogue: Catalogue, file: str) -> str:
    """Return that no fix of a file says how wrong it may be, and what is done about it."""
    text = catalogue.text(
        "{file}: no fix says how accurate it is, so each is taken to be as far off as its kind of "
        "device can be"
    )
    return text.format(file=visible_text.shorten(file, NAME_LENGTH_MAX))


def of_files(catalogue: Catalogue, files: Sequence[FileSummary]) -> Iterator[tuple[str, str]]:
    """Yield what is to be said of files, so that nothing is left out in silence."""
    for file in files:
        if file.unread:
            yield catalogue.text("Columns not read"), unread(catalogue, file.file, file.unread)
        if not file.has_accuracy:
            yield catalogue.text("Accuracy not known"), without_accuracy(catalogue, file.file)
        if file.told:
            counts = ", ".join(f"{kind} {count(times)}" for kind, times in file.told)
            summary = f"{visible_text.shorten(file.file, NAME_LENGTH_MAX)}: {counts}"
            yield catalogue.text("The device also told"), summary


def fix_requests(catalogue: Catalogue, number: int) -> str:
    """Return how often a live device would have been asked for more fixes."""
    text = catalogue.plural(
        "{number} time; more fixes would be asked for",
        "{number} times; more fixes would be asked for",
        number,
    )
    return text.format(number=count(number))


def metres(catalogue: Catalogue, length_m: float) -> str:
    """Return a length in metres, as sentences write it: "12.5 m"."""
    return f"{place_sentences.number(length_m)} {catalogue.text('m')}"


def scale(catalogue: Catalogue, length_m: int) -> str:
    """Return the length of a scale bar; long ones are whole kilometres."""
    if length_m < _KILOMETRE_M:
        return metres(catalogue, length_m)
    return f"{place_sentences.number(length_m / _KILOMETRE_M)} {catalogue.text('km')}"


def count(number: int) -> str:
    """Return a number in groups of three digits.

    >>> count(1234567).split()
    ['1', '234', '567']
    """
    return f"{number:,}".replace(",", _GAP)
