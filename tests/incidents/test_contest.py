from datetime import UTC, datetime, timedelta

from mesure.incidents import contest, review
from mesure.incidents.contest import Contest, ContestAnswer
from mesure.incidents.finding import Finding, FindingOutcome, Review
from mesure.incidents.review import Conclusion
from mesure.incidents.review_refusal import ReviewRefusal

EIGHT = datetime(2026, 2, 10, 8, 0, tzinfo=UTC)
DAYS = timedelta(days=14)
CANNOT = Conclusion(FindingOutcome.CANNOT_TELL, None, "There is too little.")
BREACH = Conclusion(FindingOutcome.BREACH, None, "She was seen.")


def make_review(conclusion: Conclusion = BREACH) -> Review:
    seen_review = review.see(Review(), "ann", EIGHT)
    decision = review.find(seen_review, conclusion, "ann", EIGHT, kind="absent", second_eyes=False)
    assert isinstance(decision, Review)
    return decision


def raise_contest(of: Review, *earlier: Contest) -> Contest:
    new = contest.make(of, earlier, EIGHT, DAYS)
    assert isinstance(new, Contest)
    return new


def expect_finding(of: Review) -> Finding:
    assert of.finding is not None
    return of.finding


def test_a_contest_is_answered_in_time_or_overdue() -> None:
    new = raise_contest(make_review())
    assert not new.is_overdue(EIGHT)
    assert new.is_overdue(EIGHT + DAYS)
    answered = contest.answer(new, expect_finding(make_review()), expect_finding(make_review()))
    assert not answered.is_overdue(EIGHT + DAYS)
    assert answered.answer is ContestAnswer.STANDS


def test_before_a_finding_the_finding_is_the_answer() -> None:
    new = raise_contest(Review())
    assert not new.about_finding
    answered = contest.answer(new, None, expect_finding(make_review()))
    assert answered.answer is ContestAnswer.DECIDED
    assert raise_contest(make_review(), answered).about_finding
    assert contest.reopen([answered], expect_finding(make_review())) == (new,)
    assert contest.answer(answered, None, expect_finding(make_review())) is answered


def test_a_finding_that_only_took_the_place_of_the_contested_one_can_be_contested() -> None:
    first = contest.answer(raise_contest(make_review()), None, expect_finding(make_review()))
    assert raise_contest(make_review(), first).about_finding


def test_another_decision_changes_it() -> None:
    answered = contest.answer(
        raise_contest(make_review()),
        expect_finding(make_review()),
        expect_finding(make_review(CANNOT)),
    )
    assert answered.answer is ContestAnswer.CHANGED


def test_a_finding_is_contested_once_and_one_thing_at_a_time() -> None:
    new = raise_contest(make_review())
    assert contest.make(make_review(), [new], EIGHT, DAYS) is ReviewRefusal.CONTESTED_ALREADY
    answered = contest.answer(new, expect_finding(make_review()), expect_finding(make_review()))
    assert contest.make(make_review(), [answered], EIGHT, DAYS) is ReviewRefusal.ANSWERED_ALREADY


def test_what_was_withdrawn_can_be_contested_again() -> None:
    withdrawn = contest.withdraw(raise_contest(make_review()), EIGHT)
    assert isinstance(withdrawn, Contest)
    assert contest.withdraw(withdrawn, EIGHT) is ReviewRefusal.NO_CONTEST
    assert raise_contest(make_review(), withdrawn).is_open


def test_an_incident_is_closed_when_its_time_is_over() -> None:
    assert contest.closes_at(Review(), [], DAYS) is None
    assert contest.closes_at(make_review(), [], DAYS) == EIGHT + DAYS
    assert contest.closes_at(make_review(), [raise_contest(make_review())], DAYS) is None


def test_a_contest_of_a_finding_needs_a_second_decision_until_it_is_answered() -> None:
    assert raise_contest(make_review()).needs_second
    assert not raise_contest(Review()).needs_second
