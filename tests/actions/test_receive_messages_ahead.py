"""By how much a device's clock is ahead is measured when messages come, and kept with them."""

from dataclasses import replace

from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.retained_data import RetentionContext
from mesure.actions.records.procedure import default_retention
from mesure.devices import signed_form
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.instants import MAX_US, US_PER_DAY, to_datetime
from mesure.privacy.retention.retention_schedule import HoldReason, RetentionHold
from tests.actions import receiving
from tests.actions.receiving import NOW_US, US, Here, hand_in, seal_message
from tests.devices import samples

FIXES = samples.batch()
AHEAD_US = 300 * US


def later(fixes: FixBatch, by_us: int) -> FixBatch:
    return replace(fixes, observed_us=fixes.observed_us + by_us)


def came(here: Here, *counters: int) -> list[tuple[int, int, int]]:
    """Return by how much each message was ahead, and which time it is kept for."""
    by_counter = {one.counter: one for one in here.log("P-1")}
    messages = [by_counter[counter] for counter in counters]
    return [(signed_form.ahead_us(o.form), o.share.first_us, o.share.last_us) for o in messages]


def test_two_receipts_that_agree_say_by_how_much_a_clock_is_ahead(here: Here) -> None:
    first_us, last_us = int(FIXES.observed_us[0]), int(FIXES.observed_us[-1])
    sent_us = NOW_US + AHEAD_US
    ahead = later(FIXES, AHEAD_US)
    hand_in(here, seal_message(ahead, 2, sent_us=sent_us))
    hand_in(here, seal_message(ahead, 3, sent_us=sent_us + US))
    assert came(here, 2, 3) == [
        (0, NOW_US, last_us + AHEAD_US),  # Nothing of it was yet when it came.
        (AHEAD_US + US, first_us - US, last_us - US),
    ]
    [_, logged] = here.log("P-1")
    assert here.unseal(logged) == seal_message(ahead, 3, sent_us=sent_us + US), (
        "it stays as it was signed"
    )


def test_a_clock_that_was_set_right_is_left_alone(here: Here) -> None:
    for counter in (2, 3):
        hand_in(here, seal_message(FIXES, counter, sent_us=NOW_US + AHEAD_US))
    hand_in(here, seal_message(FIXES, 4, sent_us=NOW_US))
    hand_in(here, seal_message(FIXES, 5, sent_us=NOW_US + 10 * AHEAD_US))
    assert [ahead for ahead, _, _ in came(here, 2, 3, 4, 5)] == [0, AHEAD_US, 0, 0]


def test_a_time_that_is_still_to_come_keeps_a_message_no_longer(here: Here) -> None:
    """A device that names days to come would have its trail stay until those are over, too."""
    hand_in(here, seal_message(later(FIXES, 30 * US_PER_DAY), 2, sent_us=NOW_US))
    closures, now = retained_data.incident_closures, to_datetime(NOW_US + 60 * US_PER_DAY)
    means = RetentionContext(default_retention(), closures, now)
    with here.store.read() as reading:
        old = retained_data.old_messages(reading, means, "P-1")
        due = [fate.is_due(means.now_us) for _, fate in retained_data.trails(old, means, ())]
    assert due == [True]


def test_what_a_clock_beyond_the_end_of_the_order_says_is_the_person_s(here: Here) -> None:
    """An open strap would else belong to no person, and no officer would learn of it."""
    receiving.end_order(here, "ALM-1", to_datetime(NOW_US + 100 * US_PER_DAY))
    beyond_us = NOW_US + 400 * US_PER_DAY
    strap = UplinkEvents((UplinkEvent(UplinkEventKind.STRAP, beyond_us, False),))
    hand_in(here, seal_message(strap, 2, sent_us=beyond_us))
    assert came(here, 2) == [(0, NOW_US, NOW_US)]


def test_what_happens_later_holds_no_message_of_times_to_come(here: Here) -> None:
    """A trail by a clock that is years ahead would stay for every incident of those years."""
    hand_in(here, seal_message(later(FIXES, 3_000 * US_PER_DAY), 2, sent_us=NOW_US))
    closures, now = retained_data.incident_closures, to_datetime(NOW_US + 60 * US_PER_DAY)
    means = RetentionContext(default_retention(), closures, now)
    end_us = NOW_US + 50 * US_PER_DAY
    holds = tuple(
        RetentionHold(HoldReason.OPEN_INCIDENT, "I-1", at_us - US, at_us + US, None)
        for at_us in (end_us, NOW_US)
    )
    with here.store.read() as reading:
        [(_, fate)] = retained_data.trails(reading.messages("P-1", 0, MAX_US), means, holds)
    assert fate.holds == holds[1:]
