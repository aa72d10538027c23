"""What devices sign is kept once and acknowledged; all else is refused or noted, and why."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from mesure.actions.receiving import message_ownership
from mesure.actions.receiving.receive_messages import Receiver, TransferReply
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.devices import device_state
from mesure.devices.assignment import Assignment
from mesure.devices.clocks import Oddity
from mesure.devices.message import cbor, envelope, messages, uplink
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.device_refusal import DeviceRefusalReason
from mesure.devices.message.downlink import Receipt
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat, NewKey
from mesure.instants import to_us
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.records import SHARES_MAX
from tests.actions import receiving
from tests.actions.receiving import (
    NOW_US,
    US,
    Here,
    hand_in,
    join_messages,
    key,
    read_downlinks,
    receipt,
    record,
    seal_message,
)
from tests.devices import samples
from tests.devices.times import SENT_AT, SENT_US

BEAT = Heartbeat(87)
FIXES = samples.batch()


# --- What is kept ----------------------------------------------------------------------------


def test_what_is_acknowledged_is_kept_for_its_person_and_reads_again(here: Here) -> None:
    data = seal_message(FIXES)
    [reply] = hand_in(here, data)
    assert receipt(reply) == Receipt(((2, 2),), ())
    [logged] = here.log("P-1")
    assert (logged.device, logged.counter, logged.form) == ("D-1", 2, "mesure1")
    assert (logged.share.first_us, logged.share.last_us) == (
        int(FIXES.observed_us[0]), int(FIXES.observed_us[-1]),
    )  # fmt: skip
    assert here.unseal(logged) == data
    assert data not in here.folder.joinpath("mesure.db").read_bytes()


def test_several_callers_share_a_change_and_each_has_its_receipt(here: Here) -> None:
    transfers = [join_messages([seal_message(BEAT, c, n) for c in (2, 3)]) for n in (1, 2, 3)]
    replies = hand_in(here, *transfers)
    assert [receipt(one, n).kept for n, one in enumerate(replies, 1)] == [((2, 3),)] * 3
    assert record(here)["counts"] == {"kept": 6}
    assert here.points == ["handed_in"] * 3 + ["checked", "changed", "committed", "sealed"]


def test_the_audit_log_tells_nothing_of_anybody(here: Here) -> None:
    hand_in(here, seal_message(FIXES))
    text = json.dumps(record(here))
    assert record(here)["counts"] == {"kept": 1, "fixes": 4}
    assert not any(word in text for word in ("D-1", "P-1", "ALM-1", "43.25"))


def test_the_audit_log_has_the_digest_of_all_that_came_together(here: Here) -> None:
    hand_in(here, join_messages([seal_message(BEAT, counter) for counter in (2, 3, 4)]))
    digests = [logged.digest for logged in here.log("P-1")]
    assert len(set(digests)) == 3
    assert record(here)["digest"] == hashlib.sha256(b"".join(digests)).hexdigest()


def test_a_message_that_comes_again_is_acknowledged_again_and_kept_once(here: Here) -> None:
    for _ in range(2):
        [reply] = hand_in(here, seal_message(FIXES))
        assert receipt(reply).kept == ((2, 2),)
    first_reply, again = hand_in(here, seal_message(BEAT, 3), seal_message(BEAT, 3))
    assert receipt(first_reply).kept == receipt(again).kept == ((3, 3),)
    assert len(here.log("P-1")) == 2
    with here.store.read() as reading:
        assert reading.frontier().size == 2  # What came again changed nothing.


def test_what_a_device_is_told_has_counters_that_only_rise(here: Here) -> None:
    counters = []
    for counter in (2, 2, 3):
        [reply] = hand_in(here, seal_message(BEAT, counter))
        counters += [one.counter for one in read_downlinks(reply)]
    first_reply, other = hand_in(here, seal_message(BEAT, 4), seal_message(BEAT, 5))
    counters += sorted(
        downlink.counter for reply in (first_reply, other) for downlink in read_downlinks(reply)
    )
    assert counters == [1, 2, 3, 4, 5]


def test_reordered_messages_are_all_kept_and_gaps_are_remembered(here: Here) -> None:
    [reply] = hand_in(here, join_messages([seal_message(BEAT, c) for c in (7, 3, 5)]))
    assert receipt(reply).kept == ((3, 3), (5, 5), (7, 7))
    with here.store.read() as reading:
        known = device_state.unpack(reading.standings(["D-1"])["D-1"])
    assert [(gap.first, gap.last) for gap in known.counters.gaps] == [(2, 2), (4, 4), (6, 6)]


@pytest.mark.parametrize(
    ("sent_us", "oddity"),
    [
        (NOW_US + 7200 * US, Oddity.AHEAD),
        (SENT_US - 5 * 86_400 * US, Oddity.LONG_ON_THE_WAY),
        (0, Oddity.NO_CLOCK),
    ],
)
def test_odd_times_are_noted_and_not_refused(here: Here, sent_us: int, oddity: Oddity) -> None:
    [reply] = hand_in(here, seal_message(BEAT, sent_us=sent_us))
    assert receipt(reply).kept == ((2, 2),)
    assert [one[1] for one in record(here)["noted"]] == [oddity]  # type: ignore[attr-defined]


# --- Whose it is -----------------------------------------------------------------------------


def hand_over_device(here: Here) -> None:
    """Give D-1 to P-2 at 90 s before the fixes were sent: two of them are P-1's."""

    def change(work: WriteTransaction) -> None:
        at = SENT_AT - 90 * receiving.SECOND
        [first] = work.assignments("D-1")
        work.keep_assignment(replace(first, until=at))
        work.keep_assignment(Assignment("D-1", "P-2", "ALM-2", at, None))

    here.store.write(change)


