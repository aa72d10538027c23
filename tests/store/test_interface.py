"""The contract of a store, asked of every store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from mesure.audit import commitments, entries, proofs, tree
from mesure.audit.entries import RecordEntry
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import leaf_hash
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message import public_keys
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.faults import ConflictError
from mesure.store.values.records import (
    AppendOutcome,
    AppendResult,
    LogPosition,
    MessageShare,
    ReceivedMessage,
    RefusedMessage,
)
from tests.store import samples
from tests.store.databases import Database
from tests.store.samples import AT, DAY, everything, message, ready, void
from tools.faults.tree_nodes import TreeNodes

PART = partitions.partition_of("P-1")


# --- People, orders, devices -------------------------------------------------------------------


def test_what_was_entered_is_read_as_it_was(database: Database, store: Store) -> None:
    ready(store)
    store.write(lambda work: work.add_version(samples.version()))
    store.write(lambda work: work.keep_enrolment(samples.enrolment()))
    store.write(lambda work: work.keep_assignment(samples.assignment()))
    store.close()
    opened = database.open()
    with opened.read() as reading:
        assert reading.person("P-1") == samples.person()
        assert reading.order("ALM-1") == samples.order()
        assert reading.orders_of("P-1") == (samples.order(),)
        assert reading.versions("ALM-1") == (samples.version(),)
        assert reading.device("D-1") == samples.device()
        assert reading.enrolments() == {"D-1": samples.enrolment()}
        assert reading.assignments("D-1") == reading.assignments_of("P-1")
        assert reading.assignments("D-1") == (samples.assignment(),)
    opened.close()


def test_what_is_not_there_is_none(store: Store) -> None:
    with store.read() as reading:
        answers = (
            (
                reading.person("P-1"),
                reading.order("A"),
                reading.device("D"),
                reading.record_opening(0),
            ),
            (reading.orders_of("P-1"), reading.versions("A"), reading.assignments("D")),
            (
                reading.enrolments(),
                reading.enrolments_with_keys([b"name"]),
                reading.standings(["D"]),
                reading.digests([("D", 1)]),
            ),
            (
                reading.log(LogPosition(PART, 0), 10),
                reading.quarantine(0, 10),
                reading.entries(0, 9),
            ),
            (reading.last(PART), list(reading.messages("P-1", 0, 10))),
        )
        assert not [one for some in answers for one in some if one]
        assert reading.frontier().root() == tree.EMPTY_ROOT


ADDED: list[Callable[[WriteTransaction], None]] = [
    lambda work: work.add_person(samples.person()),
    lambda work: work.add_order(samples.order()),
    lambda work: work.add_device(samples.device()),
    lambda work: work.add_version(samples.version()),
    lambda work: work.keep_enrolment(samples.enrolment()),
    lambda work: work.keep_assignment(samples.assignment()),
    lambda work: work.confirm("ALM-1", 1, AT, "O-2"),
]
OTHERWISE: list[Callable[[WriteTransaction], None]] = [
    lambda work: work.add_person(replace(samples.person(), entered_by="Other")),
    lambda work: work.add_order(replace(samples.order(), person="P-2")),
    lambda work: work.add_device(replace(samples.device(), entered_by="O-9")),
    lambda work: work.add_version(replace(samples.version(), digest=bytes(32))),
    lambda work: work.add_version(samples.version(3)),
    lambda work: work.keep_enrolment(replace(samples.enrolment(), device_class="tag")),
    lambda work: work.keep_enrolment(replace(samples.enrolment(), keys=())),
    lambda work: work.keep_enrolment(replace(samples.enrolment(), device="D-2")),
    lambda work: work.keep_assignment(replace(samples.assignment(), person="P-2")),
    lambda work: work.keep_assignment(replace(samples.assignment(), start=AT + DAY)),
    lambda work: work.keep_assignment(replace(samples.assignment(2), until=AT)),
    lambda work: work.confirm("ALM-1", 1, AT, "O-3"),
    lambda work: work.confirm("ALM-1", 2, AT, "O-2"),
    lambda work: work.add_order(replace(samples.order(), id="X", person="P-9")),
    lambda work: work.add_version(replace(samples.version(), order="X")),
    lambda work: work.keep_enrolment(replace(samples.enrolment(), device="D-9")),
    lambda work: work.keep_assignment(replace(samples.assignment(), device="D-9")),
    lambda work: work.keep_assignment(replace(samples.assignment(2), person="P-9")),
    lambda work: work.keep_assignment(replace(samples.assignment(2), order="X")),
    lambda work: work.keep_standings({"D-1": b"new", "D-9": b""}),
    lambda work: void(work.append([message(9), message(9, device=9)])),
    lambda work: void(work.append([message(9), message(10, person=9)])),
]


def test_adding_the_same_again_changes_nothing(store: Store) -> None:
    ready(store)
    for add in ADDED:
        store.write(add)
    before = everything(store)
    for add in (*ADDED[:3], *ADDED[4:]):
        store.write(add)
    confirmed = replace(samples.version(), confirmed_at=AT, confirmed_by="O-2")
    store.write(lambda work: work.add_version(confirmed))
    assert everything(store) == before


@pytest.mark.parametrize("change", OTHERWISE)
def test_what_contradicts_is_refused_whole(
    store: Store, change: Callable[[WriteTransaction], None]
) -> None:
    ready(store)
    for add in ADDED:
        store.write(add)
    before = everything(store)
    with pytest.raises(ConflictError, match=r"\.$"):
        store.write(change)
    assert everything(store) == before


def test_keys_follow_each_other(store: Store) -> None:
    ready(store)
    first = samples.enrolment()
    old = replace(first.keys[0], last=9)
    longer = replace(first, keys=(old, EnrolledKey(b"n" * 32, 10, None)))
    for enrolment in (first, longer, longer):
        store.write(lambda work, it=enrolment: work.keep_enrolment(it))  # type: ignore[misc]
    other = replace(longer, keys=(replace(old, last=8), longer.keys[1]))
    with pytest.raises(ConflictError):
        store.write(lambda work: work.keep_enrolment(other))
    with store.read() as reading:
        assert reading.enrolments() == {"D-1": longer}


def test_a_device_is_found_by_the_name_of_any_of_its_keys(store: Store) -> None:
    ready(store)
    first, second = samples.enrolment(1), samples.enrolment(2)
    longer = replace(first, keys=(replace(first.keys[0], last=9), EnrolledKey(b"n" * 32, 10, None)))
    for enrolment in (first, longer, second):
        store.write(partial(keep, enrolment))
    with store.read() as reading:
        for key in longer.keys:
            assert reading.enrolments_with_keys([public_keys.name(key.public_key), b"no such"]) == {
                "D-1": longer
            }
        names = [public_keys.name(one.keys[-1].public_key) for one in (longer, second)]
        assert (
            reading.enrolments_with_keys(names)
            == reading.enrolments()
            == {"D-1": longer, "D-2": second}
        )


def keep(enrolment: Enrolment, work: WriteTransaction) -> None:
    work.keep_enrolment(enrolment)


def test_an_assignment_ends_once(store: Store) -> None:
    ready(store)
    ended = replace(samples.assignment(), until=AT + DAY)
    following = replace(samples.assignment(), person="P-2", order="ALM-2", start=AT + DAY)
    for assignment in (samples.assignment(), ended, ended, following):
        store.write(lambda work, it=assignment: work.keep_assignment(it))  # type: ignore[misc]
    with pytest.raises(ConflictError):
        store.write(lambda work: work.keep_assignment(samples.assignment()))
    with store.read() as reading:
        assert reading.assignments("D-1") == (ended, following)
    store.write(lambda work: work.keep_assignment(samples.assignment(2)))
    with store.read() as reading:
        both = reading.assignments("D-2", "D-1", "D-2", "D-9")
        assert both == (ended, following, samples.assignment(2))
        assert reading.assignments() == ()


def test_a_standing_is_what_was_kept_last(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.keep_standings({"D-1": b"one", "D-2": b"\x00"}))
    store.write(lambda work: work.keep_standings({"D-1": b"two"}))
    with store.read() as reading:
        assert reading.standings(["D-1", "D-2", "D-3"]) == {"D-1": b"two", "D-2": b"\x00"}


# --- Messages ------------------------------------------------------------------------------------


def test_records_are_numbered_densely_and_received_in_order(store: Store) -> None:
    ready(store)
    sent = [message(2, received_us=100), message(3, received_us=90), message(4, received_us=120)]
    first = store.write(lambda work: work.append(sent[:1]))
    rest = store.write(lambda work: work.append(sent[1:]))
    places = [one.places for one in (*first, *rest)]
    assert places == [(LogPosition(PART, n),) for n in (1, 2, 3)]
    with store.read() as reading:
        logged = reading.log(LogPosition(PART, 0), 10)
        assert [one.received_us for one in logged] == [100, 100, 120]
        assert [(one.counter, one.share, one.digest) for one in logged] == [
            (message.counter, *message.shares, message.digest) for message in sent
        ]
        assert reading.log(LogPosition(PART, 1), 1) == logged[1:2]
        assert reading.last(PART) == 3


@pytest.mark.parametrize("counter", [7, None])
def test_the_same_message_twice_is_once(store: Store, counter: int | None) -> None:
    ready(store)
    sent = message(counter)
    [first] = store.write(lambda work: work.append([sent]))
    again = store.write(lambda work: work.append([sent, replace(sent, received_us=900)]))
    assert [(one.outcome, one.places) for one in again] == [(AppendOutcome.AGAIN, first.places)] * 2
    with store.read() as reading:
        assert len(reading.log(LogPosition(PART, 0), 10)) == 1


def test_the_log_is_read_of_many_partitions_at_once(store: Store) -> None:
    ready(store)
    of = {n: partitions.partition_of(f"P-{n}") for n in (1, 2, 3)}
    messages = [message(n, device=who, person=who) for n in (2, 3, 4) for who in (1, 2)]
    store.write(lambda work: work.append(messages))
    with store.read() as reading:
        after = {of[1]: 1, of[2]: 0, of[3]: 0}
        logs = reading.logs(after, 2)
        each = [reading.log(LogPosition(part, after[part]), 2) for part in sorted(after)]
        assert logs == tuple(one for some in each for one in some)
        assert len(logs) == 4
        assert reading.logs({}, 2) == ()


def test_other_bytes_under_a_used_counter_are_not_kept(store: Store) -> None:
    ready(store)
    sent = [message(7), message(7, body=b"other"), message(7), message(8)]
    appended = store.write(lambda work: work.append(sent))
    first, other, again, following = [one.outcome for one in appended]
    assert (first, other, again) == (
        AppendOutcome.KEPT,
        AppendOutcome.OTHER_BYTES,
        AppendOutcome.AGAIN,
    )
    assert following is AppendOutcome.KEPT
    assert appended[3].places == (LogPosition(PART, 2),)
    with store.read() as reading:
        assert reading.digests([("D-1", 7), ("D-1", 9), ("D-2", 7)]) == {("D-1", 7): sent[0].digest}


def test_without_counters_other_bytes_are_another_message(store: Store) -> None:
    ready(store)
    sent = [message(None), message(None, body=b"other"), message(None), message(5)]
    appended = store.write(lambda work: work.append(sent))
    assert [one.outcome.value for one in appended] == ["kept", "kept", "again", "kept"]


def test_the_same_bytes_with_a_counter_and_without_are_two_messages(store: Store) -> None:
    ready(store)
    for sent in (message(5), message(None)):
        [appended] = store.write(partial(append_one, sent))
        assert appended.outcome is AppendOutcome.KEPT


def append_one(sent: ReceivedMessage, work: WriteTransaction) -> tuple[AppendResult, ...]:
    return work.append([sent])


def test_nothing_to_append_is_nothing(store: Store) -> None:
    assert store.write(lambda work: work.append([])) == ()


def test_a_message_of_two_persons_stands_with_both_and_one_of_nobody_too(store: Store) -> None:
    ready(store)
    shares = (
        MessageShare("P-1", 0, 10, b"1"),
        MessageShare("P-2", 20, 30, b"2"),
        MessageShare(None, 11, 19, b"n"),
    )
    sent = ReceivedMessage("D-1", 2, "mesure1", 100, samples.digest(b"both"), shares)
    for outcome in (AppendOutcome.KEPT, AppendOutcome.AGAIN):
        [appended] = store.write(lambda work: work.append([sent]))
        assert appended.outcome is outcome
        names = ("P-1", "P-2", "D-1")
        assert appended.places == tuple(LogPosition(partitions.partition_of(n), 1) for n in names)
    with store.read() as reading:
        [first], [second] = reading.messages("P-1", 0, 99), reading.messages("P-2", 0, 99)
        [nobodys] = reading.log(LogPosition(partitions.partition_of("D-1"), 0), 9)
        assert (first.share, second.share, nobodys.share) == shares
        assert first.digest == second.digest == nobodys.digest == sent.digest


def test_a_persons_messages_are_read_by_time(store: Store) -> None:
    ready(store)
    spans = [(50, 60), (10, 20), (20, 50), (70, 70)]
    sent = [message(n, first_us=a, last_us=b) for n, (a, b) in enumerate(spans, start=2)]
    store.write(lambda work: work.append([*sent, message(2, device=2, person=2)]))
    with store.read() as reading:

        def counters(start_us: int, until_us: int) -> list[int | None]:
            return [one.counter for one in reading.messages("P-1", start_us, until_us)]

        assert counters(0, 100) == [3, 4, 2, 5]
        assert counters(20, 50) == [3, 4]
        assert counters(21, 51) == [4, 2]
        assert counters(70, 71) == [5]
        assert counters(61, 70) == []


def test_refused_bytes_are_kept_once_and_counted(store: Store) -> None:
    body = b"\x00id=1"
    refusal = RefusedMessage(
        "osmand", "D-9", "no_time", "it has no time", 100, samples.digest(body), body
    )
    later, other = replace(refusal, received_us=300), replace(refusal, reason="forged", claimed="")
    for refused in (refusal, later, replace(refusal, received_us=200), other):
        store.write(lambda work, it=refused: work.refuse(it))  # type: ignore[misc]
    with store.read() as reading:
        first, second = reading.quarantine(0, 10)
        assert (first.number, first.refused, first.times) == (1, refusal, 3)
        assert first.last_received_us == 300
        assert (second.number, second.refused, second.times) == (2, other, 1)
        assert reading.quarantine(1, 10) == (second,)
        assert reading.latest_refused(10) == (second, first)


# --- The audit log -------------------------------------------------------------------------------


def test_the_tree_that_is_kept_is_that_of_its_entries(store: Store) -> None:
    records = [commitments.canonical({"kind": "look", "number": n}) for n in range(21)]
    ranges = [
        store.write(lambda work, part=part: work.record(part))  # type: ignore[misc]
        for part in (records[:1], [], records[1:8], records[8:])
    ]
    assert ranges == [range(1), range(1, 1), range(1, 8), range(8, 21)]
    nodes = TreeNodes()
    with store.read() as reading:
        lines = reading.entries(0, 100)
        assert reading.entries(5, 2) == lines[5:7]
        for number, (line, record) in enumerate(zip(lines, records, strict=True)):
            opening = reading.record_opening(number)
            assert opening is not None
            assert opening.record == record
            commitment = commitments.commitment(opening.salt, record)
            assert entries.read(line) == RecordEntry(commitment)
            nodes.add(leaf_hash(line))
        edge = reading.frontier()
        assert (edge.size, edge.peaks, edge.root()) == (
            21,
            nodes.frontier.peaks,
            nodes.frontier.root(),
        )
        for index in range(21):
            proof = proofs.inclusion(reading.node, index, 21)
            assert proofs.includes(TreeHead(21, edge.root()), index, leaf_hash(lines[index]), proof)


def test_salts_are_never_used_twice(store: Store) -> None:
    store.write(lambda work: work.record([b"1", b"1"]))
    with store.read() as reading:
        openings = [reading.record_opening(entry) for entry in (0, 1)]
    assert len({one.salt for one in openings if one}) == 2


def test_instants_keep_their_microseconds_and_need_an_offset(store: Store) -> None:
    odd = replace(samples.person(), entered_at=AT + timedelta(microseconds=1))
    store.write(lambda work: work.add_person(odd))
    with store.read() as reading:
        assert reading.person("P-1") == odd


def test_a_touch_changes_nothing(store: Store) -> None:
    ready(store)
    with store.read() as reading:
        before = reading.frontier().size, reading.ends(), reading.changes(0, 99)
    store.write(lambda work: work.touch())
    with store.read() as reading:
        assert (reading.frontier().size, reading.ends(), reading.changes(0, 99)) == before
