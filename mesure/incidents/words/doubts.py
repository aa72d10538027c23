"""Doubts: what else could explain an incident, and what would change the conclusion.

An explanation that named only what speaks against the person would be half an explanation. The
causes are those known to mislead a device: weak and reflected signals, a device without its person,
a boundary that is drawn some metres off.
"""

from collections.abc import Iterator
from typing import assert_never

from mesure.incidents.incident import IncidentKind
from mesure.incidents.words.reader import Reader
from mesure.orders.text.catalogue import Catalogue


def sentences(kind: IncidentKind, catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    """Yield what else could explain an incident, and what would change the conclusion."""
    match kind:
        case IncidentKind.ABSENT | IncidentKind.LEFT:
            yield from _outside(catalogue, reader)
        case IncidentKind.ENTERED:
            yield from _inside(catalogue, reader)
        case IncidentKind.MISSED:
            yield from _missed(catalogue, reader)
        case IncidentKind.SILENT:
            yield from _silent(catalogue)
        case _:
            assert_never(kind)
    yield reader.choose(
        catalogue.text("You can contest this and say what happened."),
        catalogue.text("The person can contest this and say what happened."),
    )


def _outside(catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    yield catalogue.text("There can be other explanations.")
    yield catalogue.text("Indoors, a weak signal can show a wrong place.")
    yield catalogue.text("So can a signal that walls or buildings reflect.")
    yield reader.choose(
        catalogue.text("The device may have been somewhere without you."),
        catalogue.text("The device may have been somewhere without the person."),
    )
    yield catalogue.text("The boundary may be drawn a little wrong.")
    yield reader.choose(
        catalogue.text("A late reading that shows you inside would change this conclusion."),
        catalogue.text("A late reading that shows the device inside would change this conclusion."),
    )
    yield catalogue.text(
        "So would the home beacon, or an authorised absence that was not entered yet."
    )


def _inside(catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    yield catalogue.text("There can be other explanations.")
    yield reader.choose(
        catalogue.text("You may have passed close by without going in."),
        catalogue.text("The person may have passed close by without going in."),
    )
    yield catalogue.text("A signal that walls or buildings reflect can show a wrong place.")
    yield reader.choose(
        catalogue.text("The device may have been somewhere without you."),
        catalogue.text("The device may have been somewhere without the person."),
    )
    yield catalogue.text("The boundary may be drawn a little wrong.")
    yield reader.choose(
        catalogue.text("A late reading that shows you outside would change this conclusion."),
        catalogue.text(
            "A late reading that shows the device outside would change this conclusion."
        ),
    )
    yield catalogue.text("So would an authorised absence that was not entered yet.")


def _missed(catalogue: Catalogue, reader: Reader) -> Iterator[str]:
    yield catalogue.text("There can be other explanations.")
    yield catalogue.text("Indoors, a weak signal can show a wrong place.")
    yield reader.choose(
        catalogue.text("You may have come without the device."),
        catalogue.text("The person may have come without the device."),
    )
    yield catalogue.text("The appointment may have been moved.")
    yield reader.choose(
        catalogue.text("A late reading that shows you there would change this conclusion."),
        catalogue.text("A late reading that shows the device there would change this conclusion."),
    )
    yield reader.choose(
        catalogue.text("So would somebody there who confirms that you came."),
        catalogue.text("So would somebody there who confirms that the person came."),
    )


def _silent(catalogue: Catalogue) -> Iterator[str]:
    yield catalogue.text("A device can fall silent for many reasons.")
    yield catalogue.text("Its battery may be empty, or it may be faulty.")
    yield catalogue.text("There may be no network, as in a basement.")
    yield catalogue.text("Readings that arrive late can still fill the gap.")