def test_a_message_of_two_persons_is_sealed_for_each(here: Here) -> None:
    hand_over_device(here)
    hand_in(here, seal_message(FIXES))
    [message], [other] = here.log("P-1"), here.log("P-2")
    assert message.share.last_us < other.share.first_us
    assert here.unseal(message) == here.unseal(other) == seal_message(FIXES)
    assert message.share.body != other.share.body


def test_what_is_nobodys_is_kept_for_nobody(here: Here) -> None:
    def change(work: WriteTransaction) -> None:
        [assignment] = work.assignments("D-1")
        work.keep_assignment(replace(assignment, until=SENT_AT - 90 * receiving.SECOND))

    here.store.write(change)
    hand_in(here, seal_message(FIXES))
    hand_in(here, seal_message(BEAT, 3))
    assert len(here.log("P-1")) == 1
    assert [here.unseal(one) for one in here.log("D-1")] == [
        seal_message(FIXES),
        seal_message(BEAT, 3),
    ]
    assert record(here)["counts"] == {"kept": 1, "fixes": 4, "no_order_in_force": 1}


def test_what_comes_after_the_end_of_the_order_is_nobodys(here: Here) -> None:
    ends_at = SENT_AT - 90 * receiving.SECOND
    receiving.end_order(here, "ALM-1", ends_at)
    hand_in(here, seal_message(FIXES), seal_message(BEAT, 3), seal_message(BEAT, number=2))
    [message] = here.log("P-1")
    assert message.share.last_us < to_us(ends_at)
    assert [one.counter for one in here.log("D-1")] == [2, 3]
    assert len(here.log("P-2")) == 1, "of whose order nobody asks whether it has ended"


def test_a_sign_of_life_is_whose_the_device_was_when_it_was_sent(here: Here) -> None:
    hand_over_device(here)
    hand_in(
        here, seal_message(BEAT, 2, sent_us=SENT_US - 600 * US), seal_message(BEAT, 3, sent_us=0)
    )
    assert [one.counter for one in here.log("P-1")] == [2]
    assert [one.counter for one in here.log("P-2")] == [3]  # Without a clock, it is the receipt.


