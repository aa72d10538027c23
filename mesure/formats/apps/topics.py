"""MQTT topics of OwnTracks: `owntracks/<name>/<device>`, and below it what isn't a location."""

from typing import Final, NamedTuple

from mesure.formats.apps import app_limits, app_message

BASE: Final = "owntracks"
COMMANDS: Final = "cmd"
FOR_THE_DEVICE: Final = frozenset({COMMANDS, "info", "request"})


class MqttTopic(NamedTuple):
    """A topic taken apart."""

    claimed: str  # "jane/phone"; empty: no device can have published there.
    part: str  # What is below the device ("event"); empty: nothing.


def read(topic: str) -> MqttTopic:
    """Return whose topic it is.

    >>> read("owntracks/jane/phone"), read("owntracks/jane/phone/event").part, read("jane").claimed
    (MqttTopic(claimed='jane/phone', part=''), 'event', '')
    """
    base, *levels = (
        topic.strip().split("/", 4) if len(topic) <= app_limits.TOPIC_CHARACTERS_MAX else [""]
    )
    if base != BASE or len(levels) not in (2, 3):
        return MqttTopic("", "")
    return MqttTopic(device(levels[0], levels[1]), levels[2] if len(levels) == 3 else "")


def device(name: str, phone: str) -> str:
    """Return how a device is called that has both names; nothing, if they can't be told apart.

    >>> device("jane", "phone"), device("jane/phone", "x"), device("jane", "")
    ('jane/phone', '', '')
    """
    parts = [app_message.name(part) for part in (name, phone)]
    return (
        "" if not all(parts) or any(set(part) & set("/+#") for part in parts) else "/".join(parts)
    )


def for_commands(claimed: str) -> str:
    """Return where a device listens.

    >>> for_commands("jane/phone")
    'owntracks/jane/phone/cmd'
    """
    return f"{BASE}/{claimed}/{COMMANDS}"
