"""Looking up an address while a place is entered: words in, at most ten places to choose from.

The search is a button of the form of the place, so those who may enter an order may search,
and nobody else. What was searched for is sent in the form and kept nowhere: it is in no address of
a page, in no log and not in the audit log, which says that the draft was opened. Nothing is chosen
by itself, even where there is only one hit.
Decision: docs/decisions/0055-addresses-are-looked-up-on-this-machine.md
"""

from dataclasses import dataclass
from typing import Final

from mesure.reports.text import visible_text
from mesure.web import address_book
from mesure.web.address_book import AddressBookError, BookRow
from mesure.web.console.order_entry import order_fields
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.shared.visits import PageVisit

BETWEEN: Final = "between "  # Before the point of what was worked out between two houses.


@dataclass(frozen=True, slots=True)
class AddressHit:
    """An address to choose, as the page lists it."""

    value: str  # What its button sends: the point, and behind it the address.
    address: str
    near: str
    at: str
    is_between: bool  # Worked out between two houses.


@dataclass(frozen=True, slots=True)
class AddressLookup:
    """What the page says of a search."""

    has_book: bool
    is_asked: bool = False
    is_chosen: bool = False
    is_between: bool = False  # What was chosen was worked out between two houses.
    is_broken: bool = False  # The book could not be read.
    hits: tuple[AddressHit, ...] = ()


def is_asked(visit: PageVisit) -> bool:
    """Tell whether somebody searches: they pressed the button, or gave an address and no point."""
    if visit.parts.addresses is None or visit.form.value("shape") != "circle":
        return False
    is_alone = not order_fields.text(visit, "point") and order_fields.text(visit, "address") != ""
    return is_alone or visit.form.value("look_up") != ""


def choice(visit: PageVisit) -> Fields | None:
    """Return the fields of the address that was chosen; None where none was."""
    if visit.form.value("shape") != "circle":
        return None
    point, _, address = order_fields.text(visit, "hit").removeprefix(BETWEEN).partition(" | ")
    if order_fields.corner(point) is None:
        return None
    return {"point": point, "address": address}


def of_visit(visit: PageVisit) -> AddressLookup:
    """Return what the page of a place shows of the search, and what was found."""
    book = visit.parts.addresses
    if book is None:
        return AddressLookup(has_book=False)
    if choice(visit) is not None:
        is_between = order_fields.text(visit, "hit").startswith(BETWEEN)
        return AddressLookup(has_book=True, is_chosen=True, is_between=is_between)
    if visit.request.method != "POST" or not is_asked(visit):
        return AddressLookup(has_book=True)
    basemap = visit.parts.basemap
    area = None if basemap is None else basemap.box_deg
    try:
        rows = address_book.search(book, order_fields.text(visit, "address"), area)
    except AddressBookError:
        return AddressLookup(has_book=True, is_asked=True, is_broken=True)
    return AddressLookup(has_book=True, is_asked=True, hits=tuple(map(_hit, rows)))


def _hit(row: BookRow) -> AddressHit:
    at = f"{row.lat_deg:.5f}, {row.lon_deg:.5f}"
    address = visible_text.visible(row.address)
    value = f"{BETWEEN if row.is_between else ''}{at} | {address}"
    return AddressHit(value, address, visible_text.visible(row.near), at, row.is_between)