def test_nothing_is_kept_of_somebody_who_was_erased(here: Here) -> None:
    here.keyring.forget("P-1", NOW_US)
    [reply] = hand_in(here, join_messages([seal_message(FIXES), seal_message(BEAT, 2, number=2)]))
    assert receipt(reply) == Receipt((), ((2, "erased"),))
    assert receipt(reply, 2).kept == ((2, 2),)
    assert here.log("P-1") == []
    with here.store.read() as reading:
        [quarantined] = reading.quarantine(0, 10)
    assert quarantined.refused.reason == "erased"
    assert len(quarantined.refused.body) == 28  # Nothing is sealed in it.


def test_more_persons_than_a_store_takes_shares_are_not_lost() -> None:
    people = SHARES_MAX + 3
    whose = tuple((f"P-{n}", np.array([n])) for n in range(people))
    parts = message_ownership._parts(np.arange(people), whose, False, people)
    assert len(parts) == SHARES_MAX
    assert parts[-1] == (None, SHARES_MAX - 1, people - 1)
    joined = message_ownership._parts(
        np.arange(2), (("P-1", np.array([0])), ("P-1", np.array([1]))), False, 1
    )
    assert joined == (("P-1", 0, 1),)


# --- What is refused -------------------------------------------------------------------------


class Impostor:
    """Names somebody else's key and signs with its own."""

    key = key(1).key

    def sign(self, message: bytes) -> bytes:
        return key(9).sign(message)


FORGED = envelope.seal(messages.encode(UplinkMessage(2, SENT_US, BEAT)), Impostor(), envelope.UP)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FORGED, DeviceRefusalReason.FORGED),
        (seal_message(BEAT, number=9), DeviceRefusalReason.UNKNOWN_KEY),
        (seal_message(FIXES)[:-1], DeviceRefusalReason.MALFORMED),
        (cbor.encode(bytes(40)), DeviceRefusalReason.MALFORMED),
        (b"\x59\xff\xff" + bytes(200), DeviceRefusalReason.MALFORMED),
    ],
)
def test_what_nobody_signed_is_refused_and_named_in_no_receipt(
    here: Here, data: bytes, reason: DeviceRefusalReason
) -> None:
    [alone] = hand_in(here, data)
    assert (alone.by_device, alone.refused) == ({}, (reason,))
    [after] = hand_in(here, seal_message(BEAT, 2) + data)
    assert receipt(after) == Receipt(((2, 2),), ())
    assert [one[1:] for one in here.list_refusals()] == [(reason, 2)]
    assert record(here)["counts"] == {reason: 1}


def test_other_bytes_under_a_counter_are_refused_and_the_device_is_told(here: Here) -> None:
    hand_in(here, seal_message(BEAT))
    [reply] = hand_in(here, seal_message(Heartbeat(12)))
    assert receipt(reply) == Receipt((), ((2, "counter_reused"),))
    assert here.list_refusals() == [("D-1", "counter_reused", 1)]
    [both] = hand_in(here, join_messages([seal_message(BEAT), seal_message(Heartbeat(12))]))
    assert receipt(both) == Receipt(((2, 2),), ())


def test_what_is_signed_and_not_understood_has_a_receipt_that_names_it_not(here: Here) -> None:
    odd = envelope.seal(cbor.encode([1, 200, 2, 0, None]), key(1), envelope.UP)
    [reply] = hand_in(here, odd)
    assert receipt(reply) == Receipt((), ())
    assert here.list_refusals() == [("D-1", "unknown_kind", 1)]


def entries(here: Here) -> int:
    with here.store.read() as reading:
        return reading.frontier().size


