"""What judging leaves behind, and who may judge, asked of every store."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.effects import (
    JudgingResult,
    PartitionOwner,
    StoredAssessment,
    StoredIncident,
)
from mesure.store.values.faults import ConflictError, FencedError
from tests.store import judged_samples
from tests.store.judged_samples import assessment, claim_all, incident, progress, supersede
from tests.store.samples import message, ready


def judge(store: Store, owner: PartitionOwner, *judgings: JudgingResult) -> None:
    store.write(lambda work: work.judge(judgings, owner))


def current_assessments(store: Store, person: int = 1) -> tuple[StoredAssessment, ...]:
    with store.read() as reading:
        return reading.assessments(f"P-{person}", 0, 1_000)


def test_what_was_judged_is_read_as_it_was(store: Store) -> None:
    ready(store)
    owner = claim_all(store)
    rows = (
        replace(assessment(0, 10), unsigned=True),
        assessment(10, 20, "unknown"),
        assessment(0, 20, "not_met", condition="C2"),
    )
    whole = JudgingResult(progress(), 0, rows, (supersede(rows[0]),), (incident(),))
    judge(store, owner, whole, judged_samples.judgement(0, assessment(0, 9, person=2), person=2))
    with store.read() as reading:
        assert reading.assessments("P-1", 0, 20) == rows
        assert reading.assessments("P-1", 10, 11) == rows[1:]
        assert reading.assessments("P-1", 20, 99) == ()
        assert reading.assessments_superseded("P-1", 0, 99) == whole.superseded
        assert reading.assessments_superseded("P-1", 10, 99) == ()
        assert reading.incident("I-1") == incident()
        assert reading.incidents_of("P-1") == (incident(),)
        assert reading.progress_of("P-1") == progress()
        assert reading.progress_in(judged_samples.EVERYWHERE) == (progress(), progress(2))
        assert reading.progress_in([partitions.partition_of("P-2")]) == (progress(2),)
        assert reading.persons_in(judged_samples.EVERYWHERE) == ("P-1", "P-2", "P-3")
        assert reading.persons_in([partitions.partition_of("P-3")]) == ("P-3",)
        assert (reading.progress_of("P-3"), reading.incident("I-9")) == (None, None)
        assert not (reading.incidents_of("P-2"))
        assert not (reading.progress_in([]))
        due_us = progress().due_us
        assert due_us is not None
        assert reading.oldest_due()[partitions.partition_of("P-1")] == due_us
        assert (reading.due_by(due_us - 1), reading.due_by(due_us)) == (0, 2)
        assert not reading.persons_in([])


def test_what_begins_since_then_is_replaced_and_what_was_before_stays(store: Store) -> None:
    ready(store)
    owner = claim_all(store)
    before, gone, same = assessment(0, 10), assessment(10, 20), assessment(20, 30)
    others = assessment(10, 20, person=2)
    judge(
        store,
        owner,
        judged_samples.judgement(0, before, gone, same),
        judged_samples.judgement(0, others, person=2),
    )
    new = assessment(10, 15, "not_met")
    later = replace(
        judged_samples.judgement(10, new, assessment(15, 20), same), judged=progress(until_us=300)
    )
    judge(store, owner, later)
    assert current_assessments(store) == (before, new, assessment(15, 20), same)
    assert current_assessments(store, 2) == (others,)
    judge(store, owner, judged_samples.judgement(15))
    assert current_assessments(store) == (before, new)


def test_what_lasts_over_the_moment_is_cut_or_goes_on(store: Store) -> None:
    ready(store)
    owner = claim_all(store)
    judge(store, owner, judged_samples.judgement(0, assessment(0, 30)))
    judge(store, owner, judged_samples.judgement(20, assessment(20, 40, "unknown")))
    assert current_assessments(store) == (assessment(0, 20), assessment(20, 40, "unknown"))
    # One that ends exactly there may grow, as long as it begins where it began.
    judge(store, owner, judged_samples.judgement(40, assessment(20, 50, "unknown")))
    assert current_assessments(store) == (assessment(0, 20), assessment(20, 50, "unknown"))
    judge(store, owner, judged_samples.judgement(50))
    assert current_assessments(store) == (assessment(0, 20), assessment(20, 50, "unknown"))


@pytest.mark.parametrize(
    ("rows", "phrase"),
    [
        ((assessment(5, 30),), "begins before"),
        ((assessment(20, 30), assessment(20, 31)), "same moment"),
    ],
)
def test_rows_that_would_overlap_are_refused_whole(
    store: Store, rows: Sequence[StoredAssessment], phrase: str
) -> None:
    ready(store)
    owner = claim_all(store)
    judge(store, owner, judged_samples.judgement(0, assessment(0, 30)))
    with pytest.raises((ConflictError, ValueError), match=phrase):
        judge(store, owner, replace(judged_samples.judgement(20, *rows), incidents=(incident(),)))
    assert current_assessments(store) == (assessment(0, 30),)
    with store.read() as reading:
        assert reading.incident("I-1") is None


def test_judging_the_same_again_writes_nothing_anew(store: Store) -> None:
    ready(store)
    owner = claim_all(store)
    row = assessment(0, 10)
    whole = JudgingResult(progress(), 0, (row,), (supersede(row),), (incident(),))
    judge(store, owner, whole)
    resealed = replace(whole, incidents=(replace(incident(), body=b"sealed again"),))
    judge(store, owner, resealed)
    with store.read() as reading:
        assert reading.assessments_superseded("P-1", 0, 99) == whole.superseded
        stored_incident = reading.incident("I-1")
        assert stored_incident is not None
        assert (stored_incident.body, stored_incident.change) == (b"sealed", 1)
    again = replace(whole, superseded=(supersede(row, 2), supersede(row)))
    judge(store, owner, again)
    with store.read() as reading:
        assert reading.assessments_superseded("P-1", 0, 99) == (supersede(row), supersede(row, 2))


def test_an_incident_changes_revision_by_revision_and_followers_are_told(store: Store) -> None:
    ready(store)
    owner = claim_all(store)

    def with_incidents(*incidents: StoredIncident) -> JudgingResult:
        return JudgingResult(progress(), 0, incidents=incidents)

    second = replace(incident("I-2"), start_us=10, p_outside_max=None, end_us=15)
    judge(store, owner, with_incidents(incident(), second))
    withdrawn = replace(incident(), revision=2, withdrawn_us=150, body=b"other")
    judge(store, owner, with_incidents(withdrawn))
    with store.read() as reading:
        first, last = reading.incidents_since(0, 9)
        assert (first, last) == (second, withdrawn)
        assert (first.change, last.change) == (2, 3)
        assert reading.incidents_since(0, 1) == (second,)
        assert reading.incidents_since(2, 9) == (withdrawn,)
        assert reading.incidents_since(3, 9) == ()
        assert reading.incidents_of("P-1") == (second, withdrawn)
    for revision in (1, 4):
        with pytest.raises(ConflictError, match="does not follow"):
            judge(store, owner, with_incidents(replace(incident(), revision=revision)))
    other_incident = replace(incident(person=2), revision=3)
    with pytest.raises(ConflictError, match="does not follow"):
        judge(store, owner, JudgingResult(progress(2), 0, incidents=(other_incident,)))
    with pytest.raises(ValueError, match="once in a change"):
        judge(store, owner, with_incidents(incident("I-3"), replace(incident("I-3"), revision=2)))


def test_whoever_was_replaced_can_judge_no_more(store: Store) -> None:
    ready(store)
    first = claim_all(store, "worker 1")
    lost_part, two = (partitions.partition_of(person) for person in ("P-1", "P-2"))
    second = store.write(lambda work: work.claim([lost_part], "worker 2"))
    assert second == PartitionOwner(first.epoch + 1, "worker 2", frozenset([lost_part]))
    with pytest.raises(FencedError, match=f"worker 1 does not own partition {lost_part} any more"):
        judge(store, first, judged_samples.judgement(0, assessment(0, 9)))
    with pytest.raises(FencedError):  # Also where most of it would be its own.
        judge(
            store,
            first,
            judged_samples.judgement(0, assessment(0, 9, person=2), person=2),
            judged_samples.judgement(),
        )
    assert current_assessments(store) == current_assessments(store, 2) == ()
    judge(store, first, judged_samples.judgement(0, assessment(0, 9, person=2), person=2))
    judge(store, second, judged_samples.judgement(0, assessment(0, 9)))
    with pytest.raises(FencedError):
        judge(store, second, judged_samples.judgement(person=2))
    with store.read() as reading:
        owners = reading.owners()
        assert owners[lost_part] == (second.epoch, "worker 2")
        assert owners[two] == (first.epoch, "worker 1")
        assert len(owners) == partitions.PARTITIONS


def test_who_was_replaced_in_one_partition_is_no_owner_of_all(store: Store) -> None:
    ready(store)
    first = claim_all(store, "worker 1")
    store.write(lambda work: work.require_owner(first))
    store.write(lambda work: work.claim([7], "worker 2"))
    with pytest.raises(FencedError, match="worker 1 does not own partition 7 any more"):
        store.write(lambda work: work.require_owner(first))


def test_nobody_who_never_claimed_judges(store: Store) -> None:
    ready(store)
    with pytest.raises(FencedError):
        judge(store, PartitionOwner(1, "nobody", frozenset([1])), judged_samples.judgement())
    judge(store, PartitionOwner(1, "nobody", frozenset()))


def test_a_claim_names_partitions_that_there_are(store: Store) -> None:
    for part in (-1, partitions.PARTITIONS):
        with pytest.raises(ValueError, match="numbered from 0"):
            store.write(lambda work, part=part: work.claim([part], "worker"))  # type: ignore[misc]


def test_a_person_is_known_and_judged_once_in_a_change(store: Store) -> None:
    ready(store)
    owner = claim_all(store)
    with pytest.raises(ValueError, match="once"):
        judge(store, owner, judged_samples.judgement(), judged_samples.judgement(5))
    with pytest.raises(ConflictError, match="P-9 is not kept here"):
        judge(store, owner, judged_samples.judgement(person=9))


def test_judging_is_one_change_with_whatever_else_is_in_it(store: Store) -> None:
    ready(store)
    owner = claim_all(store)
    store.write(lambda work: work.claim(judged_samples.EVERYWHERE, "worker 2"))

    def change(work: WriteTransaction) -> None:
        work.append([message(2)])
        work.enqueue(judged_samples.outbox_entry())
        work.judge([judged_samples.judgement()], owner)

    with pytest.raises(FencedError):
        store.write(change)
    with store.read() as reading:
        assert (reading.ends(), reading.due("notice", 99, 9)) == ({}, ())
