"""The register, what is to be sent, checkpoints and erasure, asked of every store."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mesure.instants import to_us
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.faults import ConflictError
from mesure.store.values.outgoing import SendStatus
from mesure.store.values.records import LogPosition, RefusedMessage, StoredCheckpoint
from mesure.store.values.register import PersonChange, RegisterRow
from tests.store import judged_samples, samples
from tests.store.judged_samples import outbox_entry, row
from tests.store.samples import AT, DAY, message, ready

Change = Callable[[WriteTransaction], object]


def put(*entries: RegisterRow) -> Change:
    def change(work: WriteTransaction) -> None:
        for entry in entries:
            work.put(entry)

    return change


# --- The register ------------------------------------------------------------------------------


def test_a_row_is_read_as_it_was_put(store: Store) -> None:
    ready(store)
    entry = row(keys={"state": "asked", "by": "Ә"}, body=b"\x00\xff")
    nobodys = row("2", kind="account", person=None)
    store.write(put(entry, nobodys))
    with store.read() as reading:
        assert reading.entry("absence", "1") == entry
        assert reading.entry("account", "2") == nobodys
        assert reading.entry("absence", "2") is None
        assert reading.entries_about("P-1") == reading.entries_about("P-1", "absence") == (entry,)
        assert reading.entries_about("P-1", "account") == reading.entries_about("P-2") == ()


def test_a_revision_replaces_exactly_the_one_before(store: Store) -> None:
    ready(store)
    first = row(keys={"state": "asked", "for": "work"})
    second = row(revision=2, keys={"state": "granted", "for": "work"}, body=b"new")
    store.write(put(first, second))
    with store.read() as reading:
        assert reading.entry("absence", "1") == second
        assert reading.entries_with_key("absence", "state", "asked") == ()
        assert reading.entries_with_key("absence", "state", "granted") == (second,)
        assert reading.entries_with_key("absence", "for", "work") == (second,)


@pytest.mark.parametrize("add", [put, lambda *new: lambda work: work.add(new)], ids=["put", "add"])
def test_a_row_out_of_bounds_is_not_kept(store: Store, add: Callable[..., Change]) -> None:
    ready(store)
    for entry in (
        row(revision=0),
        row(person="device:D-1"),
        row(keys={f"k{n}": "v" for n in range(17)}),
        row(keys={"state": ""}),
        row("a\0b"),
    ):
        with pytest.raises(ValueError, match=r"\.$"):
            store.write(add(row("0"), entry))
    with store.read() as reading:
        assert reading.entry("absence", "0") is None


REFUSED: list[RegisterRow] = [
    row(revision=1),
    row(revision=2),
    row(revision=4),
    row("new", revision=2),
    row(revision=3, person="P-2"),
    row(revision=3, person=None),
    row("new", person="P-9"),
]


@pytest.mark.parametrize("entry", REFUSED)
def test_any_other_revision_person_or_nobody_known_is_refused(
    store: Store, entry: RegisterRow
) -> None:
    ready(store)
    store.write(put(row(), row(revision=2)))
    with pytest.raises(ConflictError, match=r"\.$"):
        store.write(put(entry))
    with store.read() as reading:
        assert reading.entries_of_kind("absence") == (row(revision=2),)


def test_rows_are_found_page_by_page_in_the_order_of_their_ids(store: Store) -> None:
    ready(store)
    rows = [row(f"A-{n:02}", keys={"officer": f"O-{n % 2}"}) for n in range(9)]
    others = [row("A-00", kind="zone"), row("A-99", kind="zone", keys={"officer": "O-1"})]
    store.write(put(*reversed(rows), *others))
    odd = tuple(rows[1::2])
    with store.read() as reading:
        assert reading.entries_of_kind("absence") == tuple(rows)
        assert reading.entries_of_kind("absence", "A-02", 3) == tuple(rows[3:6])
        assert reading.entries_with_key("absence", "officer", "O-1") == odd
        assert reading.entries_with_key("absence", "officer", "O-1", "A-03", 1) == odd[2:3]
        assert reading.entries_with_key("absence", "officer", "O-9") == ()
        assert reading.entries_about("P-1") == (*rows, *others)


def test_what_is_dropped_is_gone_with_its_keys_and_may_come_anew(store: Store) -> None:
    ready(store)
    session = row(kind="session", keys={"account": "O-1"})
    store.write(put(session))
    assert store.write(lambda work: work.drop("session", "1"))
    assert not store.write(lambda work: work.drop("session", "1"))
    with store.read() as reading:
        assert (
            reading.entries_with_key("session", "account", "O-1")
            == reading.entries_of_kind("session")
            == ()
        )
    store.write(put(session))
    nobodys = row("2", kind="session", person=None)
    store.write(put(nobodys))
    assert store.write(lambda work: work.drop("session", "2"))


def test_whoever_follows_is_told_whose_record_changed(store: Store) -> None:
    def persons_after(after: int = 0, count: int = 99) -> list[str]:
        with store.read() as reading:
            return [one.person for one in reading.changes(after, count)]

    def last() -> int:
        with store.read() as reading:
            return max(one.number for one in reading.changes(0, 99))

    ready(store)
    assert persons_after() == ["P-1", "P-2", "P-3"]
    assert persons_after(0, 2) == ["P-1", "P-2"]
    changing: list[Change] = [
        lambda work: work.add_version(samples.version()),
        lambda work: work.confirm("ALM-1", 1, AT, "O-2"),
        lambda work: work.keep_assignment(samples.assignment()),
        lambda work: work.mark_carriers("D-1"),
        put(row()),
        lambda work: work.drop("absence", "1"),
        lambda work: work.erase("P-1", AT),
    ]
    for change in changing:
        before = last()
        store.write(change)
        assert persons_after(before) == ["P-1"]
    before = last()
    store.write(lambda work: work.keep_enrolment(samples.enrolment()))
    store.write(lambda work: work.mark_carriers("D-2"))  # Nobody carries it.
    store.write(put(row(person=None)))
    store.write(lambda work: work.drop("absence", "1"))
    store.write(lambda work: work.append([message(2, person=2)]))
    with store.read() as reading:
        assert reading.changes(before, 9) == ()
        assert reading.changes(before - 1, 9) == (PersonChange(before, "P-1"),)


# --- What is to be sent ------------------------------------------------------------------------


def test_what_is_due_comes_first_what_is_longest_due(store: Store) -> None:
    ready(store)
    queue = [
        outbox_entry("a", 30),
        outbox_entry("b", 20),
        outbox_entry("c", 20, to="D-1"),
        outbox_entry("d", 31),
        outbox_entry("a", 1, kind="downlink", to="D-1"),
    ]
    for entry in queue:
        assert store.write(lambda work, entry=entry: work.enqueue(entry))  # type: ignore[misc]
    with store.read() as reading:
        assert reading.due("notice", 30, 9) == (queue[1], queue[2], queue[0])
        assert reading.due("notice", 30, 1) == (queue[1],)
        assert reading.due("notice", 19, 9) == reading.due("webhook", 99, 9) == ()
        assert reading.due("notice", 99, 9, "D-1") == (queue[2],)
        assert reading.due_later("notice", (20, "b"), 2) == (queue[2], queue[0])
        assert reading.due("notice", 99, 9, "") == (queue[1], queue[0], queue[3])
        assert reading.send_status("notice", "a") == SendStatus(queue[0], 0, "", is_done=False)
        assert reading.send_status("notice", "z") is None
        assert reading.queue_sizes(30) == {"notice": 3, "downlink": 1}
        assert reading.queue_sizes(0) == {}


def test_what_was_enqueued_once_is_never_enqueued_again(store: Store) -> None:
    ready(store)
    other = replace(outbox_entry(), body=b"other", due_us=5)
    assert store.write(lambda work: work.enqueue(outbox_entry()))
    assert not store.write(lambda work: work.enqueue(other))
    store.write(lambda work: work.finish("notice", "1", "250 accepted"))
    assert not store.write(lambda work: work.enqueue(other))
    with store.read() as reading:
        assert reading.due("notice", 99, 9) == reading.due_later("notice", (0, ""), 9) == ()
        sent = reading.send_status("notice", "1")
        assert sent == SendStatus(
            replace(outbox_entry(), body=b""), 0, "250 accepted", is_done=True
        )


def test_what_did_not_go_out_is_tried_again_later_and_done_once(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.enqueue(outbox_entry()))
    for due_us in (40, 50):
        store.write(lambda work, due_us=due_us: work.again("notice", "1", due_us, "no route"))  # type: ignore[misc]
    later = replace(outbox_entry(), due_us=50)
    with store.read() as reading:
        assert reading.due("notice", 49, 9) == ()
        assert reading.due("notice", 50, 9) == (later,)
        assert reading.send_status("notice", "1") == SendStatus(later, 2, "no route", is_done=False)
    store.write(lambda work: work.finish("notice", "1", "sent"))
    store.write(lambda work: work.again("notice", "1", 60, "late answer"))
    store.write(lambda work: work.finish("notice", "1", "sent twice"))
    with store.read() as reading:
        sent = reading.send_status("notice", "1")
        assert sent == SendStatus(replace(later, body=b""), 2, "sent", is_done=True)
    for change in (
        lambda work: work.finish("notice", "9", "sent"),
        lambda work: work.again("notice", "9", 60, "why"),
        lambda work: work.enqueue(replace(outbox_entry("9"), person="P-9")),
    ):
        with pytest.raises(ConflictError, match=r"\.$"):
            store.write(change)
    nobodys = replace(outbox_entry("n"), person=None)
    assert store.write(lambda work: work.enqueue(nobodys))


# --- Checkpoints -------------------------------------------------------------------------------


def test_the_newest_checkpoint_is_the_largest_and_may_get_signatures(store: Store) -> None:
    for size, text in ((5, b"five"), (9, b"nine"), (7, b"seven"), (9, b"nine, witnessed")):
        store.write(lambda work, it=(size, text): work.keep_checkpoint(*it))  # type: ignore[misc]
    with store.read() as reading:
        assert reading.checkpoint() == StoredCheckpoint(9, b"nine, witnessed")
        assert reading.checkpoints(5, 1) == (StoredCheckpoint(7, b"seven"),)
        assert [one.size for one in reading.checkpoints(0, 9)] == [5, 7, 9]
        assert reading.checkpoints(9, 9) == ()


def test_without_checkpoints_there_is_none(store: Store) -> None:
    with store.read() as reading:
        assert reading.checkpoint() is None


# --- Erasure -----------------------------------------------------------------------------------


def fill(work: WriteTransaction, number: int) -> None:
    """Keep something of every kind about a person."""
    person, order = f"P-{number}", f"ALM-{number}"
    work.add_version(replace(samples.version(), order=order))
    work.keep_assignment(samples.assignment(number))
    work.append([message(number + 9, device=number, person=number)])
    work.put(row(f"r-{number}", person=person, keys={"whose": person}))
    work.enqueue(replace(outbox_entry(f"n-{number}"), person=person))
    work.record([b"%d looked at" % number], person)
    assessment = judged_samples.assessment(0, 10, person=number)
    owner = work.claim(judged_samples.EVERYWHERE, "worker")
    judging = replace(
        judged_samples.judgement(0, assessment, person=number),
        superseded=(judged_samples.supersede(assessment),),
        incidents=(judged_samples.incident(f"I-{number}", person=number),),
    )
    work.judge([judging], owner)


def about(store: Store, number: int) -> list[object]:
    person = f"P-{number}"
    with store.read() as reading:
        return [
            reading.versions(f"ALM-{number}"),
            tuple(reading.messages(person, 0, 99)),
            reading.log(LogPosition(partitions.partition_of(person), 0), 9),
            reading.entries_about(person),
            reading.entries_with_key("absence", "whose", person),
            tuple(one for one in reading.due("notice", 99, 9) if one.person == person),
            reading.assessments(person, 0, 99),
            reading.assessments_superseded(person, 0, 99),
            reading.incidents_of(person),
            tuple(one for one in (reading.progress_of(person),) if one),
            tuple(one for one in (reading.record_opening(number - 1),) if one),
            reading.persons_in([partitions.partition_of(person)]),
        ]


def test_erasure_takes_everything_but_the_ids_and_nothing_of_others(store: Store) -> None:
    ready(store)
    for number in (1, 2):
        store.write(lambda work, n=number: fill(work, n))  # type: ignore[misc]
    others = about(store, 2)
    assert all(about(store, 1))
    with store.read() as reading:
        lines, edge = reading.entries(0, 9), reading.frontier().root()
    assert store.write(lambda work: work.erase("P-1", AT + DAY))
    assert not store.write(lambda work: work.erase("P-1", AT + DAY + DAY))
    assert not any(about(store, 1))
    assert about(store, 2) == others
    with store.read() as reading:
        assert reading.person("P-1") == replace(samples.person(), erased_at=AT + DAY)
        assert reading.orders_of("P-1") == (samples.order(),)
        assert reading.assignments("D-1") == (samples.assignment(),)
        assert (reading.entries(0, 9), reading.frontier().root()) == (lines, edge)
    with pytest.raises(ConflictError, match="not kept here"):
        store.write(lambda work: work.erase("P-9", AT))


def test_nothing_more_is_kept_about_whoever_was_erased(store: Store) -> None:
    ready(store)
    owner = judged_samples.claim_all(store)
    store.write(lambda work: work.erase("P-1", AT))
    refused: list[Change] = [
        put(row()),
        lambda work: work.append([message(2)]),
        lambda work: work.add_order(replace(samples.order(), id="X")),
        lambda work: work.add_version(samples.version()),
        lambda work: work.keep_assignment(replace(samples.assignment(), start=AT + DAY)),
        lambda work: work.enqueue(outbox_entry()),
        lambda work: work.judge([judged_samples.judgement()], owner),
        lambda work: work.add_person(samples.person()),
    ]
    for change in refused:
        with pytest.raises(ConflictError, match=r"\.$"):
            store.write(change)
    with pytest.raises(ConflictError, match="P-1 was erased"):
        store.write(lambda work: work.append([message(2)]))
    assert not any(about(store, 1))


def test_what_was_refused_of_a_persons_devices_goes_with_them(store: Store) -> None:
    ready(store)
    given_us = to_us(samples.assignment().start)
    ended = replace(samples.assignment(), until=samples.assignment().start + DAY)
    store.write(lambda work: work.keep_assignment(ended))
    day_us, device = to_us(AT + DAY) - to_us(AT), samples.assignment().device
    came: list[tuple[str, str, int]] = [
        (device, "unreadable", given_us - 1),  # Before it was theirs.
        (device, "unreadable", given_us),
        (device, "unreadable", given_us + 20 * day_us),  # It had been off.
        (device, "unreadable", given_us + 40 * day_us),  # Of the next who has it.
        (device, "key_lost", given_us + 1),  # It waits, and nothing is wrong with it.
        ("D-9", "unreadable", given_us + 1),
        ("", "unreadable", given_us + 1),
    ]
    for number, (claimed, reason, at_us) in enumerate(came):
        digest = samples.digest(b"%d" % number)
        refused = RefusedMessage("mesure1", claimed, reason, "", at_us, digest, b"sealed")
        store.write(lambda work, refused=refused: work.refuse(refused))  # type: ignore[misc]
    store.write(lambda work: work.erase("P-1", AT))
    with store.read() as reading:
        assert [kept.number for kept in reading.quarantine(0, 9)] == [1, 4, 5, 6, 7]


def test_what_an_erased_person_carried_may_end(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.keep_assignment(samples.assignment()))
    store.write(lambda work: work.erase("P-1", AT))
    ended = replace(samples.assignment(), until=AT + DAY)
    store.write(lambda work: work.keep_assignment(ended))
    with store.read() as reading:
        assert reading.assignments("D-1") == (ended,)


def test_places_in_the_log_are_not_given_again_after_an_erasure(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.append([message(2), message(3)]))
    store.write(lambda work: work.erase("P-1", AT))
    part = partitions.partition_of("P-1")
    with store.read() as reading:
        assert (reading.last(part), reading.ends()) == (2, {part: 2})


def test_refused_bytes_that_are_kept_elsewhere_are_taken_away(store: Store) -> None:
    for n in range(1, 6):
        reason = "key_lost" if n % 2 else "forged"
        message = RefusedMessage("osmand", "", reason, "", n, samples.digest(b"%d" % n), b"")
        store.write(lambda work, message=message: work.refuse(message))  # type: ignore[misc]
    with store.read() as reading:
        assert [kept.number for kept in reading.quarantine_for("key_lost", 0, 2)] == [1, 3]
        assert [kept.number for kept in reading.quarantine_for("key_lost", 3, 2)] == [5]
        assert reading.quarantine_for("nothing", 0, 9) == ()
    assert store.write(lambda work: [work.unrefuse(3), work.unrefuse(3)]) == [True, False]
    with store.read() as reading:
        assert [kept.number for kept in reading.quarantine(0, 9)] == [1, 2, 4, 5]


def test_refused_bytes_are_forgotten_after_their_time(store: Store) -> None:
    for n in (1, 2, 3):
        refusal = RefusedMessage("osmand", "", "forged", "", n, samples.digest(b"%d" % n), b"")
        store.write(lambda work, refusal=refusal: work.refuse(refusal))  # type: ignore[misc]
    assert store.write(lambda work: work.forget_refused(3)) == 2
    with store.read() as reading:
        assert [kept.refused.received_us for kept in reading.quarantine(0, 9)] == [3]
