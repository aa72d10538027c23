"""Readers of stored messages that give what a test made up, whatever messages lie in the store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from mesure.evaluation.policy import DeviceClass
from mesure.formats.stored.device_reports import DeviceReport
from mesure.formats.stored.message_reader import MessageReader
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage, TrailRest
from mesure.web.dependencies import default_thresholds

Pieces = Sequence[TrailMessage]


def no_trail(_pieces: Pieces) -> tuple[TrailFix, ...]:
    return ()


def no_reports(_pieces: Pieces) -> tuple[DeviceReport, ...]:
    return ()


class FakeReader(MessageReader):
    """Gives a made-up trail and made-up reports; outlines are read by the standard thresholds."""

    def __init__(
        self,
        trail: Callable[[Pieces], Iterable[TrailFix | TrailRest]] = no_trail,
        device_reports: Callable[[Pieces], Iterable[DeviceReport]] = no_reports,
    ) -> None:
        super().__init__(default_thresholds())
        self._trail, self._device_reports = trail, device_reports

    def trail(
        self, pieces: Pieces, classes: Mapping[str, DeviceClass], today: date
    ) -> Iterable[TrailFix | TrailRest]:
        return self._trail(pieces)

    def device_reports(self, pieces: Pieces) -> Iterable[DeviceReport]:
        return self._device_reports(pieces)
