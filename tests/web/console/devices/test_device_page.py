"""A device is set up once: its code, its settings, new secrets, and its end."""

import re

import msgspec

from mesure.actions.records.app_records import PILOT
from mesure.actions.records.record_types import Register
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.console.devices.phones import (
    AT,
    DEVICES,
    PHONE,
    enter,
    read_settings,
    send_owntracks,
    set_up,
)


def test_a_code_is_shown_once(officer: Browser) -> None:
    enter(officer, PHONE)
    officer.send(f"{DEVICES}/code/{AT}", hours="none")
    assert officer.status == 422
    assert "Enter a number of hours, such as 72." in officer.text
    officer.send(f"{DEVICES}/code/{AT}", hours="999")
    assert "A code lasts from one hour to 14 days." in officer.text
    officer.send(f"{DEVICES}/code/{AT}", hours="24")
    assert "It is shown only once" in officer.text
    code = re.search(r'class="mono large strong">([^<]+)<', officer.page)
    assert code
    officer.open(f"{DEVICES}/at/{AT}")
    assert code[1] not in officer.page
    assert "The code lasts until" in officer.text


def test_a_device_is_retired_only_by_who_is_sure(officer: Browser) -> None:
    set_up(officer, "owntracks")
    officer.open(f"{DEVICES}/at/{AT}")
    officer.send(f"{DEVICES}/retire/{AT}")
    assert officer.status == 422
    assert "Tick this if you are sure." in officer.text
    officer.send(f"{DEVICES}/retire/{AT}", retires="yes")
    assert "This device is retired." in officer.text


def test_new_secrets_make_the_old_ones_void(office: Office, officer: Browser) -> None:
    set_up(officer, "owntracks")
    old = read_settings(officer.page)
    officer.open(f"{DEVICES}/at/{AT}")
    officer.send(f"{DEVICES}/secrets/{AT}", renews="yes")
    new = read_settings(officer.page)
    assert send_owntracks(office, old).status_code == 403
    assert send_owntracks(office, new).status_code == 200


def test_a_name_that_somebody_could_guess_is_told_and_renewed(
    office: Office, officer: Browser
) -> None:
    set_up(officer, "traccar_client")
    words = "somebody could guess its name in the app"

    def choose(rows: Register, _: object) -> None:
        stored = rows.need(PILOT, PHONE)
        chosen = msgspec.structs.replace(stored.value, claimed="AlmatyPhone00001")
        rows.change(stored, chosen)

    for address in (DEVICES, f"{DEVICES}/at/{AT}"):
        officer.open(address)
        assert words not in officer.text
    office.write(choose)
    for address in (DEVICES, f"{DEVICES}/at/{AT}"):
        officer.open(address)
        assert words in officer.text
    officer.send(f"{DEVICES}/secrets/{AT}", renews="yes")
    assert officer.status == 200
    officer.open(DEVICES)
    assert words not in officer.text


def test_secrets_are_shown_once(officer: Browser) -> None:
    set_up(officer, "owntracks", encrypts="yes")
    set_ = read_settings(officer.page)
    assert "encryption key is not in the picture" in officer.text
    officer.open(f"{DEVICES}/at/{AT}")
    assert set_["password"] not in officer.page
    officer.send(f"{DEVICES}/app/{AT}", app="owntracks")
    assert officer.status == 422
    assert "This device is enrolled already." in officer.text


def test_a_traccar_server_needs_its_identifier(officer: Browser) -> None:
    enter(officer, PHONE)
    officer.send(f"{DEVICES}/app/{AT}", app="traccar")
    assert officer.status == 422
    assert "Enter the identifier that the Traccar server has for it." in officer.text
    officer.send(f"{DEVICES}/app/{AT}")
    assert "Choose the app." in officer.text
