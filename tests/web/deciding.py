"""What officers and the person do about an incident that was made up, by real actions."""

from dataclasses import replace

from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.incidents.incident_review import IncidentRef, RecordFinding
from mesure.incidents.contest import ContestAnswer
from mesure.incidents.finding import Finding, FindingOutcome
from mesure.privacy.purposes import Purpose
from tests.actions.house import Office
from tests.web.filled import Filled
from tests.web.incident_records import Record, choose_conclusion


def decide(office: Office, there: Filled, record: Record, number: int) -> None:
    """Let people speak and decide, each incident in another way."""
    outcome, cause = choose_conclusion(record.kind, number)
    if record.withdrawn_at is not None and outcome.is_against:
        outcome, cause = FindingOutcome.CANNOT_TELL, None
    way = number % 4
    if way == 0:
        return
    reason = f"Reason {number}: I asked, and read all of it."
    _look(office, there.officer, record)
    if way == 1:
        account = f"Account {number}: the bus broke down."
        office.do(there.person, contests.say, IncidentStatement(record.id, account))
        record.says.append((account, None))
    if way == 2 and record.withdrawn_at is None:
        _contest(office, there, record, f"Contest {number}: I was there.")
    office.later(minutes=1)
    finding = _found(office, there, record, RecordFinding(record.id, outcome, reason, cause))
    if finding is None:
        return
    record.findings.insert(0, finding)
    if way == 2 and record.says:
        record.says[0] = (record.says[0][0], ContestAnswer.DECIDED)
    if way == 3 and record.withdrawn_at is None:
        _again(office, there, record, number)


def _look(office: Office, actor: Actor, record: Record) -> None:
    purpose = Purpose.POSSIBLE_BREACH
    request = IncidentRequest(incident=record.id, purpose=purpose, case_number=record.id)
    office.do(actor, incident_review.show, request)


def _found(office: Office, there: Filled, record: Record, request: RecordFinding) -> Finding | None:
    """Decide, and let a second officer confirm where that is asked for; once it still waits."""
    decided_at = office.now
    office.do(there.officer, incident_review.find, request)
    finding = Finding(
        request.outcome, request.cause, request.reason, decided_at, there.officer.account
    )
    if request.outcome not in office.context(there.officer).procedure.second_eyes:
        return finding
    if " 6:" in request.reason:
        return None
    office.later(minutes=7)
    _look(office, there.second, record)
    office.do(there.second, incident_review.confirm, IncidentRef(record.id))
    return replace(finding, confirmed_by=there.second.account, confirmed_at=office.now)


def _contest(office: Office, there: Filled, record: Record, words: str) -> None:
    office.do(there.person, contests.make, IncidentStatement(record.id, words))
    record.says.append((words, None))


def _again(office: Office, there: Filled, record: Record, number: int) -> None:
    """Let the person contest the finding; every other time somebody else decides again."""
    office.later(minutes=30)
    words = f"Contest {number}: that is not right."
    _contest(office, there, record, words)
    if number % 8 == 3:
        return
    office.later(minutes=30)
    _look(office, there.supervisor, record)
    outcome, cause = FindingOutcome.CANNOT_TELL, None
    request = RecordFinding(record.id, outcome, f"Reason {number}: nobody can know.", cause)
    office.do(there.supervisor, incident_review.decide_again, request)
    is_same = (record.findings[0].outcome, record.findings[0].cause) == (outcome, cause)
    answer = ContestAnswer.STANDS if is_same else ContestAnswer.CHANGED
    record.says[-1] = (words, answer)
    second = Finding(
        outcome, cause, request.reason, office.now, there.supervisor.account, on_contest=True
    )
    record.findings.insert(0, second)
