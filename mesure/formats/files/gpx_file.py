"""GPX 1.0 and 1.1: points of tracks (trkpt); those of routes and places (rtept, wpt) are kept.

A saved place and a planned route say nothing of where anybody was. Times are in UTC, as GPX
defines them, also where the Z is missing.

Names of elements count without their namespace, since every maker puts speed and accuracy in a
different one. `hdop` x 5 m stands for accuracy where there is none.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from mesure.formats.columns import cell_values, column_names, file_limits
from mesure.formats.columns.file_faults import FixesError, excerpt
from mesure.formats.columns.file_rows import NO_OFFSET, FileRows, UnusedReason
from mesure.formats.columns.row_builder import FixRow, RowBuilder

_POINTS: Final = frozenset({"trkpt", "rtept", "wpt"})
_OF_TRACK: Final = "trkpt"
_READ: Final = frozenset({"speed", "src"})  # Under their names in GPX, with its units.


def read(file: str, data: bytes) -> FileRows:
    """Return every point of a GPX file; it holds no receipt."""
    rows, unread = RowBuilder(file, len(data)), dict[str, None]()
    try:
        for point in _points(file, data):
            _add(rows, point, unread)
    except DefusedXmlException as trap:
        why = "reading it could fill the memory or fetch other files"
        remedy = "export the track again; a plain GPX file declares none"
        raise FixesError(file, "the XML declares entities of its own", why, remedy) from trap
    except (ParseError, ValueError, LookupError) as broken:
        raise FixesError(
            file,
            f"the XML is damaged or cut short ({excerpt(str(broken).partition(': line')[0])})",
            "its points can't be told apart",
            "copy or export it again",
            line=broken.position[0] if isinstance(broken, ParseError) else None,
        ) from broken
    return rows.record("time", "time", unread=unread)


class _Source(BytesIO):
    """The file as the parser asks for it; much text without an element would fill the memory."""

    def __init__(self, file: str, data: bytes) -> None:
        super().__init__(data)
        self._file = file
        self._without_element = 0

    def element_seen(self) -> None:
        self._without_element = 0

    def read(self, size: int | None = -1, /) -> bytes:
        text = super().read(size)
        self._without_element += len(text)
        if self._without_element > file_limits.LINE_BYTES_MAX:
            raise _no_gpx(
                self._file, f"it has {file_limits.LINE_BYTES_MAX} bytes without an element"
            )
        return text


def _points(file: str, data: bytes) -> Iterator[Element]:
    """Yield points as they end, and forget everything that has been read."""
    source = _Source(file, data)
    open_elements: list[Element] = []
    inside = 0  # Elements since the outermost open point began.
    points_open = 0
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        source.element_seen()
        is_point = _name(element) in _POINTS
        if event == "start":
            open_elements.append(element)
            points_open += is_point
            begins = is_point and points_open == 1
            inside = 0 if begins or not points_open else inside + 1
            _check(file, _name(element), len(open_elements), inside)
            continue
        open_elements.pop()
        if is_point:
            points_open -= 1
            yield element
        if not points_open and open_elements:
            open_elements[-1].remove(element)


def _check(file: str, name: str, depth: int, inside: int) -> None:
    if depth == 1 and name != "gpx":
        what, why = f"the XML is {excerpt(name)}, not gpx", "its points can't be told apart"
        raise FixesError(file, what, why, "export the track as GPX")
    if depth > file_limits.DEPTH_MAX:
        raise _no_gpx(file, f"its elements stand more than {file_limits.DEPTH_MAX} deep")
    if inside > file_limits.ELEMENTS_IN_POINT_MAX:
        raise _no_gpx(file, f"a point has more than {file_limits.ELEMENTS_IN_POINT_MAX} elements")


def _no_gpx(file: str, what: str) -> FixesError:
    return FixesError(file, what, "it is no GPX file", "export the track again")


def _add(rows: RowBuilder, point: Element, unread: dict[str, None]) -> None:
    # Of two with one name the first counts: what GPX itself defines comes before extensions.
    inner = {_name(element): element.text for element in reversed(list(point.iter()))}
    text_by_name = {name: text for name, text in inner.items() if text is not None and text.strip()}
    sheet = column_names.sheet(tuple(sorted(text_by_name)))
    value = {meaning: text_by_name[name] for meaning, name in sheet.column.items()}
    if len(unread) < file_limits.COLUMNS_MAX:
        unread.update(dict.fromkeys(name for name in sheet.unread if name not in _READ))
    row = FixRow(
        observed_us=_time_us(text_by_name.get("time")),
        lat_deg=cell_values.number(point.get("lat")),
        lon_deg=cell_values.number(point.get("lon")),
        accuracy_m=cell_values.number(value.get("accuracy_m")),
        hdop_ratio=cell_values.number(value.get("hdop")),
        sats=cell_values.number(value.get("sats")),
        speed_mps=cell_values.number(text_by_name.get("speed")),
        radius95_m=cell_values.number(value.get("radius95_m")),
        said=cell_values.read_provider(text_by_name.get("src")),
        reason=UnusedReason.NONE if _name(point) == _OF_TRACK else UnusedReason.NOT_A_TRACK,
        judged_by=cell_values.device_class(value.get("device_class")),
    )
    rows.add(row)


def _time_us(text: str | None) -> int:
    """Return a time in UTC, whether it says so or not."""
    time_us = cell_values.time_us(text)
    return cell_values.time_us(f"{text}Z") if time_us == NO_OFFSET else time_us


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
