"""A made-up town of a few houses, as an extract of OpenStreetMap has them."""

from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

from mesure.service.addresses import address_extracts, book_making
from mesure.web import address_book
from mesure.web.address_book import AddressBook

LAT_DEG, LON_DEG = 43.25, 76.92
HOUSES: Final[tuple[dict[str, str], ...]] = (
    {"street": "Clover Avenue", "housenumber": "5", "postcode": "AB1 2CD", "city": "Hillford"},
    {"street": "Clover Avenue", "housenumber": "5/2", "postcode": "AB1 2CD", "city": "Hillford"},
    {"street": "Clover Avenue", "housenumber": "55", "postcode": "AB1 2CE", "city": "Hillford"},
    {"street": "Clover Avenue North", "housenumber": "5", "city": "Hillford"},
    {"street": "Көктөбе көшесі", "housenumber": "12Б", "postcode": "050010", "city": "Үлгі"},
    {"street": "улица Ёлочная", "housenumber": "7", "postcode": "050011", "city": "Үлгі"},
    {"street": "Rue de l’Église", "housenumber": "3", "city": "Prévert"},
    {"place": "Lone Farm", "housenumber": "1"},
)


def node(number: int, lat_deg: float, lon_deg: float, **tags: str) -> str:
    tag_elements = "".join(
        f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>"
        for key, value in tags.items()
    )
    return f'<node id="{number}" version="1" lat="{lat_deg}" lon="{lon_deg}">{tag_elements}</node>'


def house(number: int, lat_deg: float, lon_deg: float, **tags: str) -> str:
    return node(number, lat_deg, lon_deg, **{f"addr__{key}": one for key, one in tags.items()})


def houses() -> list[str]:
    """Return all houses, 100 m from each other, and two villages."""
    return [
        *(house(at, LAT_DEG + at / 1000, LON_DEG, **tags) for at, tags in enumerate(HOUSES, 1)),
        node(90, LAT_DEG + 0.0079, LON_DEG, place="village", name="Nearby"),
        node(91, LAT_DEG + 1.0, LON_DEG, place="town", name="Farther"),
    ]


_EVEN: Final = '<tag k="addr:interpolation" v="even"/>'
# Two houses, and a line that says which numbers lie between.
LINE: Final = (
    node(101, 43.0, 76.0, addr__housenumber="2", addr__street="Long Road"),
    node(102, 43.0, 76.01, addr__housenumber="8", addr__street="Long Road"),
    f'<way id="103" version="1"><nd ref="101"/><nd ref="102"/>{_EVEN}</way>',
)


def extract(folder: Path, *things: str, name: str = "town.osm") -> Path:
    path = folder / name
    body = "".join(things or houses())
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{body}</osm>', encoding="utf-8")
    return path


def book(folder: Path, *things: str) -> AddressBook:
    """Make a book of some things, of the whole town where none are given, and open it."""
    path = folder / "addresses.db"
    entries = address_extracts.read(extract(folder, *things))
    book_making.make(entries, path, "made up", lambda _: None)
    return address_book.open_book(path)
