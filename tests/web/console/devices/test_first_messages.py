"""What a device says first is read in words, and nothing of where it is."""

from datetime import timedelta

from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.console.devices.phones import (
    AT,
    DEVICES,
    OWN,
    PHONE,
    read_settings,
    send_owntracks,
    set_up,
)
from tests.web.filled import DEVICE, Evening, Filled


def test_a_wrong_clock_and_a_wrong_password_are_said_in_words(
    office: Office, officer: Browser
) -> None:
    set_up(officer, "owntracks")
    set_ = read_settings(officer.page)
    send_owntracks(office, set_, tst=int((office.now + timedelta(hours=2)).timestamp()))
    assert send_owntracks(office, set_ | {"password": "another"}).status_code == 403
    officer.open(f"{DEVICES}/messages/{AT}")
    assert "Not used: the clock is 2 h ahead." in officer.text
    assert "the password is not right" in officer.text
    assert "Nothing usable came yet." in officer.text


def test_what_a_person_sent_before_is_not_shown_with_the_device(
    office: Office, officer: Browser, there: Filled
) -> None:
    """A device that came back says nothing of its last carrier."""
    set_up(officer, "owntracks")
    set_ = read_settings(officer.page)
    officer.open(OWN)
    officer.send(f"{OWN}/give", give_device=PHONE)
    office.later(minutes=2)
    assert send_owntracks(office, set_).status_code == 200
    officer.open(f"{DEVICES}/messages/{AT}")
    assert "It can be used." in officer.text
    assert "The person who carries this device" in officer.text
    officer.open(OWN)
    office.later(minutes=1)
    officer.send(f"{OWN}/take-back", back_device=PHONE, back_sure="yes")
    officer.open(f"{DEVICES}/messages/{AT}")
    assert "It can be used." not in officer.text


def test_the_look_at_a_carried_device_is_read_by_the_person(
    office: Office, night: Evening, officer: Browser, person: Browser
) -> None:
    officer.open(f"{DEVICES}/messages/{DEVICE}")
    assert officer.status == 200
    person.open("/portal/looks")
    assert "read the messages of the device" in person.text
