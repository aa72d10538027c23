"""GPX 1.0 and 1.1: points of tracks, routes and places (trkpt, rtept, wpt).

Names of elements count without their namespace, since speed and accuracy stand in a different one
in the file of every maker. `hdop` x 5 m stands for accuracy where there is none.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from mesure.ingest import limits, texts
from mesure.ingest.faults import FixesError, shown
from mesure.ingest.record import Record
from mesure.ingest.rows import Row, Rows

_POINTS: Final = frozenset({"trkpt", "rtept", "wpt"})


def read(file: str, data: bytes) -> Record:
    """Return every point of a GPX file; it holds no receipt."""
    rows = Rows(file, len(data))
    try:
        for point in _points(file, data):
            _add(rows, point)
    except DefusedXmlException as trap:
        raise FixesError(
            file,
            "the XML declares entities of its own",
            "reading it could fill the memory or fetch other files",
            "export the track again; a plain GPX file declares none",
        ) from trap
    except (ParseError, ValueError, LookupError) as broken:
        raise FixesError(
            file,
            f"the XML is damaged or cut short ({shown(str(broken).partition(': line')[0])})",
            "its points can't be told apart",
            "copy or export it again",
            line=broken.position[0] if isinstance(broken, ParseError) else None,
        ) from broken
    return rows.record("time", "time")


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
        if self._without_element > limits.LINE_BYTES_MAX:
            raise _no_gpx(self._file, f"it has {limits.LINE_BYTES_MAX} bytes without an element")
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
        raise FixesError(
            file,
            f"the XML is {shown(name)}, not gpx",
            "its points can't be told apart",
            "export the track as GPX",
        )
    if depth > limits.DEPTH_MAX:
        raise _no_gpx(file, f"its elements stand more than {limits.DEPTH_MAX} deep")
    if inside > limits.ELEMENTS_IN_POINT_MAX:
        raise _no_gpx(file, f"a point has more than {limits.ELEMENTS_IN_POINT_MAX} elements")


def _no_gpx(file: str, what: str) -> FixesError:
    return FixesError(file, what, "it is no GPX file", "export the track again")


def _add(rows: Rows, point: Element) -> None:
    # Of two with one name the first counts: what GPX itself defines stands before extensions.
    inner = {_name(element): element.text for element in reversed(list(point.iter()))}
    row = Row(
        observed_us=texts.time_us(inner.get("time")),
        lat_deg=texts.number(point.get("lat")),
        lon_deg=texts.number(point.get("lon")),
        accuracy_m=texts.number(inner.get("accuracy")),
        hdop_ratio=texts.number(inner.get("hdop")),
        sats=texts.number(inner.get("sat")),
        speed_mps=texts.number(inner.get("speed")),
        said=texts.said(inner.get("src")),
    )
    rows.add(row)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
