"""Words of a device alert, to the person and to other readers.

It is never worded as a breach: it says what the device said, when, and what to do now.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from mesure.incidents.device_problems import DeviceNotice, DeviceProblemKind
from mesure.incidents.words.reader import Reader
from mesure.instants import US_PER_S, to_datetime
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue

DeviceCall: TypeAlias = Literal[
    DeviceProblemKind.HELP, DeviceProblemKind.TAMPERING, DeviceProblemKind.POWER
]


class KindWords(NamedTuple):
    """What is said of one kind of notice."""

    title: str
    to_person: str  # What the device said,
    to_others: str
    advice: str  # and what the person can do now,
    request: str  # or was asked to.


def of(kind: DeviceProblemKind, catalogue: Catalogue) -> KindWords:
    """Return what is said of a kind of notice."""
    match kind:
        case DeviceProblemKind.STRAP:
            return KindWords(
                catalogue.text("Device: the strap was open"),
                catalogue.text("Your device said that its strap was open."),
                catalogue.text("The device said that its strap was open."),
                catalogue.text("If it is still open, please close it, or call your officer."),
                catalogue.text("The person is asked to close it, if it is still open."),
            )
        case DeviceProblemKind.BATTERY:
            return KindWords(
                catalogue.text("Device: the battery was almost empty"),
                catalogue.text("Your device said that its battery was almost empty."),
                catalogue.text("The device said that its battery was almost empty."),
                catalogue.text("Please charge it once a day, and now if you can."),
                catalogue.text("The person is asked to charge it once a day, and now if possible."),
            )
        case DeviceProblemKind.CHARGING:
            return KindWords(
                catalogue.text("Device: it was not charged"),
                catalogue.text("Your device said that its battery was low and not charged."),
                catalogue.text("The device said that its battery was low and not charged."),
                catalogue.text("Please charge it once a day, and now if you can."),
                catalogue.text("The person is asked to charge it once a day, and now if possible."),
            )
        case DeviceProblemKind.LOCATING:
            return KindWords(
                catalogue.text("Device: it may not tell its position"),
                catalogue.text("Your device said that it was not allowed to find its position."),
                catalogue.text("The device said that it was not allowed to find its position."),
                catalogue.text("Please allow it to find its position, at all times."),
                catalogue.text("The person is asked to let it find its position, at all times."),
            )
        case DeviceProblemKind.APPROXIMATE:
            return KindWords(
                catalogue.text("Device: only approximate positions"),
                catalogue.text("Your device said only roughly where it was."),
                catalogue.text("The device said only roughly where it was."),
                catalogue.text("Please allow its precise location, and go outdoors for a while."),
                catalogue.text("The person is asked to allow its precise location."),
            )
        case DeviceProblemKind.SWITCHED_OFF:
            return KindWords(
                catalogue.text("Device: it was switched off"),
                catalogue.text("Your device said that it was being switched off."),
                catalogue.text("The device said that it was being switched off."),
                catalogue.text("If it is still off, please switch it on."),
                catalogue.text("The person is asked to switch it on, if it is still off."),
            )
        case _:
            return _of_call(kind, catalogue)


def _of_call(kind: DeviceCall, catalogue: Catalogue) -> KindWords:
    match kind:
        case DeviceProblemKind.HELP:
            return KindWords(
                catalogue.text("Device: a call for help"),
                catalogue.text("Your device sent a call for help."),
                catalogue.text("The device sent a call for help."),
                catalogue.text(
                    "If you are in danger, call the emergency services. "
                    "Your officer may not see this at once."
                ),
                catalogue.text(
                    "If the person may be in danger, call the emergency services. "
                    "The person was told that officers may not see this at once."
                ),
            )
        case DeviceProblemKind.TAMPERING:
            return KindWords(
                catalogue.text("Device: it was opened, cut or removed"),
                catalogue.text("Your device said that it was opened, cut or removed."),
                catalogue.text("The device said that it was opened, cut or removed."),
                catalogue.text("If it came off or is broken, please call your officer."),
                catalogue.text("The person is asked to call, if it came off or is broken."),
            )
        case DeviceProblemKind.POWER:
            return KindWords(
                catalogue.text("Device: its power was cut"),
                catalogue.text("Your device said that its power was cut."),
                catalogue.text("The device said that its power was cut."),
                catalogue.text("Please plug it in again, or charge it."),
                catalogue.text("The person is asked to plug it in again, or to charge it."),
            )
        case _:
            assert_never(kind)


def explain(notice: DeviceNotice, zone: ZoneInfo, catalogue: Catalogue, reader: Reader) -> str:
    """Return the text of a device alert; paragraphs are parted by a line feed."""
    words = of(notice.kind, catalogue)
    paragraphs = (
        [reader.choose(words.to_person, words.to_others), *_when(notice, zone, catalogue)],
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
            reader.choose(words.advice, words.request),
            reader.choose(
                catalogue.text("You can contest this and say what happened."),
                catalogue.text("The person can contest this and say what happened."),
            ),
        ],
    )
    return "\n".join(" ".join(sentences) for sentences in paragraphs)


def _when(notice: DeviceNotice, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[str]:
    duration = durations.in_sentence(notice.total_us / US_PER_S, catalogue)
    if notice.day is not None:
        moment = catalogue.moment(to_datetime(notice.end_us or notice.start_us), zone)
        yield catalogue.plural(
            "That was {count} time on that day, until {moment}.",
            "That was {count} times on that day, until {moment}.",
            notice.count,
        ).format(count=notice.count, moment=moment)
        if notice.total_us:
            yield catalogue.text("It lasted {duration} in all.").format(duration=duration)
        yield catalogue.text("What has a line of its own is not counted here.")
        return
    moment = catalogue.moment(to_datetime(notice.start_us), zone)
    if notice.end_us == notice.start_us:
        yield catalogue.text("That was on {moment}.").format(moment=moment)
        return
    yield catalogue.text("It began on {moment}.").format(moment=moment)
    if notice.end_us is None:
        yield catalogue.text("It has not ended yet.")
    else:
        yield catalogue.text("It lasted {duration}.").format(duration=duration)
