"""JSON properties of a fix, under the names of the columns."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from mesure.formats.columns import cell_values, column_names, file_limits
from mesure.formats.columns.column_names import TimeFormat
from mesure.formats.columns.file_rows import UnusedReason
from mesure.formats.columns.row_builder import FixRow
from mesure.formats.files import json_lines_file
from mesure.geo.fixes import POSITION, SINCE_FIX

_ANY: Final = msgspec.json.Decoder()
_KIND: Final = "_gpxType"  # In what togeojson makes of GPX.
_NOT_TRACKS: Final = frozenset({b'"wpt"', b'"rte"'})


class ObjectProperties:
    """What an object says; only what is asked for is taken apart."""

    def __init__(self, properties: Mapping[str, msgspec.Raw]) -> None:
        self._properties = properties
        self._sheet = column_names.sheet(tuple(properties))

    def row(self, place: tuple[float, float] | None = None) -> FixRow:
        """Return what is said of a fix, at a longitude and latitude or where it says itself."""
        lon_deg, lat_deg = place or (self._number("lon"), self._number("lat"))
        is_named = "trace_id" in self._sheet.column
        rest_us = self._rest_us()
        return FixRow(
            observed_us=self._time_us("time"),
            received_us=self._time_us("recv_time"),
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            accuracy_m=self._number("accuracy_m"),
            hdop_ratio=self._number("hdop"),
            sats=self._number("sats"),
            speed_mps=self._number("speed_mps"),
            radius95_m=self._number("radius95_m"),
            motion=cell_values.flag(self._value("motion")),
            beacon=cell_values.flag(self._value("beacon")),
            said=cell_values.read_provider(self._value("provider")),
            reason=self._reason(rest_us),
            trace=cell_values.name(self._value("trace_id")) if is_named else None,
            rest_us=rest_us,
            judged_by=cell_values.device_class(self._value("device_class")),
        )

    def _rest_us(self) -> int:
        """Return since when the device says that it lies still, as in `Fixes`."""
        if "still_since" not in self._sheet.column:
            return POSITION
        still_us = self._time_us("still_since")
        return still_us if still_us >= SINCE_FIX else POSITION

    def _reason(self, rest_us: int) -> UnusedReason:
        if self._is_planned():
            return UnusedReason.NOT_A_TRACK
        return UnusedReason.NONE if rest_us == POSITION else UnusedReason.HEARTBEAT

    def note_unread(self, unread: dict[str, None]) -> None:
        """Add the names of what is not read to others."""
        if len(unread) < file_limits.COLUMNS_MAX:
            unread.update(dict.fromkeys(self._sheet.unread[: file_limits.COLUMNS_MAX]))

    def _is_planned(self) -> bool:
        """Return whether it is a saved place, or a part of a planned route."""
        kind = self._properties.get(_KIND)
        return self._sheet.is_planned or (kind is not None and bytes(kind) in _NOT_TRACKS)

    def _number(self, meaning: str) -> float:
        return cell_values.number(self._value(meaning))

    def _value(self, meaning: str) -> Any:  # noqa: ANN401  Any JSON.
        name = self._sheet.column.get(meaning)
        return (
            None
            if name is None
            else json_lines_file.decode_line(_ANY, bytes(self._properties[name]))
        )

    def _time_us(self, meaning: str) -> int:
        """Return a time as its name says it is written."""
        value = self._value(meaning)
        match self._sheet.clock(meaning):
            case TimeFormat.COUNT:
                return cell_values.stamp_us(value)
            case TimeFormat.MICROSECONDS:
                return cell_values.microseconds(value)
        return cell_values.time_us(value)
