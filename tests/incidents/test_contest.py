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


def found(conclusion: Conclusion = BREACH) -> Review:
    seen = review.see(Review(), "ann", EIGHT)
    made = review.find(seen, conclusion, "ann", EIGHT, kind="absent", second_eyes=False)
    assert isinstance(made, Review)
    return made


def made(of: Review, *earlier: Contest) -> Contest:
    new = contest.make(of, earlier, EIGHT, DAYS)
    assert isinstance(new, Contest)
    return new


def finding(of: Review) -> Finding:
    assert of.finding is not None
    return of.finding


def test_a_contest_is_answered_in_time_or_overdue() -> None:
    new = made(found())
    assert not new.is_overdue(EIGHT)
    assert new.is_overdue(EIGHT + DAYS)
    answered = contest.answer(new, finding(found()), finding(found()))
    assert not answered.is_overdue(EIGHT + DAYS)
    assert answered.answer is ContestAnswer.STANDS


def test_before_a_finding_the_finding_is_the_answer() -> None:
    new = made(Review())
    assert not new.about_finding
    answered = contest.answer(new, None, finding(found()))
    assert answered.answer is ContestAnswer.DECIDED
    assert made(found(), answered).about_finding
    assert contest.reopen([answered], finding(found())) == (new,)
    assert contest.answer(answered, None, finding(found())) is answered


def test_what_is_contested_by_now_goes_on_when_a_finding_is_taken_back() -> None:
    answered = contest.answer(made(Review()), None, finding(found()))
    both = (answered, made(found(), answered))
    assert contest.reopen(both, finding(found())) == both


def test_another_decision_changes_it() -> None:
    answered = contest.answer(made(found()), finding(found()), finding(found(CANNOT)))
    assert answered.answer is ContestAnswer.CHANGED


def test_a_finding_is_contested_once_and_one_thing_at_a_time() -> None:
    new = made(found())
    assert contest.make(found(), [new], EIGHT, DAYS) is ReviewRefusal.CONTESTED_ALREADY
    answered = contest.answer(new, finding(found()), finding(found()))
    assert contest.make(found(), [answered], EIGHT, DAYS) is ReviewRefusal.ANSWERED_ALREADY


def test_what_was_withdrawn_can_be_contested_again() -> None:
    withdrawn = contest.withdraw(made(found()), EIGHT)
    assert isinstance(withdrawn, Contest)
    assert contest.withdraw(withdrawn, EIGHT) is ReviewRefusal.NO_CONTEST
    assert made(found(), withdrawn).is_open


def test_an_incident_is_closed_when_its_time_is_over() -> None:
    assert contest.closes_at(Review(), [], DAYS) is None
    assert contest.closes_at(found(), [], DAYS) == EIGHT + DAYS
    assert contest.closes_at(found(), [made(found())], DAYS) is None
