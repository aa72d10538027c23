"""What is kept has bounds, the same for every store."""

from dataclasses import replace

import pytest

from mesure import instants
from mesure.audit.tree import Frontier
from mesure.store.values import bounds, records
from mesure.store.values.effects import ROWS_MAX
from mesure.store.values.records import RefusedMessage
from mesure.store.writing import audit_append
from tests.store import judged_samples, samples
from tests.store.samples import AT, message


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b", "a\nb", "\ud800"])
def test_names_that_a_database_might_not_take_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        replace(samples.person(), id=name)


def test_values_out_of_bounds_are_refused() -> None:
    local = AT.replace(tzinfo=None)
    for make in (
        lambda: replace(samples.person(), entered_at=local),
        lambda: replace(samples.version(), number=0),
        lambda: replace(samples.version(), body=bytes(records.TEXT_BYTES_MAX + 1)),
        lambda: replace(samples.version(), digest=b"short"),
        lambda: replace(samples.person(), id="device:D-1"),
        lambda: replace(samples.version(), confirmed_by="O-2"),
        lambda: message(1 << 63),
        lambda: message(2, body=bytes(bounds.BODY_BYTES_MAX + 1)),
        lambda: message(2, first_us=11),
        lambda: replace(message(2), shares=()),
        lambda: judged_samples.assessment(9, 9),
        lambda: judged_samples.judgement(0, judged_samples.assessment(0, 9, person=2)),
        lambda: judged_samples.judgement(9, judged_samples.assessment(0, 9)),
        lambda: judged_samples.judgement(0, *[judged_samples.assessment(0, 9)] * (ROWS_MAX + 1)),
        lambda: judged_samples.outbox_entry(to="a\nb"),
        lambda: judged_samples.outbox_entry(due_us=1 << 63),
        lambda: RefusedMessage("f", "", "r", "", 0, bytes(32), bytes(bounds.BODY_BYTES_MAX + 1)),
    ):
        with pytest.raises(ValueError, match=r"\.$"):
            make()


def test_a_record_of_the_audit_log_and_an_instant_have_bounds() -> None:
    with pytest.raises(ValueError, match="at most"):
        audit_append.grow(Frontier(), [bytes(audit_append.RECORD_BYTES_MAX + 1)], bytes)
    with pytest.raises(ValueError, match="offset"):
        instants.to_us(AT.replace(tzinfo=None))
