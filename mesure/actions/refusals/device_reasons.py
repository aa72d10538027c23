"""Refusal reasons about a device, to a caller who may do such things."""

from mesure.orders.text.sayings import TranslatableEnum


class DeviceActionRefusal(TranslatableEnum):
    """The reason in one word."""

    NAME = "device_name", "A device has a name of 1 to 64 printable signs."
    ENROLLED = "device_enrolled", "This device is enrolled already."
    NOT_ENROLLED = "device_not_enrolled", "This device is not enrolled."
    CLASS = "device_class", "There is no such class of devices."
    CLAIM_TAKEN = "claim_taken", "Another device has this name in its app."
    GUESSABLE = (
        "guessable",
        (
            "Without a password the name in the app is the secret, and this one could be "
            "guessed. Leave it out, and one is made; or let the app sign in with a password."
        ),
    )
    CLAIM_FORM = "claim_form", "The name in the app is not written as this app writes it."
    LASTS = "code_lasts", "A code lasts from one hour to 14 days."
