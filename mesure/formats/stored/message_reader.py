"""Message reader: stored messages read as the judge reads them, by a programme's thresholds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.formats.stored import message_outlines, stored_trails
from mesure.formats.stored.device_reports import DeviceReport
from mesure.formats.stored.message_outlines import MessageOutline
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage, TrailRest


class MessageReader:
    """Reads opened messages of one person's devices, or of one device.

    `today` is the day whose thresholds read what no order was judged by.
    """

    def __init__(self, thresholds: PolicyFile) -> None:
        self._thresholds = thresholds

    def trail(
        self, pieces: Sequence[TrailMessage], classes: Mapping[str, DeviceClass], today: date
    ) -> Iterable[TrailFix | TrailRest]:
        """Yield fixes and rest claims, each by the thresholds its order was judged by.

        `classes` names the class of each device that sent a piece.
        """
        by_thresholds: dict[tuple[date, DeviceClass], list[TrailMessage]] = {}
        for piece in pieces:
            day, device_class = today, classes[piece.device]
            if piece.judged_by is not None:
                day = piece.judged_by.day
                device_class = DeviceClass(piece.judged_by.device_class)
            by_thresholds.setdefault((day, device_class), []).append(piece)
        for (day, device_class), group in by_thresholds.items():
            yield from stored_trails.trail(group, classes, self._thresholds.at(day, device_class))

    def device_reports(self, pieces: Sequence[TrailMessage]) -> Iterable[DeviceReport]:
        """Return what devices said of battery, charger, strap and rest."""
        return stored_trails.device_reports(pieces)

    def outlines(
        self, pieces: Sequence[TrailMessage], device_class: DeviceClass, today: date
    ) -> Iterator[MessageOutline]:
        """Return how each message of one device arrived, and whether it can be used."""
        policy = self._thresholds.at(today, device_class)
        return message_outlines.outlines(pieces, device_class, policy)