def test_of_what_strangers_send_only_so_much_is_kept(here: Here) -> None:
    for number in range(3):
        hand_in(
            here, join_messages([seal_message(Heartbeat(n), number=20 + number) for n in range(60)])
        )
    receiver_counts = sum(times for _, _, times in here.list_refusals())
    assert receiver_counts == 180  # A receiver each; one for all would have kept fewer.

    async def flood(receiver: Receiver) -> None:
        for number in range(3):
            data = join_messages(
                [seal_message(Heartbeat(n), number=30 + number) for n in range(60)]
            )
            await receiver.transfer(data, "10.0.0.9")
        assert receiver.counts[DeviceRefusalReason.UNKNOWN_KEY] == 180
        before = entries(here)
        assert (await receiver.transfer(data, "10.0.0.9")).refused == (
            DeviceRefusalReason.UNKNOWN_KEY,
        )
        assert entries(here) == before

    receiving.run(here, flood)
    assert sum(times for _, _, times in here.list_refusals()) == 180 + 100


# --- Keys, one after the other ---------------------------------------------------------------


def new_key(number: int = 1, by: int = 7) -> NewKey:
    proof = uplink.new_key_proof(key(number).key, key(by).key)
    return NewKey(key(by).key, key(by).sign(proof))


def test_another_key_signs_from_the_next_counter_on(here: Here) -> None:
    transfer = join_messages([seal_message(new_key()), seal_message(BEAT, 3, signer=key(7))])
    [first] = hand_in(here, transfer)  # The new key was not known when this came.
    assert read_downlinks(first, public_key=key(7).key)[0].what == Receipt(((2, 2),), ())
    [again] = hand_in(here, transfer)
    assert read_downlinks(again, public_key=key(7).key)[0].what == Receipt(((2, 3),), ())


def test_a_process_that_remembers_the_old_key_does_not_believe_it(here: Here) -> None:
    async def two(old: Receiver) -> None:
        await old.transfer(seal_message(BEAT, 2), "a")
        other = Receiver(here.house)
        await other.transfer(seal_message(new_key(), 3), "b")
        reply = await old.transfer(seal_message(BEAT, 4), "a")
        assert read_downlinks(reply, public_key=key(7).key)[0].what == Receipt((), ())
        await old.transfer(seal_message(BEAT, 4, signer=key(7)), "a")
        await other.close()

    receiving.run(here, two)
    assert here.list_refusals() == [("D-1", "key_not_in_force", 1)]
    assert [one.counter for one in here.log("P-1")] == [2, 3, 4]


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NewKey(key(2).key, bytes(64)), "key_taken"),
        (NewKey(key(7).key, bytes(64)), "forged"),
        (NewKey(bytes([1]) + bytes(31), bytes(64)), "weak_key"),
    ],
)
def test_a_key_that_cannot_follow_is_refused(here: Here, new: NewKey, reason: str) -> None:
    [reply] = hand_in(here, seal_message(new))
    assert receipt(reply) == Receipt((), ((2, reason),))


def test_no_key_follows_the_last_counter_there_is(here: Here) -> None:
    last = 2**63 - 1
    [reply] = hand_in(here, seal_message(new_key(), last))
    assert receipt(reply) == Receipt((), ((last, "key_not_in_force"),))


# --- Where it cannot be kept -----------------------------------------------------------------


def test_where_the_store_is_away_nobody_is_acknowledged(here: Here) -> None:
    here.store.close()
    with pytest.raises(StoreUnavailableError):
        hand_in(here, seal_message(BEAT))


def test_an_empty_transfer_is_answered_with_nothing(here: Here) -> None:
    assert hand_in(here, b"") == [TransferReply({})]


def test_a_batch_at_the_end_of_the_calendar_is_kept(here: Here) -> None:
    last = replace(FIXES.rows(slice(0, 1)), observed_us=np.array([253_402_300_799_999_000]))
    assert isinstance(last, FixBatch)
    [reply] = hand_in(here, seal_message(last))
    assert receipt(reply).kept == ((2, 2),)
