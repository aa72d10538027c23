"""A device that answers when it is asked for fixes: the judge asks, the device answers, and so on.

Errors live on a clock of ten seconds whatever is reported (`towns`), so that an answer is what the
device would have said at that moment, and a town with asking can be compared with the same town
without. Nothing else differs between the two: an ask changes no life and no error.

Judge and device depend on each other only forwards in time: an ask on the fixes received before it,
a fix on the asks before it. So they are played against each other until nothing changes; the result
is what would have happened live, ask by ask. Each pass settles one more ask at least.

What no real log has shown is assumed: how long an ask is under way, which devices it never reaches,
and whether it wakes a phone that dozes. Devices that are switched off, below ground or without a
network hear nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import fix_requests, judgement, late_evidence
from mesure.evaluation import rules as rules_
from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import F64, I64
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure_lab.carrying import received
from mesure_lab.carrying.homes import FixSource
from mesure_lab.carrying.received import ReceivedReports
from mesure_lab.columns import Stream
from mesure_lab.ground.street_grid import Streets
from mesure_lab.rules.readings import Flags
from mesure_lab.simulation import person_judgement, towns
from mesure_lab.simulation.towns import TICK_S, Sensed, Town, TownPerson

UNDER_WAY_S: Final = (5.0, 2.0)  # Median; two asks in three lie within this factor (assumed).
P_DEAF: Final = 0.1  # Devices that no ask ever reaches (assumed).
P_UNHEARD: Final = 0.1  # Asks that do not reach the others either (assumed).
P_WAKES: Final = 0.5  # Asks that wake a phone that dozes; a tag in a gap none (assumed).
ONLINE_MS: Final = 60_000  # What waits longer than this found no network.
PASSES_MAX: Final = 2_000


class AskingRun(NamedTuple):
    """A person whose device was asked, and what that took."""

    person: TownPerson  # With what the server heard in the end.
    asks: int  # Messages to the device; several conditions may share one.
    extra: int  # Fixes that it would not have sent of itself.
    passes: int


def people(plan: Town, policy: PolicyFile, *, is_asked: bool = True) -> Iterator[AskingRun]:
    """Yield the persons of a town, each asked when the judge is in doubt, or none of them."""
    streets = Streets(plan.seed)
    for number in range(plan.persons):
        yield run_person(
            plan, *towns.sense_person(plan, streets, number), policy, is_asked=is_asked
        )


def run_person(
    plan: Town, person: TownPerson, senses: Sensed, policy: PolicyFile, *, is_asked: bool = True
) -> AskingRun:
    """Return one person with what the device reported of itself and when it was asked.

    The network loses and delays reports as ever, but repeats none, and no clock is wrong: what the
    ingest makes of those is not the question here.
    """
    device = _Device.of(plan, person, senses)
    own = np.zeros(senses.clock.ticks, np.bool_)
    own[senses.report_ticks(plan)] = True
    sent, asks = own, 0
    rules = _rules(plan, person, policy)
    for passes in range(PASSES_MAX):
        reporter = replace(
            person, received_reports=device.deliver_reports(person.received_reports, sent)
        )
        requests = _asks(plan, reporter, rules, policy) if is_asked else ()
        asks = len({one.asked_at for one in requests})
        answers = own | device.answers(requests)
        if np.array_equal(answers, sent):
            return AskingRun(reporter, asks, int(np.count_nonzero(sent & ~own)), passes)
        sent = answers
    raise AssertionError(person.id)


def _rules(plan: Town, person: TownPerson, policy: PolicyFile) -> Rules:
    values = policy.at(person.order.in_force.start.date(), person.device_class)
    return rules_.prepare([person.order], values, to_datetime(plan.end_s * US_PER_S))


def _asks(
    plan: Town, person: TownPerson, rules: Rules, policy: PolicyFile
) -> tuple[FixRequest, ...]:
    """Return what the judge asks for, by the fixes received in the end."""
    fixes = person_judgement.ingest_person(plan, person, policy)
    in_time = ~late_evidence.late(rules, fixes)
    verdict = judgement.judge(rules, fixes, plan.end_s * US_PER_S, in_time=in_time)
    return fix_requests.asks(rules, verdict, fixes)


@dataclass(frozen=True, slots=True)
class _Device:
    """What a device would do if it were asked at any tick; a column for each."""

    senses: Sensed
    reports: received.Reports
    lost: Flags
    heard_ms: I64
    under_way_s: F64
    hears: Flags  # An ask that arrives at that tick is heard.

    @classmethod
    def of(cls, plan: Town, person: TownPerson, senses: Sensed) -> "_Device":
        """Return the device of a person."""
        count, stream = senses.clock.ticks, Stream(senses.seed, "asked")
        reports = senses.reports(np.arange(count))
        lost, heard_ms = received.underway(reports.taken_ms, senses.seed, awake=plan.awake)
        is_deaf = stream.share() < P_DEAF
        is_phone = person.device_class is DeviceClass.PHONE
        wakes = stream.shares(count) < (P_WAKES if is_phone else 0.0)
        hears = (stream.shares(count) >= P_UNHEARD) & (wakes | ~senses.silent)
        hears &= ~((heard_ms - reports.taken_ms > ONLINE_MS) | is_deaf)
        under_way_s = UNDER_WAY_S[0] * stream.around_one(count, UNDER_WAY_S[1])
        return cls(senses, reports, lost, heard_ms, under_way_s, hears)

    def deliver_reports(self, usual: ReceivedReports, sent: Flags) -> ReceivedReports:
        """Return what the server hears of the reports sent at some ticks, with the usual signs."""
        rows = np.flatnonzero(sent & ~self.lost)
        order = np.lexsort((self.reports.taken_ms[rows], self.heard_ms[rows]))
        return replace(
            usual, reports=self.reports.rows(rows[order]), heard_ms=self.heard_ms[rows[order]]
        )

    def answers(self, asks: tuple[FixRequest, ...]) -> Flags:
        """Return the ticks at which the device reports because it was asked.

        The ask is some seconds under way, and so is the word that it is over.
        """
        clock = self.senses.clock
        answers = np.zeros(clock.ticks, np.bool_)
        for request in asks:
            asked_s, end_s = to_us(request.asked_at) / US_PER_S, to_us(request.span.end) / US_PER_S
            tick = min(max(int((asked_s - clock.start_s) // clock.step_s), 0), clock.ticks - 1)
            late_s = float(self.under_way_s[tick])
            rows = clock.rows(asked_s + late_s, end_s + late_s)
            if rows.start < rows.stop and self.hears[rows.start]:
                answers[rows.start : rows.stop : max(1, round(request.every_s) // TICK_S)] = True
        answers &= self.senses.view.source != FixSource.NONE.value
        return answers
