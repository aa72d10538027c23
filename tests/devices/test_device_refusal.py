"""A refusal is a value, and stays short."""

from mesure.devices.message.device_refusal import SAID_CHARS_MAX, DeviceRefusal, DeviceRefusalReason


def test_a_refusal_repeats_only_so_much_of_what_came() -> None:
    assert DeviceRefusal(DeviceRefusalReason.MALFORMED, "x" * 9_999).said == "x" * SAID_CHARS_MAX
    assert DeviceRefusal(DeviceRefusalReason.FORGED, "short").said == "short"
