"""A file of thresholds is entered once for each content that it had under its version."""

from mesure.actions.framework.context import PROGRAM
from mesure.actions.judging import policies
from mesure.actions.judging.policies import POLICY, EnterPolicy
from mesure.actions.records.record_types import RegisterReader
from tests.actions.house import Office


def test_what_is_new_is_entered_and_what_is_there_leaves_no_trace(office: Office) -> None:
    request = EnterPolicy("2026-03-01", "policy: one")
    assert policies.begin(office.context(PROGRAM), request) == ()
    assert office.last()["action"] == "policies.enter"
    assert office.last()["facts"] == {"policy": "2026-03-01", "sha256": request.id}
    with office.store.read() as reading:
        size = reading.frontier().size
    office.later(hours=1)
    assert policies.begin(office.context(PROGRAM), request) == ()
    with office.store.read() as reading:
        assert reading.frontier().size == size
        [row] = RegisterReader(reading, office.keyring).all(POLICY)
    assert (row.id, row.value.text) == (request.id, "policy: one")


def test_another_content_under_the_same_version_is_told_each_time(office: Office) -> None:
    first, second = EnterPolicy("2026-03-01", "one"), EnterPolicy("2026-03-01", "two")
    assert policies.begin(office.context(PROGRAM), first) == ()
    for _ in range(2):
        [other] = policies.begin(office.context(PROGRAM), second)
        assert other.id == first.id
    assert policies.begin(office.context(PROGRAM), EnterPolicy("2026-04-01", "two more")) == ()
