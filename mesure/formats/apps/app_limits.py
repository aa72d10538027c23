"""Limits of one request of a device: bytes, fields, messages, characters."""

from typing import Final

BODY_BYTES_MAX: Final = 256 << 10  # The longest real message seen, a card with a face, has 150 kB.
FIELDS_BYTES_MAX: Final = 16 << 10  # A record of Traccar Client has 200; with cells, 1,000.
FIELDS_MAX: Final = 200  # Of a query or a form; cells and Wi-Fi stations come one by one.
MESSAGES_MAX: Final = 1_000  # In one body: more than real messages would fit.
TOPIC_CHARACTERS_MAX: Final = 512
NAME_CHARACTERS_MAX: Final = 128  # Of a device, as it claims to be called.
SAID_MAX: Final = 8  # Things that an event says about itself.
COMMANDS_MAX: Final = 10  # In one answer.
