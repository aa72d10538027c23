from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mesure.incidents import brief, contest, review
from mesure.incidents.contest import Contest
from mesure.incidents.finding import (
    OF_DEVICE,
    OF_PLACE,
    FindingCause,
    FindingEnd,
    FindingEndKind,
    FindingOutcome,
    Review,
    ReviewStage,
    conclusions,
)
from mesure.incidents.review import Conclusion
from mesure.incidents.review_refusal import ReviewRefusal

EIGHT = datetime(2026, 2, 10, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WITHIN = timedelta(minutes=10)
DAYS = timedelta(days=14)
BREACH = Conclusion(FindingOutcome.BREACH, None, "He says that he was out.")
EXCUSED = Conclusion(FindingOutcome.EXCUSED, FindingCause.REASONABLE_EXCUSE, "The bus broke down.")
NO_BREACH = Conclusion(
    FindingOutcome.NO_BREACH, FindingCause.LOCATION_ERROR, "The circle is a street wide."
)


def see_incident(*accounts: str) -> Review:
    seen_review = Review()
    for account in accounts:
        seen_review = review.see(seen_review, account, EIGHT)
    return seen_review


def expect_review(result: Review | ReviewRefusal) -> Review:
    assert isinstance(result, Review)
    return result


def make_decision(conclusion: Conclusion, second_eyes: bool = False) -> Review:
    return expect_review(
        review.find(
            see_incident("ann", "bob", "eve"),
            conclusion,
            "ann",
            EIGHT,
            kind="absent",
            second_eyes=second_eyes,
        )
    )


def test_nobody_decides_who_has_not_looked() -> None:
    assert (
        review.find(Review(), BREACH, "ann", EIGHT, kind="absent", second_eyes=False)
        is ReviewRefusal.NOT_SEEN
    )
    assert (
        review.find(see_incident("bob"), BREACH, "ann", EIGHT, kind="absent", second_eyes=False)
        is ReviewRefusal.NOT_SEEN
    )
    decision = make_decision(EXCUSED)
    assert (decision.stage, decision.found_at) == (ReviewStage.FOUND, EIGHT)
    assert decision.finding is not None
    assert decision.finding.decided_by == "ann"


def test_the_first_look_counts() -> None:
    twice = review.see(see_incident("ann"), "ann", EIGHT + MINUTE)
    assert twice == see_incident("ann")


@pytest.mark.parametrize("kind", ["absent", "missed", "silent", "strap", "unheard of"])
@pytest.mark.parametrize("outcome", FindingOutcome)
def test_outcomes_and_causes_come_from_a_closed_list(outcome: FindingOutcome, kind: str) -> None:
    closed_list = OF_PLACE if kind in {"absent", "missed"} else OF_DEVICE
    for cause in (None, *FindingCause):
        conclusion = Conclusion(outcome, cause, "because")
        result = review.find(
            see_incident("ann"), conclusion, "ann", EIGHT, kind=kind, second_eyes=False
        )
        if outcome not in closed_list:
            assert result is ReviewRefusal.OUTCOME
        else:
            allowed = closed_list[outcome] or {None}
            assert (result is not ReviewRefusal.CAUSE) == (cause in allowed)
    assert {*OF_PLACE, *OF_DEVICE} == {*FindingOutcome}


def test_a_silence_and_a_device_have_conclusions_of_their_own_and_a_breach_is_none_of_them() -> (
    None
):
    assert FindingOutcome.BREACH not in conclusions("silent")
    assert [one.value for one in conclusions("silent")] == [
        "battery", "network", "device_fault", "excused", "cannot_tell", "tampering_referred",
    ]  # fmt: skip
    assert list(conclusions("absent"))[-1] is FindingOutcome.BREACH


def test_a_breach_of_a_silence_that_was_proposed_before_is_not_confirmed() -> None:
    proposed = make_decision(BREACH, second_eyes=True)
    assert review.confirm(proposed, "bob", EIGHT, kind="silent") is ReviewRefusal.OUTCOME
    assert isinstance(review.turn_down(proposed, "bob", EIGHT, "No."), Review)


def test_a_breach_of_a_silence_that_was_found_before_is_decided_again_as_something_else() -> None:
    decision = make_decision(BREACH)
    again = review.decide_again(decision, BREACH, "eve", EIGHT, kind="silent")
    assert again is ReviewRefusal.OUTCOME
    battery = Conclusion(FindingOutcome.BATTERY, None, "The record of charging shows it.")
    assert isinstance(review.decide_again(decision, battery, "eve", EIGHT, kind="silent"), Review)


def test_a_finding_needs_a_reason() -> None:
    for reason in ("", "  ", "x" * 4_001, "x" + " " * 4_000):
        empty = Conclusion(FindingOutcome.BREACH, None, reason)
        assert (
            review.find(see_incident("ann"), empty, "ann", EIGHT, kind="absent", second_eyes=False)
            is ReviewRefusal.REASON
        )


def test_a_second_officer_confirms_or_turns_down() -> None:
    proposed = make_decision(BREACH, second_eyes=True)
    assert (proposed.stage, proposed.found_at) == (ReviewStage.PROPOSED, None)
    assert (
        review.find(proposed, BREACH, "bob", EIGHT, kind="absent", second_eyes=True)
        is ReviewRefusal.WAITS_FOR_SECOND
    )
    assert review.confirm(proposed, "ann", EIGHT, kind="absent") is ReviewRefusal.SAME_EYES
    assert review.confirm(proposed, "stranger", EIGHT, kind="absent") is ReviewRefusal.NOT_SEEN
    decision = expect_review(review.confirm(proposed, "bob", EIGHT + MINUTE, kind="absent"))
    assert (decision.stage, decision.found_at) == (ReviewStage.FOUND, EIGHT + MINUTE)
    assert review.confirm(decision, "bob", EIGHT, kind="absent") is ReviewRefusal.NOTHING_PROPOSED
    for reason in ("", " ", "x" * 4_001):
        assert review.turn_down(proposed, "bob", EIGHT, reason) is ReviewRefusal.REASON
    down = expect_review(review.turn_down(proposed, "bob", EIGHT, "No."))
    assert down.former[0].end == FindingEnd(FindingEndKind.TURNED_DOWN, "bob", EIGHT, "No.")
    assert (down.stage, down.finding, len(down.former)) == (ReviewStage.SEEN, None, 1)
    assert down.returned is FindingEndKind.TURNED_DOWN
    assert not brief.may_be_answered_at_once(down)
    assert review.turn_down(down, "bob", EIGHT, "No.") is ReviewRefusal.NOTHING_PROPOSED
    assert review.turn_down(proposed, "ann", EIGHT, "No.") is ReviewRefusal.SAME_EYES


def test_there_is_one_finding() -> None:
    assert (
        review.find(make_decision(EXCUSED), BREACH, "bob", EIGHT, kind="absent", second_eyes=False)
        is ReviewRefusal.FOUND_ALREADY
    )


def test_a_slip_is_taken_back_within_minutes_by_whoever_made_it() -> None:
    decision = make_decision(EXCUSED)
    assert (
        review.take_back(decision, "bob", EIGHT, "A slip.", within=WITHIN)
        is ReviewRefusal.NOT_YOURS
    )
    assert (
        review.take_back(decision, "ann", EIGHT + WITHIN, "A slip.", within=WITHIN)
        is ReviewRefusal.TOO_LATE
    )
    assert (
        review.take_back(see_incident("ann"), "ann", EIGHT, "A slip.", within=WITHIN)
        is ReviewRefusal.NOTHING_TO_UNDO
    )
    back = expect_review(
        review.take_back(decision, "ann", EIGHT + MINUTE, "A slip.", within=WITHIN)
    )
    assert (back.stage, back.finding) == (ReviewStage.SEEN, None)
    [former] = back.former
    assert replace(former, end=None) == decision.finding
    assert former.end == FindingEnd(FindingEndKind.TAKEN_BACK, "ann", EIGHT + MINUTE, "A slip.")
    assert (decision.returned, back.returned) == (None, FindingEndKind.TAKEN_BACK)
    assert brief.may_be_answered_at_once(back)
    assert not brief.may_be_answered_at_once(decision)
    assert review.take_back(decision, "ann", EIGHT, " ", within=WITHIN) is ReviewRefusal.REASON


def test_a_confirmation_is_taken_back_by_the_second_officer() -> None:
    decision = expect_review(
        review.confirm(make_decision(BREACH, second_eyes=True), "bob", EIGHT, kind="absent")
    )
    assert (
        review.take_back(decision, "ann", EIGHT, "A slip.", within=WITHIN)
        is ReviewRefusal.NOT_YOURS
    )
    back = expect_review(review.take_back(decision, "bob", EIGHT, "A slip.", within=WITHIN))
    assert back.stage is ReviewStage.PROPOSED
    assert review.confirm(back, "eve", EIGHT, kind="absent") != back


def test_who_had_a_part_does_not_decide_again() -> None:
    decision = expect_review(
        review.confirm(make_decision(BREACH, second_eyes=True), "bob", EIGHT, kind="absent")
    )
    for account in ("ann", "bob"):
        assert (
            review.decide_again(decision, EXCUSED, account, EIGHT, kind="absent")
            is ReviewRefusal.SAME_EYES
        )
    again = expect_review(
        review.decide_again(decision, EXCUSED, "eve", EIGHT + MINUTE, kind="absent")
    )
    assert again.finding is not None
    assert again.finding.on_contest
    assert again.former == (decision.finding,)
    assert (
        review.take_back(again, "eve", EIGHT + MINUTE, "A slip.", within=WITHIN)
        is ReviewRefusal.ANSWERED_ALREADY
    )
    assert (
        review.decide_again(see_incident("eve"), EXCUSED, "eve", EIGHT, kind="absent")
        is ReviewRefusal.NO_CONTEST
    )
    assert (
        review.decide_again(
            decision, Conclusion(FindingOutcome.BREACH, None, ""), "eve", EIGHT, kind="absent"
        )
        is ReviewRefusal.REASON
    )


def test_nobody_is_worse_off_for_contesting() -> None:
    decision = make_decision(EXCUSED)
    assert review.decide_again(decision, BREACH, "eve", EIGHT, kind="absent") is ReviewRefusal.WORSE
    assert isinstance(review.decide_again(decision, NO_BREACH, "eve", EIGHT, kind="absent"), Review)
    battery = Conclusion(FindingOutcome.BATTERY, None, "Empty.")
    tampered = Conclusion(FindingOutcome.TAMPERING_REFERRED, None, "The strap looks cut.")
    silence = review.find(
        see_incident("ann", "eve"), battery, "ann", EIGHT, kind="silent", second_eyes=False
    )
    again = review.decide_again(expect_review(silence), tampered, "eve", EIGHT, kind="silent")
    assert again is ReviewRefusal.WORSE


# --- Any steps in any order --------------------------------------------------------------------

accounts = st.sampled_from(["ann", "bob", "eve"])
concluded = st.sampled_from([BREACH, EXCUSED, NO_BREACH])


class Steps(RuleBasedStateMachine):
    """Officers and the person do what they like; what is promised holds all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.now = EIGHT
        self.review = Review()
        self.contests: list[Contest] = []
        self.looked: set[str] = set()
        self.former = 0

    def take(self, after: Review | ReviewRefusal) -> bool:
        """Take a step if it can be taken, and answer what is contested, as the action does."""
        before = self.review
        if isinstance(after, ReviewRefusal):
            return False
        self.review = after
        if after.stage is ReviewStage.FOUND and after.finding is not None and after != before:
            first = before.finding if before.stage is ReviewStage.FOUND else None
            self.contests = [contest.answer(one, first, after.finding) for one in self.contests]
        return True

    @rule(minutes=st.sampled_from([1, 9, 30]))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(by=accounts)
    def see(self, by: str) -> None:
        self.take(review.see(self.review, by, self.now))
        self.looked.add(by)

    @rule(by=accounts, conclusion=concluded)
    def find(self, by: str, conclusion: Conclusion) -> None:
        second = conclusion.outcome is FindingOutcome.BREACH
        if self.take(
            review.find(self.review, conclusion, by, self.now, kind="absent", second_eyes=second)
        ):
            assert by in self.looked

    @rule(by=accounts)
    def confirm(self, by: str) -> None:
        if self.take(review.confirm(self.review, by, self.now, kind="absent")):
            assert by in self.looked

    @rule(by=accounts)
    def turn_down(self, by: str) -> None:
        self.take(review.turn_down(self.review, by, self.now, "No."))

    @rule(by=accounts)
    def take_back(self, by: str) -> None:
        before = self.review.finding
        if (
            self.take(review.take_back(self.review, by, self.now, "A slip.", within=WITHIN))
            and before is not None
        ):
            self.contests = list(contest.reopen(self.contests, before))

    @rule()
    def contest(self) -> None:
        new = contest.make(self.review, self.contests, self.now, DAYS)
        if isinstance(new, Contest):
            self.contests.append(new)

    @rule()
    def withdraw(self) -> None:
        if self.contests:
            new = contest.withdraw(self.contests[-1], self.now)
            if isinstance(new, Contest):
                self.contests[-1] = new

    @rule(by=accounts, conclusion=concluded)
    def decide_again(self, by: str, conclusion: Conclusion) -> None:
        first = self.review.finding
        if not any(one.is_open for one in self.contests):
            return
        if self.take(review.decide_again(self.review, conclusion, by, self.now, kind="absent")):
            assert first is not None
            assert by not in {first.decided_by, first.confirmed_by}

    @invariant()
    def a_breach_was_seen_by_two(self) -> None:
        finding = self.review.finding
        if (
            self.review.stage is ReviewStage.FOUND
            and finding
            and finding.outcome is FindingOutcome.BREACH
        ):
            assert finding.on_contest or finding.confirmed_by not in {None, finding.decided_by}

    @invariant()
    def nothing_is_closed_while_it_is_contested(self) -> None:
        closes_at = contest.closes_at(self.review, self.contests, DAYS)
        if any(one.is_open for one in self.contests):
            assert closes_at is None
        else:
            assert (closes_at is None) == (self.review.stage is not ReviewStage.FOUND)

    @invariant()
    def former_findings_stay(self) -> None:
        assert len(self.review.former) >= self.former
        self.former = len(self.review.former)

    @invariant()
    def one_thing_is_contested_at_a_time(self) -> None:
        assert sum(one.is_open for one in self.contests) <= 1


TestSteps = Steps.TestCase
