"""Who keeps the service running is told that somebody cannot be judged, and not who."""

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.judging import judging_position
from mesure.actions.judging.judging_position import JudgingPosition
from mesure.actions.oversight import not_judged
from mesure.actions.oversight.not_judged import UnjudgedPersons
from mesure.instants import to_datetime, to_us
from mesure.privacy.roles import Role
from mesure.store.values.partitions import PARTITIONS, partition_of
from tests.actions.house import Office


def keep(office: Office, group: str, **since_us: int) -> None:
    position = JudgingPosition(0, {0: 1}, tuple(since_us), since_us)
    office.store.write(lambda work: judging_position.keep(work, group, position, 1))


def read(office: Office) -> UnjudgedPersons:
    operator = office.account("A-operator", Role.OPERATOR)
    return office.do(operator, not_judged.count_unjudged, EmptyRequest())


def test_an_operator_reads_how_many_and_since_when(office: Office) -> None:
    assert read(office) == UnjudgedPersons(0, None)
    began_us = to_us(office.now)
    keep(office, "0-254", P1=began_us + 5)
    keep(office, "1-255", P1=began_us, P2=began_us + 9)
    assert office.do(
        office.account("A-inspector", Role.INSPECTOR), not_judged.count_unjudged, EmptyRequest()
    ) == UnjudgedPersons(2, to_datetime(began_us))


def test_whoever_takes_partitions_over_says_alone_who_is_not_judged_there(office: Office) -> None:
    keep(office, "0-254", P1=1, P2=2)
    keep(office, "0-255", P1=3)
    mine = {partition_of("P1")}
    office.store.write(lambda work: judging_position.take_over(work, "0-255", mine, 9))
    with office.store.read() as reading:
        left = judging_position.not_judged(reading)
        everything = judging_position.read(reading, range(PARTITIONS))
    others = {"P2": 2} if partition_of("P2") not in mine else {}
    assert left == {"P1": 3, **others}
    assert everything.since_us == left
