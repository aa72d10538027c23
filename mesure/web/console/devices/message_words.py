"""Message words: how a message arrived, and what the judge can do with it, in a sentence."""

from datetime import timedelta
from typing import Final

from mesure.actions.devices.message_log import RefusedOutline
from mesure.devices.message.device_refusal import DeviceRefusalReason
from mesure.formats.apps.app_message import AppMessageFault
from mesure.formats.columns.file_rows import UnusedReason
from mesure.formats.stored.message_outlines import USABLE, MessageOutline
from mesure.web.shared.words.page_texts import PageTexts

AHEAD_SHOWN_S: Final = 60.0
Verdict = tuple[str, str]  # In words, and the kind of the mark beside it.


def summary(outline: MessageOutline, catalogue: PageTexts) -> str:
    """Return what a message says: "position from satellites · ± 8 m · battery 80 %"."""
    parts = []
    if outline.fixes:
        parts.append(_position(outline.provider, catalogue))
        if outline.radius95_m is not None:
            parts.append(catalogue.text("± {metres} m", metres=round(outline.radius95_m)))
        if outline.fixes > 1:
            parts.append(catalogue.plural("{count} position", "{count} positions", outline.fixes))
    else:
        parts.append(catalogue.text("no usable position"))
    if outline.battery_percent is not None:
        charge = catalogue.text("battery {percent} %", percent=outline.battery_percent)
        if outline.is_charging:
            charge = catalogue.text(
                "battery {percent} %, charging", percent=outline.battery_percent
            )
        parts.append(charge)
    if not outline.is_signed:
        parts.append(catalogue.text("unsigned"))
    return " · ".join(parts)


def verdict(outline: MessageOutline, catalogue: PageTexts) -> Verdict:
    """Return whether the judge can use a message, and if not, why and what to do."""
    if outline.verdict == USABLE:
        if outline.ahead_s >= AHEAD_SHOWN_S:
            length = catalogue.short_length(timedelta(seconds=outline.ahead_s))
            words = catalogue.text(
                "It can be used. The clock is {length} ahead, and was put right.", length=length
            )
            return words, "met"
        return catalogue.text("It can be used."), "met"
    if outline.verdict == UnusedReason.FUTURE.word:
        length = catalogue.short_length(timedelta(seconds=outline.ahead_s))
        words = catalogue.text(
            "Not used: the clock is {length} ahead. Set date and time to automatic.", length=length
        )
        return words, "amiss"
    if outline.verdict == UnusedReason.HEARTBEAT.word:
        return catalogue.text("A sign of life. It tells no position of its own."), ""
    if outline.verdict == UnusedReason.STALE.word:
        words = catalogue.text("Not used: it is too old. Look at the date of the phone.")
        return words, "amiss"
    words = catalogue.text("Not used: there is no position in it that can be read.")
    return words, "amiss"


def refusal(refused: RefusedOutline, catalogue: PageTexts) -> str:
    """Return why something was refused, and what to do."""
    words: dict[str, str] = {
        DeviceRefusalReason.NOT_ENROLLED: catalogue.text(
            "Refused: the password is not right, or these settings are not the newest. "
            "Put new settings into the app."
        ),
        AppMessageFault.NO_TIME: catalogue.text("Refused: it says no time."),
        AppMessageFault.NO_OFFSET: catalogue.text("Refused: its time has no time zone."),
        AppMessageFault.OUT_OF_RANGE: catalogue.text("Refused: it says no place on Earth."),
        AppMessageFault.MADE_UP: catalogue.text(
            "Refused: another app on the phone makes positions up. Remove that app."
        ),
        AppMessageFault.NO_KEY: catalogue.text(
            "Refused: it is encrypted, and this phone was set up without a key. "
            "Empty the encryption key in the app."
        ),
        AppMessageFault.WRONG_KEY: catalogue.text(
            "Refused: the encryption key is not right. Type it into the app again."
        ),
        AppMessageFault.NOT_ENCRYPTED: catalogue.text(
            "Refused: it is not encrypted. Type the encryption key into the app."
        ),
        AppMessageFault.NAMELESS: catalogue.text("Refused: it does not say which device it is."),
        AppMessageFault.TOO_LARGE: catalogue.text("Refused: it is too large."),
        AppMessageFault.TOO_MANY: catalogue.text("Refused: it holds too many messages at once."),
        DeviceRefusalReason.FORGED: catalogue.text(
            "Refused: it is not signed by this device’s key."
        ),
        DeviceRefusalReason.KEY_NOT_IN_FORCE: catalogue.text(
            "Refused: it is signed with an old key."
        ),
    }
    return words.get(refused.reason, catalogue.text("Refused: it cannot be read."))


def _position(provider: str | None, catalogue: PageTexts) -> str:
    return {
        "gnss": catalogue.text("position from satellites"),
        "wifi": catalogue.text("position from wireless networks"),
        "cell": catalogue.text("position from cell towers"),
    }.get(provider or "", catalogue.text("position, the source is not known"))
