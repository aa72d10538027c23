"""The service itself brings what is left past its deadline to the supervisors, by mail."""

from datetime import timedelta

import msgspec
import pytest

from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.record_types import Register
from mesure.privacy.roles import Role
from mesure.service.outgoing.dispatch import OVERDUE_EVERY
from tests.actions import raised
from tests.actions.house import MORNING, Office
from tests.actions.raised import incident
from tests.service.sinks import MailSink
from tests.service.test_dispatch import _by_mail, _notifier

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


def test_a_supervisor_gets_one_letter_when_something_was_left(
    office: Office, mail: MailSink
) -> None:
    officer = office.account("K-1", Role.OFFICER)
    office.account("S-1", Role.SUPERVISOR)
    office.person("P-1", officer)

    def reachable(rows: Register, _: object) -> None:
        account = rows.need(ACCOUNT, "S-1")
        rows.change(account, msgspec.structs.replace(account.value, email="chief@work.example"))

    office.write(reachable)
    raised.judge(office, incident("P-1", "I-1"))
    notifier = _notifier(office, _by_mail(mail))
    while notifier.turn():
        pass
    assert mail.letters == []
    office.now = MORNING.replace(day=16, hour=10)  # Decided by Thursday, and a working day more.
    while notifier.turn():
        pass
    office.later(minutes=OVERDUE_EVERY.seconds // 60)
    while notifier.turn():
        pass
    office.now += timedelta(hours=1)
    while notifier.turn():
        pass
    overdue = [letter for letter in mail.letters if "deadline" in letter.get_content()]
    assert [letter["To"] for letter in overdue] == ["chief@work.example"]
    assert "P-1" not in overdue[0].get_content()
