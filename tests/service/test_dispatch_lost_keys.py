"""The service itself sends what is for somebody whose key is lost once the key is back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_rules import ESCALATION
from mesure.privacy.roles import Role
from tests.actions import house, raised
from tests.actions.house import Office
from tests.actions.raised import incident
from tests.service.sinks import MailSink
from tests.service.test_dispatch import _by_mail, _notifier, _raise, _sent

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


def _restore(folder: Path, keys_before: bytes) -> None:
    """Put the keys of a copy back."""
    restored = folder / "copy.db"
    restored.write_bytes(keys_before)
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        keys.execute("ATTACH ? AS copy", (str(restored),))
        keys.execute("INSERT OR REPLACE INTO wrapped_key SELECT * FROM copy.wrapped_key")
        keys.commit()


@pytest.mark.parametrize("is_made_anew", [False, True])
def test_a_notice_to_somebody_whose_key_is_lost_goes_out_once_it_is_back(
    office: Office, mail: MailSink, tmp_path: Path, is_made_anew: bool
) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    copy = (tmp_path / "keys.db").read_bytes()
    house.lose_key(tmp_path, "P-1")
    if is_made_anew:  # As by an older version.
        office.keyring.make_keys(["P-1"])
    notifier.turn()
    waiting = _sent(office, notification_texts.OUTGOING, "I-1:your_possible_breach")
    assert (waiting.is_done, waiting.said) == (False, "unreadable")
    _restore(tmp_path, copy)
    office.later(minutes=1)
    notifier.turn()
    assert {letter["To"] for letter in mail.letters} == {
        "aigerim@post.example",
        "officer@work.example",
    }


def test_what_nobody_opened_of_somebody_whose_key_is_lost_keeps_no_letter_from_others(
    office: Office, mail: MailSink, tmp_path: Path
) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    office.person("P-2", office.account("K-2", Role.OFFICER))
    notifier.turn()
    copy = (tmp_path / "keys.db").read_bytes()
    house.lose_key(tmp_path, "P-1")
    office.later(hours=30)  # Nobody has opened it: it is to be brought to somebody else.
    raised.judge(office, incident("P-2", "I-2"))
    notifier.turn()
    office.later(minutes=1)
    notifier.turn()
    waiting = _sent(office, ESCALATION, "I-1:1")
    assert (waiting.is_done, waiting.said) == (False, "unreadable")
    assert _sent(office, notification_texts.OUTGOING, "I-2:possible_breach").is_done
    _restore(tmp_path, copy)
    office.later(hours=1)
    notifier.turn()
    assert _sent(office, ESCALATION, "I-1:1").said == "brought to S-1"
