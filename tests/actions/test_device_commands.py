"""What a device is to be told waits for it, comes with a receipt, and ends when it answers."""

from dataclasses import replace

from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.receiving.receive_messages import TransferReply
from mesure.devices.message import public_keys
from mesure.devices.message.downlink import Configuration, FixBurst, PersonMessage, Receipt
from mesure.devices.message.uplink import CommandAnswer, CommandOutcome, Heartbeat
from mesure.store.interface.store import WriteTransaction
from tests.actions.receiving import (
    NOW_US,
    US,
    Here,
    hand_in,
    key,
    read_downlinks,
    record,
    run,
    seal_message,
)

BEAT = Heartbeat(87)
BURST = FixBurst(15_000, NOW_US + 600 * US)


def tell(here: Here, what: FixBurst | PersonMessage | Configuration, key: str = "one") -> bool:
    telling = DeviceCommand(key, "D-1", what, "P-1" if isinstance(what, PersonMessage) else None)
    means = here.house.means
    return here.store.write(
        lambda work: device_commands.tell(work, means.keyring, means.salts, telling, NOW_US)
    )


def due_keys(here: Here) -> list[str]:
    with here.store.read() as reading:
        return [one.key for one in reading.due(device_commands.KIND, 2**62, 100)]


def test_what_waits_for_a_device_comes_with_its_receipt_until_it_answers(here: Here) -> None:
    assert tell(here, BURST)
    assert not tell(here, BURST)
    [reply], [other] = hand_in(here, seal_message(BEAT, 2)), hand_in(here, seal_message(BEAT, 2, 2))
    assert [one.what for one in read_downlinks(reply)][1:] == [BURST]
    assert len(read_downlinks(other, 2)) == 1
    [soon] = hand_in(here, seal_message(BEAT, 3))
    assert len(read_downlinks(soon)) == 1  # It may be on its way.
    here.now_us += device_commands.AGAIN_US
    [later] = hand_in(here, seal_message(BEAT, 4))
    [_, again] = read_downlinks(later)
    assert again.what == BURST
    hand_in(
        here, seal_message(CommandAnswer(read_downlinks(reply)[1].counter, CommandOutcome.DONE), 5)
    )
    assert due_keys(here) == []
    with here.store.read() as reading:
        sent = reading.send_status(device_commands.KIND, "one")
        assert sent is not None
        assert (sent.is_done, sent.said) == (True, "done")


def test_words_that_are_shown_wait_to_be_read(here: Here) -> None:
    tell(here, PersonMessage("Please charge the device.", "en"))
    [reply] = hand_in(here, seal_message(BEAT))
    counter = read_downlinks(reply)[1].counter
    hand_in(here, seal_message(CommandAnswer(counter, CommandOutcome.SHOWN), 3))
    assert due_keys(here) == ["one"]
    hand_in(here, seal_message(CommandAnswer(counter, CommandOutcome.READ), 4))
    assert due_keys(here) == []


def test_an_answer_to_nothing_is_kept_and_counted(here: Here) -> None:
    tell(here, BURST)
    hand_in(here, seal_message(CommandAnswer(77, CommandOutcome.DONE)))
    assert record(here)["counts"] == {"kept": 1, "answer_to_nothing": 1}


def test_what_is_past_or_of_somebody_erased_is_told_no_more(here: Here) -> None:
    tell(here, FixBurst(15_000, NOW_US - 1), "past")
    tell(here, PersonMessage("Hello.", "en"), "erased")
    here.keyring.forget("P-1", NOW_US)
    names = {"D-1": public_keys.name(key(1).key)}
    assert run(here, lambda receiver: receiver.tell(names)) == {}
    assert due_keys(here) == []


def test_a_device_is_told_though_much_waits_for_others(here: Here) -> None:
    means = here.house.means

    def many(work: WriteTransaction) -> None:
        for n in range(device_commands.OF_ALL_MAX):
            command = DeviceCommand(f"x{n}", "D-3", Configuration(60_000, 600_000, 60), None)
            device_commands.tell(work, means.keyring, means.salts, command, 0)

    here.store.write(many)
    tell(here, BURST)
    first, third = hand_in(here, seal_message(BEAT), seal_message(BEAT, number=3))
    assert [one.what for one in read_downlinks(first)][1:] == [BURST]
    assert len(read_downlinks(third, 3)) == 1 + device_commands.AT_ONCE_MAX


def test_nobody_is_told_who_is_not_known_by_the_key(here: Here) -> None:
    """Two devices: one is named by the key of the other."""
    tell(here, BURST)
    names = {"D-1": public_keys.name(key(2).key)}
    assert run(here, lambda receiver: receiver.tell(names)) == {}
    names = {"D-1": public_keys.name(key(1).key)}
    [burst] = read_downlinks(TransferReply(run(here, lambda receiver: receiver.tell(names))))
    assert burst.what == BURST


def test_a_message_that_came_before_fetches_and_holds_back_nothing(here: Here) -> None:
    """A holder of a copy of a message that a device once signed is not the device."""
    hand_in(here, seal_message(BEAT))
    tell(here, BURST)
    [copy] = hand_in(here, seal_message(BEAT))
    assert [one.what for one in read_downlinks(copy)] == [Receipt(((2, 2),), ())]
    assert copy.heard == frozenset()
    [own] = hand_in(here, seal_message(BEAT, 3))
    assert [one.what for one in read_downlinks(own)][1:] == [BURST]
    assert own.heard == {"D-1"}


def test_a_device_that_is_retired_is_told_nothing_and_answers_nothing(here: Here) -> None:
    tell(here, PersonMessage("Please charge the device.", "en"))
    [reply] = hand_in(here, seal_message(BEAT, 6))
    here.store.write(retire)
    here.now_us += device_commands.AGAIN_US
    [late] = hand_in(here, seal_message(BEAT, 5))  # It was on its way: late is not wrong.
    assert [one.what for one in read_downlinks(late)] == [Receipt(((5, 5),), ())]
    names = {"D-1": public_keys.name(key(1).key)}
    assert run(here, lambda receiver: receiver.tell(names)) == {}
    hand_in(
        here, seal_message(CommandAnswer(read_downlinks(reply)[1].counter, CommandOutcome.READ), 4)
    )
    assert due_keys(here) == ["one"]


def retire(work: WriteTransaction) -> None:
    """Let go of a device of which six messages were heard."""
    enrolled = work.enrolments()["D-1"]
    work.keep_enrolment(replace(enrolled, keys=(replace(enrolled.keys[0], last=6),)))
