"""Office record: what people at the office decided, and how what they did is written down."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from mesure.actions.records import named_persons
from mesure.actions.records.incident_records import CONTEST, REVIEW
from mesure.actions.records.named_persons import DEED
from mesure.actions.records.record_types import RegisterReader, Stored
from mesure.incidents.contest import Contest, ContestAnswer
from mesure.incidents.finding import FindingEndKind, FindingOutcome, Review, ReviewStage
from mesure.instants import to_us
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole.acts import OF_A_CASE
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.world import World

ROWS_MAX: Final = 1_000_000
OF_PLACE: Final = {"absent", "left", "entered", "missed"}  # No other incident can be a breach.


@invariant("finding_by_a_person", "decision 0005; Directive (EU) 2016/680, Article 11")
def finding_by_a_person(world: World) -> Iterator[str]:
    """Yield findings that nobody made, or nobody who had the evidence before them."""
    with world.read_undisturbed() as reading:
        rows = RegisterReader(reading, world.machine.made.keyring)
        for person in world.names:
            for review in rows.about(REVIEW, person):
                deciders = world.people.found_by.get(review.id, set())
                former, ended = len(review.value.former), world.people.ended_of[review.id]
                if former < ended:
                    yield f"{review.id}: {ended} findings ended, and {former} are kept"
                for what in _wrong(review.value, deciders):
                    yield f"{review.id}: {what}"
                incident = reading.incident(review.id)
                if incident is not None and incident.kind not in OF_PLACE and _is_breach(review):
                    yield f"{review.id}: a {incident.kind} is no breach of anything"
                if incident is not None and _is_refuted(incident, review.value):
                    yield f"{review.id}: late evidence had refuted it when it was decided"


def _is_breach(review: Stored[Review]) -> bool:
    """Tell whether an incident was ever found a breach, or proposed as one."""
    findings = (*review.value.former, *filter(None, [review.value.finding]))
    return any(finding.outcome is FindingOutcome.BREACH for finding in findings)


def _is_refuted(incident: StoredIncident, review: Review) -> bool:
    """Tell whether something was held against somebody when it was known that nothing stands."""
    findings = () if review.finding is None else (*review.former, review.finding)
    return incident.withdrawn_us is not None and any(
        finding.outcome.is_against
        and to_us(finding.confirmed_at or finding.decided_at) > incident.withdrawn_us
        for finding in findings
    )


def _wrong(review: Review, deciders: set[str]) -> Iterator[str]:
    finding = review.finding
    is_decided = review.stage in {ReviewStage.FOUND, ReviewStage.PROPOSED}
    if is_decided is not (finding is not None):
        yield f"{review.stage} with {finding}"
    seen_at = {sighting.by: sighting.at for sighting in review.seen}
    for decision in (*review.former, *([finding] if finding else [])):
        if decision.decided_by not in deciders:
            yield f"nobody of the name {decision.decided_by} decided"
        if decision.confirmed_by == decision.decided_by:
            yield f"{decision.decided_by} confirmed their own finding"
        of_both = (decision.decided_by, decision.decided_at), (
            decision.confirmed_by, decision.confirmed_at,
        )  # fmt: skip
        for who, at in of_both:
            if who is not None and at is not None and not (who in seen_at and seen_at[who] <= at):
                yield f"{who} decided without having seen the evidence"
    for former in review.former:
        end, made_by = former.end, former.confirmed_by or former.decided_by
        if end is not None and end.how is FindingEndKind.TAKEN_BACK:
            late = end.at - (former.confirmed_at or former.decided_at)
            if end.by != made_by or late >= timedelta(minutes=10):
                yield f"{end.by} took back what {made_by} found {late} before"
        elif end is not None and end.by == made_by:
            yield f"{end.by} turned down their own finding"
    if finding is not None and finding.on_contest and review.former:
        is_worse = finding.outcome.is_against and not review.former[-1].outcome.is_against
        if is_worse:
            yield "it is worse for the person who contested it"


@invariant("contests_are_answered", "decision 0005; CM/Rec(2010)1, on complaints")
def contests_are_answered(world: World) -> Iterator[str]:
    """Yield contests that wait though there is a finding, or are answered by one that is gone."""
    with world.read_register() as rows:
        for person in world.names:
            reviews = {review.id: review.value for review in rows.about(REVIEW, person)}
            contested: dict[str, list[Contest]] = {}
            for record in rows.about(CONTEST, person):
                contested.setdefault(record.value.incident, []).append(record.value.contest)
            for incident, contests in contested.items():
                for what in _unanswered(reviews.get(incident, Review()), contests):
                    yield f"{incident}: {what}"


def _unanswered(review: Review, contests: list[Contest]) -> Iterator[str]:
    finding, waiting = review.finding, [one for one in contests if one.is_open]
    if review.stage is ReviewStage.FOUND and finding is not None:
        for contest in waiting:
            is_second = finding.on_contest and contest.made_at <= finding.decided_at
            if is_second or not contest.about_finding:
                yield "it is contested still, and there is the finding that answers that"
        answers = {one.answer for one in contests if one.about_finding and one.answered_at}
        if finding.on_contest and review.former and answers:
            first = review.former[-1]
            stands = (first.outcome, first.cause) == (finding.outcome, finding.cause)
            if answers != {ContestAnswer.STANDS if stands else ContestAnswer.CHANGED}:
                yield f"{first} was contested, and {finding} is called {answers}"
    elif not waiting and all(one.withdrawn_at is None for one in contests):
        for contest in contests:
            if contest.answer is ContestAnswer.DECIDED:
                yield "what answered a contest was taken back, and nobody answers it"


@invariant("acts_stand_in_the_list", "decision 0031; Directive (EU) 2016/680, Articles 14 and 25")
def acts_stand_in_the_list(world: World) -> Iterator[str]:
    """Yield what was done or refused and is missing from the list of the person concerned."""
    least = Counter[tuple[str, str, str, bool]]()
    for act in world.people.acts:
        is_refused = act.outcome == "refused"
        if act.outcome == "done" or (is_refused and act.reason in OF_A_CASE):
            for person in {act.person, *act.shown} - {None}:
                least[str(person), act.action, act.actor.account, is_refused] += 1
    listed, records = Counter[tuple[str, str, str, bool]](), world.records()
    with world.read_undisturbed() as reading:
        for person in world.names:
            for row in reading.entries_with_key(DEED, "person", person, "", ROWS_MAX):
                record = records.get(int(row.id.partition(".")[0]), {})
                if "by" in record:
                    is_refused = "refused" in record["facts"]
                    listed[person, record["action"], record["by"], is_refused] += 1
        if not world.erased:
            yield from _unlisted(reading, records)
    for key, times in least.items():
        if key[0] in world.names and listed[key] < times:
            yield f"{key}: {times} times, and {listed[key]} stand in the list"


def _unlisted(reading: ReadTransaction, records: Mapping[int, dict[str, Any]]) -> Iterator[str]:
    """Yield entries that are about more persons than can find them in their list."""
    for entry in range(reading.frontier().size):
        about = records.get(entry, {}).get("persons", [])
        listed = named_persons.of_entry(reading, entry)
        if len(about) != len(listed):
            yield f"entry {entry} is about {len(about)}, and stands in the list of {listed}"
