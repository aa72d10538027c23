"""Words of a device alert, to the person and to other readers.

It is never worded as a breach: it says what the device said, when, and what to do now.
"""

from collections.abc import Iterator
from typing import assert_never
from zoneinfo import ZoneInfo

from mesure.incidents.device_problems import DeviceNotice, DeviceProblemKind
from mesure.incidents.words.reader import Reader
from mesure.instants import US_PER_S, to_datetime
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue


def title(kind: DeviceProblemKind, catalogue: Catalogue) -> str:
    """Return what a notice is called."""
    return {
        DeviceProblemKind.STRAP: catalogue.text("Device: the strap was open"),
        DeviceProblemKind.BATTERY: catalogue.text("Device: the battery was almost empty"),
        DeviceProblemKind.CHARGING: catalogue.text("Device: it was not charged"),
        DeviceProblemKind.LOCATING: catalogue.text("Device: it may not tell its position"),
        DeviceProblemKind.SWITCHED_OFF: catalogue.text("Device: it was switched off"),
        DeviceProblemKind.HELP: catalogue.text("Device: a call for help"),
        DeviceProblemKind.TAMPERING: catalogue.text("Device: it was opened, cut or removed"),
        DeviceProblemKind.POWER: catalogue.text("Device: its power was cut"),
    }[kind]


def explain(notice: DeviceNotice, zone: ZoneInfo, catalogue: Catalogue, reader: Reader) -> str:
    """Return the text of a device alert; paragraphs are parted by a line feed."""
    paragraphs = (
        [_what(notice.kind, catalogue, reader), *_when(notice, zone, catalogue)],
        [
            reader.choose(
                catalogue.text("This is about the device and says nothing about where you were."),
                catalogue.text(
                    "This is about the device and says nothing about where the person was."
                ),
            ),
            catalogue.text("It is not a breach. A device can also be faulty."),
        ],
        [
            reader.choose(advice(notice.kind, catalogue), _request(notice.kind, catalogue)),
            reader.choose(
                catalogue.text("You can contest this and say what happened."),
                catalogue.text("The person can contest this and say what happened."),
            ),
        ],
    )
    return "\n".join(" ".join(sentences) for sentences in paragraphs)


def _what(kind: DeviceProblemKind, catalogue: Catalogue, reader: Reader) -> str:
    match kind:
        case DeviceProblemKind.STRAP:
            return reader.choose(
                catalogue.text("Your device said that its strap was open."),
                catalogue.text("The device said that its strap was open."),
            )
        case DeviceProblemKind.BATTERY:
            return reader.choose(
                catalogue.text("Your device said that its battery was almost empty."),
                catalogue.text("The device said that its battery was almost empty."),
            )
        case DeviceProblemKind.CHARGING:
            return reader.choose(
                catalogue.text("Your device said that its battery was low and not charged."),
                catalogue.text("The device said that its battery was low and not charged."),
            )
        case DeviceProblemKind.LOCATING:
            return reader.choose(
                catalogue.text("Your device said that it was not allowed to find its position."),
                catalogue.text("The device said that it was not allowed to find its position."),
            )
        case DeviceProblemKind.SWITCHED_OFF:
            return reader.choose(
                catalogue.text("Your device said that it was being switched off."),
                catalogue.text("The device said that it was being switched off."),
            )
        case DeviceProblemKind.HELP:
            return reader.choose(
                catalogue.text("Your device sent a call for help."),
                catalogue.text("The device sent a call for help."),
            )
        case DeviceProblemKind.TAMPERING:
            return reader.choose(
                catalogue.text("Your device said that it was opened, cut or removed."),
                catalogue.text("The device said that it was opened, cut or removed."),
            )
        case DeviceProblemKind.POWER:
            return reader.choose(
                catalogue.text("Your device said that its power was cut."),
                catalogue.text("The device said that its power was cut."),
            )
        case _:
            assert_never(kind)


def _when(notice: DeviceNotice, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[str]:
    start_at = to_datetime(notice.start_us)
    if notice.day is not None:
        yield catalogue.plural(
            "That was for a moment, {count} time on {day}.",
            "That was for moments, {count} times on {day}.",
            notice.count,
        ).format(count=notice.count, day=catalogue.day(start_at, zone))
        return
    if notice.end_us == notice.start_us:
        yield catalogue.text("That was on {moment}.").format(
            moment=catalogue.moment(start_at, zone)
        )
        return
    yield catalogue.text("It began on {moment}.").format(moment=catalogue.moment(start_at, zone))
    if notice.end_us is None:
        yield catalogue.text("It has not ended yet.")
    else:
        duration = durations.in_sentence(notice.total_us / US_PER_S, catalogue)
        yield catalogue.text("It lasted {duration}.").format(duration=duration)


def advice(kind: DeviceProblemKind, catalogue: Catalogue) -> str:
    """Return what the person can do about the device now."""
    match kind:
        case DeviceProblemKind.STRAP:
            return catalogue.text("If it is still open, please close it, or call your officer.")
        case DeviceProblemKind.BATTERY | DeviceProblemKind.CHARGING:
            return catalogue.text("Please charge it once a day, and now if you can.")
        case DeviceProblemKind.LOCATING:
            return catalogue.text("Please allow it to find its position, at all times.")
        case DeviceProblemKind.SWITCHED_OFF:
            return catalogue.text("If it is still off, please switch it on.")
        case DeviceProblemKind.HELP:
            return catalogue.text(
                "If you are in danger, call the emergency services. "
                "Your officer may not see this at once."
            )
        case DeviceProblemKind.TAMPERING:
            return catalogue.text("If it came off or is broken, please call your officer.")
        case DeviceProblemKind.POWER:
            return catalogue.text("Please plug it in again, or charge it.")
        case _:
            assert_never(kind)


def _request(kind: DeviceProblemKind, catalogue: Catalogue) -> str:
    """Return what the person is asked to do about the device, for other readers."""
    match kind:
        case DeviceProblemKind.STRAP:
            return catalogue.text("The person is asked to close it, if it is still open.")
        case DeviceProblemKind.BATTERY | DeviceProblemKind.CHARGING:
            return catalogue.text(
                "The person is asked to charge it once a day, and now if possible."
            )
        case DeviceProblemKind.LOCATING:
            return catalogue.text("The person is asked to let it find its position, at all times.")
        case DeviceProblemKind.SWITCHED_OFF:
            return catalogue.text("The person is asked to switch it on, if it is still off.")
        case DeviceProblemKind.HELP:
            return catalogue.text(
                "If the person may be in danger, call the emergency services. "
                "The person was told that officers may not see this at once."
            )
        case DeviceProblemKind.TAMPERING:
            return catalogue.text("The person is asked to call, if it came off or is broken.")
        case DeviceProblemKind.POWER:
            return catalogue.text("The person is asked to plug it in again, or to charge it.")
        case _:
            assert_never(kind)
