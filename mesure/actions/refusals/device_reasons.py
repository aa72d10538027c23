"""Refusal reasons about a device, to a caller who may do such things."""

from enum import StrEnum

from mesure.orders.text.catalogue import Catalogue


class DeviceActionRefusal(StrEnum):
    """The reason in one word."""

    NAME = "device_name"
    ENROLLED = "device_enrolled"
    NOT_ENROLLED = "device_not_enrolled"
    CLASS = "device_class"
    CLAIM_TAKEN = "claim_taken"
    GUESSABLE = "guessable"
    CLAIM_FORM = "claim_form"
    LASTS = "code_lasts"

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the reason in a sentence."""
        return {
            DeviceActionRefusal.NAME: catalogue.text(
                "A device has a name of 1 to 64 printable signs."
            ),
            DeviceActionRefusal.ENROLLED: catalogue.text("This device is enrolled already."),
            DeviceActionRefusal.NOT_ENROLLED: catalogue.text("This device is not enrolled."),
            DeviceActionRefusal.CLASS: catalogue.text("There is no such class of devices."),
            DeviceActionRefusal.CLAIM_TAKEN: catalogue.text(
                "Another device has this name in its app."
            ),
            DeviceActionRefusal.GUESSABLE: catalogue.text(
                "Without a password the name in the app is the secret, and this one could be "
                "guessed. Leave it out, and one is made; or let the app sign in with a password."
            ),
            DeviceActionRefusal.CLAIM_FORM: catalogue.text(
                "The name in the app is not written as this app writes it."
            ),
            DeviceActionRefusal.LASTS: catalogue.text("A code lasts from one hour to 14 days."),
        }[self]
