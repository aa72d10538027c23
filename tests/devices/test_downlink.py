"""Receipts, as they are put together from the counters of a transfer."""

from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import downlink, messages
from mesure.devices.message.downlink import SPANS_PER_RECEIPT_MAX
from mesure.devices.message.messages import DownlinkMessage
from tests.devices.times import SENT_US


@given(st.sets(st.integers(1, 200), max_size=SPANS_PER_RECEIPT_MAX), st.data())
def test_a_receipt_names_what_is_kept_and_what_is_refused_and_can_be_sent(
    counters: set[int], draw: st.DataObject
) -> None:
    refused = set(draw.draw(st.lists(st.sampled_from(sorted(counters) or [1]), max_size=9)))
    kept_counters = counters - refused
    receipt = downlink.receipt(kept_counters, dict.fromkeys(refused, "counter_reused"))
    named = [one for first, last in receipt.kept for one in range(first, last + 1)]
    assert named == sorted(kept_counters)
    assert [counter for counter, _ in receipt.refused] == sorted(refused)
    message = DownlinkMessage(1, SENT_US, receipt)
    assert messages.read_downlink(messages.encode(message)) == message
